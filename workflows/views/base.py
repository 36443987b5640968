"""What every act of the desk shares: the case, the rule, the step seen, one call."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core import clock, journal
from portal.core.views import ActView
from workflows.models import Case
from workflows.queries.acts import blocked, is_elsewhere, may_act
from workflows.queries.names import move_label, whose_it_is
from workflows.queries.progress import what_is_next

_LEFT = _(
    "Ce dossier vient de partir vers une autre préfecture. Rien n’a été fait à votre demande : "
    "cette préfecture l’a reçu avec tout son historique."
)


def visible_case(request, case_id) -> Case:
    """A case of this agent's offices; any other does not exist."""
    cases = Case.objects.visible_to(request.user).select_related("dossier", "service__prefecture")
    return get_object_or_404(cases, pk=case_id)


def note_reading(case: Case) -> None:
    """One line of the journal each time that a page shows what a dossier holds."""
    journal.record(
        "case.read",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code,
        facts={"filing": case.submission_number},
    )


class CaseActView(ActView):
    """One act on one case. `move` names it; `service` is the one call that makes it."""

    move = ""
    act_title = ""
    service = None
    template_name = "workflows/act.html"
    explanation = ""
    done = ""
    submit_label = ""
    danger = False

    def setup(self, request, *args, case_id, **kwargs):
        """Load the case through the one door."""
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = self.load(case_id)

    def load(self, case_id) -> Case:
        return visible_case(self.request, case_id)

    def dispatch(self, request, *args, **kwargs):
        """A colleague's case: the reviewer reads why on the case, and the attempt leaves a line."""
        if self.is_a_colleagues():
            journal.record_refusal(request)
            messages.warning(request, whose_it_is(self.case))
            return HttpResponseRedirect(self.back_url())
        return super().dispatch(request, *args, **kwargs)

    def is_a_colleagues(self) -> bool:
        """Whether the act is refused for one reason: the draw gave the case to somebody else."""
        return is_elsewhere(self.case, self.move, self.request.user)

    def allowed(self) -> bool:
        return may_act(self.case, self.move, self.request.user)

    def get(self, request, *args, **kwargs):
        """An act that is not possible now is explained on the case page."""
        reasons = blocked(self.case, self.move, request.user)
        if reasons:
            for reason in reasons:
                messages.warning(request, reason)
            return HttpResponseRedirect(self.back_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def facts(self, form) -> dict:
        """What the form gives to the service, besides who, when and the step seen."""
        return {}

    def perform(self, form):
        """Make the act, once, on the case as it was shown."""
        type(self).service(
            case_id=self.case.pk,
            actor=self.request.user,
            at=clock.now(),
            seen=form.seen,
            **self.facts(form),
        )

    def form_valid(self, form):
        """Act; a case that left for another office a moment ago is no longer this agent's."""
        try:
            response = super().form_valid(form)
        except Case.DoesNotExist:
            messages.warning(self.request, _LEFT)
            return HttpResponseRedirect(reverse("desk:queue"))
        if form.is_valid():
            messages.success(self.request, self.done)
        return response

    def form_invalid(self, form):
        """Show the case as it is now, beside what was typed."""
        self.case = self.load(self.case.pk)
        return super().form_invalid(form)

    def back_url(self) -> str:
        return reverse("desk:case", args=[self.case.pk])

    def get_success_url(self):
        return self.back_url()

    def get_context_data(self, **kwargs):
        """The subject of the act, so that nobody acts on the wrong case."""
        return super().get_context_data(**kwargs) | {
            "case": self.case,
            "act_title": self.act_title or move_label(self.move),
            "explanation": self.explanation,
            "next_act": what_is_next(self.case),
            "back_url": self.back_url(),
            "submit_label": self.submit_label or move_label(self.move),
            "submit_tone": "danger" if self.danger else "primary",
        }
