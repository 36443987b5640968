"""Appeals at the desk: recorded from a court, rejected by two people, or accepted."""

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from workflows import rules
from workflows.enums import AppealKind
from workflows.forms.appeals import AcceptAppealForm, RecordAnswerForm, RecordContentiousForm
from workflows.models import Appeal
from workflows.queries.appeals import contestable, is_moot
from workflows.services import appealing, judging
from workflows.views.answers import AnswerAct, SignAnswer, WriteAnswer
from workflows.views.base import visible_case


class _AppealAct(AnswerAct):
    template_name = "workflows/appeal_act.html"
    nothing_waits = _("Aucun acte n’attend ici sur ce recours.")


class RecordContentious(_AppealAct):
    """The person went to court: noted, so that everybody who opens the case knows."""

    form_class = RecordContentiousForm
    title = _("Enregistrer un recours contentieux")
    submit_label = _("Enregistrer le recours")
    explanation = _("Le tribunal fixe lui-même les délais ; le portail n’en compte pas.")
    done = _("Le recours contentieux est enregistré.")

    def setup(self, request, *args, case_id, **kwargs):
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = visible_case(request, case_id)

    def allowed(self):
        return rules.may_reopen(self.case, self.request.user)

    def is_possible(self):
        return contestable(self.case) is not None

    def perform(self, form):
        appealing.record_contentious(
            case_id=self.case.pk, actor=self.request.user, at=clock.now(), **form.cleaned_data
        )


class _OneAppeal(_AppealAct):
    def setup(self, request, *args, appeal_id, **kwargs):
        """An appeal of this agent's offices; any other does not exist."""
        super().setup(request, *args, appeal_id=appeal_id, **kwargs)
        mine = Appeal.objects.filter(prefecture_code__in=request.user.prefectures)
        self.asked = get_object_or_404(mine, pk=appeal_id)
        self.case = visible_case(request, self.asked.case_id)

    def is_possible(self):
        asks = not self.asked.settled_at and self.asked.kind == AppealKind.GRACIOUS
        return asks and not is_moot(self.asked, self.case)


class WriteRejection(WriteAnswer, _OneAppeal):
    """First of two people: why the appeal is rejected."""

    title = _("Répondre au recours par un rejet motivé")
    submit_label = _("Donner ce rejet à signer")
    done = _("Le rejet est écrit. Une autre personne doit le signer.")

    def allowed(self):
        return rules.may_answer_appeals(self.case, self.request.user)

    def write(self, **facts):
        appealing.write_rejection(appeal_id=self.asked.pk, **facts)


class SignRejection(SignAnswer, _OneAppeal):
    """Second of two people: two months to go to court begin when they sign."""

    title = _("Signer ou renvoyer le rejet du recours")
    explanation = _(
        "Si vous signez, la lettre part à la personne aussitôt, avec son délai pour saisir le "
        "tribunal."
    )
    signed = _("Le rejet est signé. La personne est prévenue.")
    sent_back = _("Le rejet est renvoyé, avec votre note. Rien n’est parti.")

    def sign(self, **facts):
        appealing.sign_rejection(appeal_id=self.asked.pk, **facts)

    def send_back(self, **facts):
        appealing.send_rejection_back(appeal_id=self.asked.pk, **facts)


class AcceptAppeal(_OneAppeal):
    """A supervisor withdraws the decision because of the appeal."""

    form_class = AcceptAppealForm
    title = _("Accepter le recours et rouvrir le dossier")
    submit_label = _("Accepter le recours")
    explanation = _("La décision est retirée, sa lettre ne vaut plus ; la personne est prévenue.")
    done = _("Le recours est accepté. Le dossier est rouvert.")

    def allowed(self):
        return rules.may_reopen(self.case, self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def perform(self, form):
        appealing.accept(
            appeal_id=self.asked.pk,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=clock.now(),
            seen=form.seen,
        )


class RecordAnswer(_OneAppeal):
    """A supervisor keeps what the court or the minister decided."""

    form_class = RecordAnswerForm
    title = _("Enregistrer la réponse reçue")
    submit_label = _("Enregistrer cette réponse")
    explanation = _(
        "La préfecture n’écrit pas cette réponse : elle enregistre ce que le tribunal ou le "
        "ministre a décidé. Une annulation rouvre le dossier aussitôt."
    )
    done = _("La réponse est enregistrée.")

    def allowed(self):
        return rules.may_reopen(self.case, self.request.user)

    def is_possible(self):
        return not self.asked.settled_at and self.asked.kind != AppealKind.GRACIOUS

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case, "kind": self.asked.kind}

    def perform(self, form):
        judging.record_answer(
            appeal_id=self.asked.pk,
            answer=judging.Answer(**form.facts()),
            actor=self.request.user,
            at=clock.now(),
            seen=form.seen,
        )
