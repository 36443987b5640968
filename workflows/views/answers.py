"""What the two acts of a reasoned answer share: one person writes, another signs or sends back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.views import ActView
from workflows import rules
from workflows.forms.reasons import SignReasonsForm, WriteReasonsForm
from workflows.queries.progress import what_is_next
from workflows.views.base import note_reading


class AnswerAct(ActView):
    """One act beside the machine; `setup` finds the case and what is `asked` of the office."""

    title = submit_label = explanation = done = nothing_waits = ""
    asked = None
    shows_reasons = False

    def dispatch(self, request, *args, **kwargs):
        """An act that nothing waits for is explained on the case page."""
        if self.allowed() and not self.is_possible():
            messages.warning(request, self.nothing_waits)
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form):
        response = super().form_valid(form)
        if form.is_valid():
            messages.success(self.request, self.done)
        return response

    def get_success_url(self):
        return reverse("desk:case", args=[self.case.pk])

    def get_context_data(self, **kwargs):
        """What the person wrote is shown: one line of the journal, as for the case itself."""
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "case": self.case,
            "asked": self.asked,
            "shows_reasons": self.shows_reasons,
            "act_title": self.title,
            "explanation": self.explanation,
            "next_act": what_is_next(self.case),
            "back_url": self.get_success_url(),
            "submit_label": self.submit_label,
            "submit_tone": "primary",
        }


class WriteAnswer(AnswerAct):
    """First of two people: what was written before is put right, not typed again."""

    form_class = WriteReasonsForm
    explanation = _("Une autre personne lira et signera, ou renverra. Rien ne part d’ici.")

    def get_initial(self):
        return {"grounds_law": self.asked.grounds_law, "grounds_fact": self.asked.grounds_fact}

    def perform(self, form):
        """One call, `write`, that each kind of answer names."""
        self.write(actor=self.request.user, at=clock.now(), **form.cleaned_data)


class SignAnswer(AnswerAct):
    """Second of two people: read, then sign, and the letter leaves at once; or send back."""

    form_class = SignReasonsForm
    submit_label = _("Envoyer ma réponse")
    shows_reasons = True
    signed = sent_back = ""

    def allowed(self):
        """A signatory who has not written it; without anything written, the case page says so."""
        mine = self.asked is not None and self.asked.written_by_id == self.request.user.pk
        return rules.may_sign_reasons(self.case, self.request.user) and not mine

    def is_possible(self) -> bool:
        return super().is_possible() and self.asked.waits_for_signature

    def get_initial(self):
        return {"seen": self.asked.written_at.isoformat()}

    def perform(self, form):
        """One call: the signature, or the note that sends back."""
        common = {
            "actor": self.request.user,
            "at": clock.now(),
            "seen": form.cleaned_data["seen"],
        }
        if form.signs:
            self.sign(**common)
            self.done = self.signed
        else:
            self.send_back(note=form.cleaned_data["note"], **common)
            self.done = self.sent_back
