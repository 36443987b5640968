"""The person's answer before a granted title may be withdrawn."""

from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.core import clock
from portal.core.views import ActView
from workflows.forms.retraction import ObservationsForm
from workflows.queries.retractions import invitation_for
from workflows.services.moves import MoveRefused
from workflows.services.retracting import answer


class Observations(ActView):
    """What is envisaged, why, until when one may answer; then the answer that was sent."""

    form_class = ObservationsForm
    template_name = "workflows/observations.html"

    def setup(self, request, *args, dossier_id, **kwargs):
        """A dossier of this person; another's does not exist."""
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        mine = dossiers.Dossier.objects.of_applicant(request.user)
        self.dossier = get_object_or_404(mine, pk=dossier_id)
        self.invitation = invitation_for(dossier_id, request.user)

    def perform(self, form):
        if self.invitation is None:
            raise MoveRefused(_("Aucune observation n’est attendue pour ce dossier."))
        answer(
            case_id=self.invitation.case_id,
            text=form.cleaned_data["text"],
            assisted_by=form.cleaned_data["assisted_by"],
            applicant=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("Votre réponse est envoyée à la préfecture."))

    def get_success_url(self):
        return reverse("workflows:observations", args=[self.dossier.pk])

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "dossier": self.dossier,
            "procedure_title": self.dossier.procedure.title.get(get_language()),
            "invitation": self.invitation,
        }
