"""The supervisor's page of the visits: how they ended, and who must be spoken with."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from appointments import queries
from appointments.enums import VisitOutcome, VisitReason
from appointments.models import Appointment
from appointments.services import visiting
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView

DAYS_COUNTED = 30


class Visits(ReadOnlyView, TemplateView):
    """Whom the counter could not recognise, and how the visits of a month ended."""

    template_name = "appointments/visits.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        counted = queries.outcomes_since(user, clock.today() - timedelta(days=DAYS_COUNTED))
        return super().get_context_data(**kwargs) | {
            "people": [
                (visit, visit.check_in.appointment.clearance, VisitReason(visit.reason).label)
                for visit in queries.visits_to_follow_up(user)
            ],
            "outcomes": [(label, counted.get(code, 0)) for code, label in VisitOutcome.choices],
            "days": DAYS_COUNTED,
        }


class GiveAnother(View):
    """Somebody spoke with the person: they wait for another appointment."""

    http_method_names = ["post"]

    def post(self, request, appointment_id):
        visible = Appointment.objects.visible_to(request.user)
        found = get_object_or_404(visible.select_related("site", "applicant"), pk=appointment_id)
        try:
            visiting.give_another(found, user=request.user)
            messages.success(request, _("Un autre rendez-vous sera donné au prochain passage."))
        except DomainRefusal as refusal:
            messages.error(request, " ".join(str(reason) for reason in refusal.reasons))
        return HttpResponseRedirect(reverse("desk:visits"))
