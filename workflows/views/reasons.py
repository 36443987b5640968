"""The reasons of a silent refusal at the desk: one writes, another signs."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import clock
from portal.core.views import ActView
from workflows import rules
from workflows.forms.reasons import SignReasonsForm, WriteReasonsForm
from workflows.queries.progress import what_is_next
from workflows.queries.reasons import request_of
from workflows.services import reasons
from workflows.views.base import visible_case


class ReasonsAct(ActView):
    """One act about the reasons that an office owes; without any owed, the case page says so."""

    title = submit_label = explanation = done = ""
    template_name = "workflows/reasons_act.html"

    def setup(self, request, *args, case_id, **kwargs):
        """Load the case through the one door, and the request about it."""
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = visible_case(request, case_id)
        self.asked = request_of(self.case)

    def dispatch(self, request, *args, **kwargs):
        if self.allowed() and not self.is_possible():
            messages.warning(request, _("Aucun acte n’attend ici sur les motifs de ce dossier."))
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def is_possible(self) -> bool:
        return self.asked is not None and not self.asked.answered_at and not self.case.outcome

    def form_valid(self, form):
        response = super().form_valid(form)
        if form.is_valid():
            messages.success(self.request, self.done)
        return response

    def get_success_url(self):
        return reverse("desk:case", args=[self.case.pk])

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "case": self.case,
            "asked": self.asked,
            "shows_reasons": False,
            "act_title": self.title,
            "explanation": self.explanation,
            "next_act": what_is_next(self.case),
            "back_url": self.get_success_url(),
            "submit_label": self.submit_label,
            "submit_tone": "primary",
        }


class WriteReasons(ReasonsAct):
    """First of two people: the reasons in law and in fact."""

    form_class = WriteReasonsForm
    title = gettext_lazy("Écrire les motifs du refus né du silence")
    submit_label = gettext_lazy("Donner ces motifs à signer")
    explanation = gettext_lazy("Une autre personne les lira et les signera. Rien ne part d’ici.")
    done = gettext_lazy("Les motifs sont écrits. Une autre personne doit les signer.")

    def allowed(self):
        return rules.may_review(self.case, self.request.user)

    def get_initial(self):
        """What was written before is put right, not typed again."""
        return {
            "grounds_law": self.asked.grounds_law,
            "grounds_fact": self.asked.grounds_fact,
        }

    def perform(self, form):
        reasons.write(
            case_id=self.case.pk, actor=self.request.user, at=clock.now(), **form.cleaned_data
        )


class SignReasons(ReasonsAct):
    """Second of two people: read, then sign; the letter leaves at once."""

    form_class = SignReasonsForm
    title = gettext_lazy("Signer les motifs du refus né du silence")
    submit_label = gettext_lazy("Signer et envoyer")
    explanation = gettext_lazy(
        "La lettre part à la personne aussitôt, et son délai pour contester recommence."
    )
    done = gettext_lazy("Les motifs sont signés. La personne est prévenue.")

    def allowed(self):
        return rules.may_sign_reasons(self.case, self.request.user) and (
            self.asked is None or self.asked.written_by_id != self.request.user.pk
        )

    def is_possible(self):
        return super().is_possible() and self.asked.written_at is not None

    def get_initial(self):
        return {"seen": self.asked.written_at.isoformat()}

    def perform(self, form):
        reasons.sign(
            case_id=self.case.pk,
            actor=self.request.user,
            at=clock.now(),
            seen=form.cleaned_data["seen"],
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"shows_reasons": True}
