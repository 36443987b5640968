"""The person's own acts about a review: asking why silence refused them."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.views import ActView
from workflows.models import Case
from workflows.queries.reasons import silence_view
from workflows.services import reasons


class AskReasons(ActView):
    """One page to confirm; it says what the law gives, and when the answer is owed."""

    form_class = forms.Form
    template_name = "workflows/ask_reasons.html"

    def setup(self, request, *args, dossier_id, **kwargs):
        """A case of this person; another's does not exist."""
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        mine = Case.objects.filter(applicant_id=request.user.pk)
        self.case = get_object_or_404(mine, dossier_id=dossier_id)

    def perform(self, form):
        """Ask once; asked again, the first demand stands."""
        reasons.ask(case_id=self.case.pk, actor=self.request.user, at=clock.now())

    def form_valid(self, form):
        response = super().form_valid(form)
        if form.is_valid():
            messages.success(self.request, _("Votre demande est partie. La préfecture l’a reçue."))
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "number": self.case.dossier_number,
            "silence": silence_view(self.case, clock.now()),
            "back_url": self.get_success_url(),
        }

    def get_success_url(self):
        return reverse("space:dossier", args=[self.case.dossier_id])
