"""The people whose notice never arrived: a supervisor reaches them by another way, and says so."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from appointments.models import Appointment
from appointments.queries.delivery import to_reach
from appointments.services import reaching
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView


class ToReach(ReadOnlyView, TemplateView):
    """Who must be told otherwise, soonest visit first."""

    template_name = "appointments/to_reach.html"

    def get_context_data(self, **kwargs):
        found = to_reach(self.request.user, clock.now())
        return super().get_context_data(**kwargs) | {"to_reach": found}


class Reached(View):
    """The person knows now."""

    http_method_names = ["post"]

    def post(self, request, appointment_id):
        offices = request.user.prefectures
        found = get_object_or_404(
            Appointment.objects.filter(prefecture_code__in=offices), pk=appointment_id
        )
        try:
            reaching.reach(found, user=request.user, at=clock.now())
            messages.success(request, _("C’est noté : cette personne est prévenue."))
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return HttpResponseRedirect(reverse("desk:to_reach"))
