"""One person at the counter: compare, enter, and what may be done next."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from appointments import queries, rules
from appointments.enums import VisitOutcome, VisitState
from appointments.forms.scan import ArriveForm, CompleteForm, CounterForm, UnfulfilledForm
from appointments.models import Appointment
from appointments.services import checking_in, elsewhere, visiting
from appointments.views.counter import AtASite, visit_of
from dossiers import api as dossiers
from portal.core import clock, journal
from portal.core.views import ReadOnlyView
from workflows import api as workflows

PASSPORT = "passport"
_UNRECOGNISED = (VisitOutcome.UNIDENTIFIED,)
_NO_FORMS = dict.fromkeys(("arrive", "turn_away", "complete", "leave", "call"))


def passport_of(view):
    """The first file of the passport's box whose pages can be shown, or None."""
    given = (file for box in view.evidence if box.rule_code == PASSPORT for file in box.files)
    return next((file for file in given if file.is_shown), None)


class OneVisit(AtASite):
    """An appointment of the agent's prefecture; another's does not exist.

    One that was theirs until its person moved is said to have left, and nothing of it is shown.
    """

    appointment = visit = None

    def setup(self, request, *args, appointment_id, **kwargs):
        super().setup(request, *args, appointment_id=appointment_id, **kwargs)
        visible = Appointment.objects.visible_to(request.user).select_related(
            "site", "counter", "clearance", "check_in__counter", "check_in__visit__counter"
        )
        self.appointment = visible.filter(pk=appointment_id).first()
        if self.appointment is not None:
            self.visit = visit_of(self.appointment)
        elif not elsewhere.has_left(appointment_id=appointment_id):
            raise Http404

    def dispatch(self, request, *args, **kwargs):
        if self.appointment is None:
            messages.error(request, elsewhere.LEFT)
            return HttpResponseRedirect(reverse("counter:day"))
        return super().dispatch(request, *args, **kwargs)

    def allowed(self):
        return rules.may_receive(self.appointment, self.request.user)

    def is_of_today(self):
        """Identity is shown on the day of the visit alone."""
        return clock.legal_day(self.appointment.starts_at) == clock.today()

    def is_close(self):
        """Nobody receives, nor reads, somebody they live with."""
        return workflows.is_close(self.appointment.clearance.case_id, self.request.user)

    def get_context_data(self, **kwargs):
        appointment, at, is_close = self.appointment, clock.now(), self.is_close()
        reasons = checking_in.reasons_not_to_receive(
            appointment, site_id=self.site.pk if self.site else 0, at=at
        )
        if is_close:
            reasons = [visiting.HANDS["nobody_receives_someone_close_to_them"]]
        shown = {"appointment": appointment, "clearance": appointment.clearance}
        shown |= {"visit": self.visit, "reasons": reasons, "is_close": is_close}
        shown |= {"person": None, "has_passport": False} | _NO_FORMS
        shown["may_give_back"] = rules.may_give_back(appointment, self.request.user, at=at)
        if self.is_of_today() and not is_close:
            shown |= self._person()
            shown |= self._acts(reasons)
        elif self.visit is not None and not self.visit.is_over:
            # left open on its day: it may still be settled, without showing who the person is
            shown["leave"] = UnfulfilledForm(outcomes=self.outcomes())
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
        """The forms of what may be done next."""
        if self.visit is None:
            return {} if reasons else self._at_the_door()
        if self.visit.is_over:
            return {}
        forms = {
            "complete": CompleteForm(purpose=self.appointment.purpose),
            "leave": UnfulfilledForm(outcomes=self.outcomes()),
        }
        if self.visit.state == VisitState.SERVED:
            return forms
        counter = self.visit.counter or self.appointment.check_in.counter
        counters = queries.counters_for(self.appointment)
        return forms | {"call": CounterForm(counters=counters, initial={"counter": counter.pk})}

    def _at_the_door(self):
        counters = list(queries.counters_for(self.appointment))
        initial = {"counter": self.appointment.counter_id}
        return {
            "arrive": ArriveForm(counters=counters, initial=initial),
            "turn_away": UnfulfilledForm(outcomes=_UNRECOGNISED),
        }

    def outcomes(self):
        """How this visit may stop: at the counter nobody leaves before their turn."""
        if self.visit is None:
            return _UNRECOGNISED
        served = self.visit.state == VisitState.SERVED
        left = () if served else (VisitOutcome.LEFT,)
        return (VisitOutcome.UNIDENTIFIED, VisitOutcome.INCOMPLETE, *left)

    def get_success_url(self):
        here = reverse("counter:visit", args=[self.appointment.pk])
        return f"{here}?{urlencode({'site': self.site.pk})}"


class Visit(OneVisit, ReadOnlyView, TemplateView):
    """Name, birth date and passport, in big; green or red, with words."""

    template_name = "appointments/visit.html"
