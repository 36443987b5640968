"""The acts of a visit: arrived, called, served, and its outcome."""

from django.contrib import messages
from django.forms import Form
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from appointments import queries
from appointments.forms.scan import ArriveForm, CompleteForm, CounterForm, UnfulfilledForm
from appointments.services import checking_in, visiting
from appointments.views.visit import OneVisit
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView


class VisitAct(OneVisit, ActView):
    """One act on one visit; a refusal shows the page again, with its reason."""

    http_method_names = ["post"]
    template_name = "appointments/visit.html"
    shown_as = ""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if context.get(self.shown_as):
            context[self.shown_as] = context["form"]
        return context

    def needs_a_visit(self):
        """The visit that the person's arrival began."""
        if self.visit is None:
            raise DomainRefusal(_("Enregistrez d’abord l’arrivée de la personne."))
        return self.visit

    def counter_named(self, form):
        """The counter chosen, of the site and of the right service."""
        return get_object_or_404(
            queries.counters_for(self.appointment), pk=form.cleaned_data["counter"]
        )


class AtACounter:
    """Forms that choose a counter where the service of the appointment is done."""

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"counters": queries.counters_for(self.appointment)}


class Arrive(AtACounter, VisitAct):
    """The person is here and is the one expected."""

    form_class = ArriveForm
    shown_as = "arrive"

    def perform(self, form):
        entry = checking_in.arrive(
            self.appointment,
            counter=self.counter_named(form),
            user=self.request.user,
            at=clock.now(),
        )
        told = _("L’arrivée est enregistrée. Donnez ce numéro à la personne : %(number)s.")
        messages.success(self.request, told % {"number": entry.visit.number})


class Call(AtACounter, VisitAct):
    """The number is shown on the screen with its counter, once more if need be."""

    form_class = CounterForm
    shown_as = "call"

    def perform(self, form):
        counter = self.counter_named(form)
        visiting.call(self.needs_a_visit(), counter=counter, user=self.request.user)
        messages.success(self.request, _("Le numéro est appelé."))


class Serve(VisitAct):
    """The person called is at the counter."""

    form_class = Form

    def perform(self, form):
        visiting.serve(self.needs_a_visit(), user=self.request.user)


class Complete(VisitAct):
    """Prints are taken, or the card is handed over."""

    form_class = CompleteForm
    shown_as = "complete"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"purpose": self.appointment.purpose}

    def perform(self, form):
        visiting.fulfil(
            self.appointment,
            case_id=self.appointment.clearance.case_id,
            user=self.request.user,
            at=clock.now(),
            old_card=form.cleaned_data.get("old_card", ""),
        )
        messages.success(self.request, _("C’est enregistré. La visite est terminée."))


class LeaveUnfulfilled(VisitAct):
    """The visit stops before its end; no right stops with it."""

    form_class = UnfulfilledForm
    shown_as = "leave"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"outcomes": self.outcomes()}

    def perform(self, form):
        outcome, reason = form.cleaned_data["ending"]
        visiting.leave_unfulfilled(
            self.appointment, outcome=outcome, reason=reason, user=self.request.user
        )
        messages.success(self.request, _("C’est noté. Aucun droit de la personne ne s’arrête."))


class TurnAway(VisitAct):
    """Nobody could recognise the person at the door: they came, and a supervisor is told."""

    form_class = UnfulfilledForm
    shown_as = "turn_away"

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"outcomes": self.outcomes()}

    def perform(self, form):
        _outcome, reason = form.cleaned_data["ending"]
        checking_in.turn_away(
            self.appointment,
            reason=reason,
            counter=self.appointment.counter,
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("C’est noté. Un responsable va contacter la personne."))
