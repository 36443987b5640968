"""Appeals at the desk: recorded from a court, rejected by two people, or accepted."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import clock
from portal.core.views import ActView
from workflows import rules
from workflows.enums import AppealKind
from workflows.forms.appeals import AcceptAppealForm, RecordContentiousForm
from workflows.forms.reasons import SignReasonsForm, WriteReasonsForm
from workflows.models import Appeal
from workflows.queries.appeals import contestable, is_moot
from workflows.queries.progress import what_is_next
from workflows.services import appealing
from workflows.views.base import visible_case


class _AppealAct(ActView):
    """What each act shares: the case through its one door, the way back, the words."""

    title = submit_label = explanation = done = ""
    template_name = "workflows/appeal_act.html"
    appeal = None
    shows_reasons = False

    def dispatch(self, request, *args, **kwargs):
        if self.allowed() and not self.is_possible():
            messages.warning(request, _("Aucun acte n’attend ici sur ce recours."))
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
        return super().get_context_data(**kwargs) | {
            "case": self.case,
            "appeal": self.appeal,
            "asked": self.appeal,
            "shows_reasons": self.shows_reasons,
            "act_title": self.title,
            "explanation": self.explanation,
            "next_act": what_is_next(self.case),
            "back_url": self.get_success_url(),
            "submit_label": self.submit_label,
            "submit_tone": "primary",
        }


class RecordContentious(_AppealAct):
    """The person went to court: noted, so that everybody who opens the case knows."""

    form_class = RecordContentiousForm
    title = gettext_lazy("Enregistrer un recours contentieux")
    submit_label = gettext_lazy("Enregistrer le recours")
    explanation = gettext_lazy("Le tribunal fixe lui-même les délais ; le portail n’en compte pas.")
    done = gettext_lazy("Le recours contentieux est enregistré.")

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
        self.appeal = get_object_or_404(mine, pk=appeal_id)
        self.case = visible_case(request, self.appeal.case_id)

    def is_possible(self):
        asks = not self.appeal.settled_at and self.appeal.kind != AppealKind.CONTENTIOUS
        return asks and not is_moot(self.appeal, self.case)


class WriteRejection(_OneAppeal):
    """First of two people: why the appeal is rejected."""

    form_class = WriteReasonsForm
    title = gettext_lazy("Répondre au recours par un rejet motivé")
    submit_label = gettext_lazy("Donner ce rejet à signer")
    explanation = gettext_lazy("Une autre personne le lira et le signera. Rien ne part d’ici.")
    done = gettext_lazy("Le rejet est écrit. Une autre personne doit le signer.")

    def allowed(self):
        return rules.may_answer_appeals(self.case, self.request.user)

    def get_initial(self):
        return {
            "grounds_law": self.appeal.grounds_law,
            "grounds_fact": self.appeal.grounds_fact,
        }

    def perform(self, form):
        appealing.write_rejection(
            appeal_id=self.appeal.pk, actor=self.request.user, at=clock.now(), **form.cleaned_data
        )


class SignRejection(_OneAppeal):
    """Second of two people: read, then sign; the letter leaves at once."""

    form_class = SignReasonsForm
    title = gettext_lazy("Signer le rejet du recours")
    submit_label = gettext_lazy("Signer et envoyer")
    explanation = gettext_lazy(
        "La lettre part à la personne aussitôt, avec son délai pour saisir le tribunal."
    )
    done = gettext_lazy("Le rejet est signé. La personne est prévenue.")
    shows_reasons = True

    def allowed(self):
        may = rules.may_sign_reasons(self.case, self.request.user)
        return may and self.appeal.written_by_id != self.request.user.pk

    def is_possible(self):
        return super().is_possible() and self.appeal.written_at is not None

    def get_initial(self):
        return {"seen": self.appeal.written_at.isoformat()}

    def perform(self, form):
        appealing.sign_rejection(
            appeal_id=self.appeal.pk,
            actor=self.request.user,
            at=clock.now(),
            seen=form.cleaned_data["seen"],
        )


class AcceptAppeal(_OneAppeal):
    """A supervisor withdraws the decision because of the appeal."""

    form_class = AcceptAppealForm
    title = gettext_lazy("Accepter le recours et rouvrir le dossier")
    submit_label = gettext_lazy("Accepter le recours")
    explanation = gettext_lazy(
        "La décision est retirée, sa lettre ne vaut plus ; la personne est prévenue."
    )
    done = gettext_lazy("Le recours est accepté. Le dossier est rouvert.")

    def allowed(self):
        return rules.may_reopen(self.case, self.request.user)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"case": self.case}

    def perform(self, form):
        appealing.accept(
            appeal_id=self.appeal.pk,
            reason=form.cleaned_data["reason"],
            actor=self.request.user,
            at=clock.now(),
            seen=form.seen,
        )
