"""A supervisor says that an alarm was seen."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from portal.core import clock
from workflows.models import Alarm
from workflows.services import alarms


class SeeAlarm(View):
    """One button of the supervision page; pressed twice, it says the same."""

    http_method_names = ["post", "options"]

    def post(self, request, alarm_id):
        mine = Alarm.objects.filter(prefecture_code__in=request.user.prefectures)
        alarm = get_object_or_404(mine, pk=alarm_id)
        alarms.see(alarm_id=alarm.pk, actor=request.user, at=clock.now())
        messages.success(request, _("C’est noté : cette échéance est vue. Le dossier reste dû."))
        return HttpResponseRedirect(reverse("desk:supervision"))
