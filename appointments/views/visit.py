"""One person at the counter: compare, enter, do what they came for."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments import queries, rules
from appointments.enums import AppointmentState, Purpose
from appointments.forms.scan import ArriveForm, CompleteForm
from appointments.models import Appointment
from appointments.services import checking_in
from appointments.views.counter import AtASite
from dossiers import api as dossiers
from portal.core import clock, journal
from portal.core.views import ActView, ReadOnlyView
from workflows import api as workflows

TO_DO = {
    Purpose.BIOMETRICS: workflows.CaseState.BIOMETRICS_DUE,
    Purpose.COLLECTION: workflows.CaseState.CARD_READY,
}
PASSPORT = "passport"


def passport_of(view):
    """The first file of the passport's box, or None."""
    for box in view.evidence:
        if box.rule_code == PASSPORT and box.files:
            return box.files[0]
    return None


class OneVisit(AtASite):
    """An appointment of the agent's prefecture; another's does not exist."""

    def setup(self, request, *args, appointment_id, **kwargs):
        super().setup(request, *args, appointment_id=appointment_id, **kwargs)
        visible = Appointment.objects.visible_to(request.user)
        self.appointment = get_object_or_404(
            visible.select_related("site", "counter", "clearance", "check_in"), pk=appointment_id
        )

    def allowed(self):
        return rules.may_receive(self.appointment, self.request.user)

    def is_of_today(self):
        """Identity is shown on the day of the visit alone."""
        return clock.legal_day(self.appointment.starts_at) == clock.today()

    def get_context_data(self, **kwargs):
        appointment = self.appointment
        reasons = checking_in.reasons_not_to_receive(
            appointment, site_id=self.site.pk if self.site else 0, at=clock.now()
        )
        shown = {"appointment": appointment, "clearance": appointment.clearance}
        shown |= {"reasons": reasons, "person": None, "arrive": None, "complete": None}
        shown |= {"is_done": False, "has_passport": False}
        shown["may_give_back"] = rules.may_give_back(appointment, self.request.user, at=clock.now())
        if self.is_of_today():
            shown |= self._person()
            shown |= self._acts(reasons)
        return super().get_context_data(**kwargs) | shown

    def _person(self):
        view = dossiers.dossier_summary(self.appointment.dossier_id)
        journal.record(
            "dossier.read",
            subject_type="appointment",
            subject_id=self.appointment.pk,
            dossier_id=self.appointment.dossier_id,
            prefecture=self.appointment.prefecture_code,
            facts={"shown": "identity"},
        )
        return {"person": view, "has_passport": passport_of(view) is not None}

    def _acts(self, reasons):
        appointment = self.appointment
        if appointment.state == AppointmentState.HONOURED:
            case = workflows.case_of(appointment.dossier_id)
            if case.state != TO_DO[appointment.purpose]:
                return {"is_done": True}
            return {"complete": CompleteForm(purpose=appointment.purpose)}
        if reasons:
            return {}
        counters = queries.counters_for(appointment)
        return {
            "arrive": ArriveForm(counters=counters, initial={"counter": appointment.counter_id})
        }

    def get_success_url(self):
        here = reverse("counter:visit", args=[self.appointment.pk])
        return f"{here}?{urlencode({'site': self.site.pk})}"


class Visit(OneVisit, ReadOnlyView, TemplateView):
    """Name, birth date and passport, in big; green or red, with words."""

    template_name = "appointments/visit.html"


class Arrive(OneVisit, ActView):
    """The person is here and is the one expected."""

    http_method_names = ["post"]
    form_class = ArriveForm
    template_name = "appointments/visit.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"counters": queries.counters_for(self.appointment)}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | ({"arrive": context["form"]} if context["arrive"] else {})

    def perform(self, form):
        counter = get_object_or_404(
            queries.counters_for(self.appointment), pk=form.cleaned_data["counter"]
        )
        checking_in.arrive(
            self.appointment, counter=counter, user=self.request.user, at=clock.now()
        )
        messages.success(self.request, _("L’arrivée est enregistrée."))


class Complete(OneVisit, ActView):
    """Prints are taken, or the card is handed over."""

    http_method_names = ["post"]
    form_class = CompleteForm
    template_name = "appointments/visit.html"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"purpose": self.appointment.purpose}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | ({"complete": context["form"]} if context["complete"] else {})

    def perform(self, form):
        checking_in.complete(
            self.appointment,
            case_id=self.appointment.clearance.case_id,
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("C’est enregistré. La visite est terminée."))
