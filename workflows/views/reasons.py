"""The reasons of a silent refusal at the desk: one writes, another signs or sends back."""

from django.utils.translation import gettext_lazy as _

from workflows import rules
from workflows.queries.reasons import request_of
from workflows.services import reasons
from workflows.views.answers import AnswerAct, SignAnswer, WriteAnswer
from workflows.views.base import visible_case


class _OwedReasons(AnswerAct):
    """The reasons that an office owes; without any owed, the case page says so."""

    template_name = "workflows/reasons_act.html"
    nothing_waits = _("Aucun acte n’attend ici sur les motifs de ce dossier.")

    def setup(self, request, *args, case_id, **kwargs):
        """Load the case through the one door, and the request about it."""
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = visible_case(request, case_id)
        self.asked = request_of(self.case)

    def is_possible(self) -> bool:
        owed = self.asked is not None and not self.asked.answered_at
        return owed and self.case.silence_stands


class WriteReasons(WriteAnswer, _OwedReasons):
    """First of two people: the reasons in law and in fact."""

    title = _("Écrire les motifs du refus né du silence")
    submit_label = _("Donner ces motifs à signer")
    done = _("Les motifs sont écrits. Une autre personne doit les signer.")

    def allowed(self):
        return rules.may_review(self.case, self.request.user)

    def write(self, **facts):
        reasons.write(case_id=self.case.pk, **facts)


class SignReasons(SignAnswer, _OwedReasons):
    """Second of two people: the time to contest begins again when they sign."""

    title = _("Signer ou renvoyer les motifs du refus né du silence")
    explanation = _(
        "Si vous signez, la lettre part à la personne aussitôt, et son délai pour contester "
        "recommence."
    )
    signed = _("Les motifs sont signés. La personne est prévenue.")
    sent_back = _("Les motifs sont renvoyés, avec votre note. Rien n’est parti.")

    def sign(self, **facts):
        reasons.sign(case_id=self.case.pk, **facts)

    def send_back(self, **facts):
        reasons.send_back(case_id=self.case.pk, **facts)
