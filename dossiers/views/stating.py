"""Stating what went wrong: the request goes on, the office answers."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from dossiers.enums import StatementKind
from dossiers.forms.amending import StatementForm
from dossiers.queries.statements import statements_of
from dossiers.services.stating import state
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.views import ActView


class MakeStatement(OwnDossier, ActView):
    """What was stated before with its answer, and a form while nothing waits."""

    form_class = StatementForm
    template_name = "dossiers/state.html"

    def setup(self, request, *args, kind, **kwargs):
        super().setup(request, *args, kind=kind, **kwargs)
        if kind not in StatementKind.values:
            raise Http404
        self.kind = StatementKind(kind)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"kind": self.kind}

    def get_context_data(self, **kwargs):
        made = statements_of(self.dossier.pk, self.kind)
        return super().get_context_data(
            **self.titled(
                kind=self.kind,
                made=made,
                waits=any(one.settled_at is None for one in made),
                possible=self.dossier.filed_at is not None and self.dossier.withdrawn_at is None,
                back_url=self.get_success_url(),
                **kwargs,
            )
        )

    def perform(self, form):
        state(
            dossier_id=self.dossier.pk,
            applicant=self.request.user,
            kind=self.kind,
            text=form.cleaned_data["text"],
            at=clock.now(),
        )
        messages.success(
            self.request, _("C’est noté. La préfecture doit vous répondre. Votre demande continue.")
        )

    def get_success_url(self):
        return reverse("space:dossier", args=[self.dossier.pk])
