"""What the office put right in the person's dossier, and their word against it."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from dossiers.forms.completion import ContestForm
from dossiers.models import Correction
from dossiers.queries.corrections import corrections_of
from dossiers.services.correcting import contest
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView


class Corrections(OwnDossier, ReadOnlyView, TemplateView):
    """Each correction, before and after, with its reason and what the person said of it."""

    template_name = "dossiers/corrections.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **self.titled(corrections=corrections_of(self.dossier, self.language))
        )


class Contest(OwnDossier, ActView):
    """ "This is not right": an agent must read it and answer."""

    form_class = ContestForm
    template_name = "dossiers/correction_contest.html"

    def setup(self, request, *args, correction_id, **kwargs):
        super().setup(request, *args, correction_id=correction_id, **kwargs)
        get_object_or_404(Correction, pk=correction_id, dossier=self.dossier)
        self.correction_id = correction_id

    def get_context_data(self, **kwargs):
        found = corrections_of(self.dossier, self.language)
        return super().get_context_data(
            **self.titled(correction=next(c for c in found if c.id == self.correction_id), **kwargs)
        )

    def perform(self, form):
        contest(
            correction_id=self.correction_id,
            applicant=self.request.user,
            text=form.cleaned_data["text"],
            at=clock.now(),
        )
        messages.success(self.request, _("C’est noté. La préfecture doit vous répondre."))

    def get_success_url(self):
        return reverse("dossiers:corrections", args=[self.dossier.pk])
