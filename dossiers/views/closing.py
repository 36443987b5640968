"""Giving a filed request up, or throwing a draft away: one page to be sure, one button."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from django.views import View

from dossiers import rules
from dossiers.enums import AssistanceEnd
from dossiers.forms.declaration import ConfirmForm
from dossiers.services.assisting import end_session
from dossiers.services.drafting import discard_draft
from dossiers.services.withdrawing import withdraw_dossier
from dossiers.views.own import OwnDossier, OwnDraft
from portal.core import clock
from portal.core.views import ActView


class Withdraw(OwnDossier, ActView):
    """Says what giving up means before doing it; refused in words once decided."""

    form_class = ConfirmForm
    template_name = "dossiers/withdraw.html"

    def dispatch(self, request, *args, **kwargs):
        if self.dossier.filed_at is None:
            return redirect("dossiers:discard", self.dossier.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        label = _("Je veux abandonner cette demande.")
        return super().get_form_kwargs() | {"label": label}

    def get_context_data(self, **kwargs):
        possible = rules.may_withdraw(self.dossier)
        return super().get_context_data(**self.titled(possible=possible, **kwargs))

    def perform(self, form):
        withdraw_dossier(dossier_id=self.dossier.pk, applicant=self.request.user, at=clock.now())

    def get_success_url(self):
        return reverse("dossiers:filed", args=[self.dossier.pk])


class EndHelp(OwnDossier, View):
    """The person stops the help that an agent gives at the counter; the draft is kept."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        end_session(
            dossier_id=self.dossier.pk,
            applicant=request.user,
            why=AssistanceEnd.PERSON,
            at=clock.now(),
        )
        messages.success(request, _("L’aide est terminée. L’agent n’a plus accès à la demande."))
        return redirect("dossiers:tasks", self.dossier.pk)


class Discard(OwnDraft, ActView):
    """Throw a draft away, answers and files."""

    form_class = ConfirmForm
    template_name = "dossiers/discard.html"

    def get_form_kwargs(self):
        label = _("Je veux supprimer ce brouillon.")
        return super().get_form_kwargs() | {"label": label}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**self.titled(**kwargs))

    def perform(self, form):
        discard_draft(dossier_id=self.dossier.pk, applicant=self.request.user, at=clock.now())

    def get_success_url(self):
        try:
            return reverse("space:home")
        except NoReverseMatch:
            return reverse("dossiers:start", args=[self.dossier.procedure_code])
