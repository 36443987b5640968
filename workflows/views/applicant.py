"""The person's own acts about a review: asking why silence refused them, contesting a refusal."""

from django import forms
from django.contrib import messages
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from portal.core import clock
from portal.core.views import ActView
from workflows.forms.appeals import FileAppealForm
from workflows.models import Case
from workflows.queries.appeals import AppealsView, appeals_view
from workflows.queries.reasons import silence_view
from workflows.services import appealing, reasons


class _OwnCase(ActView):
    """An act of the person on their own case, with the way back to their dossier."""

    done = ""

    def setup(self, request, *args, dossier_id, **kwargs):
        """A case of this person; another's does not exist."""
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        mine = Case.objects.filter(applicant_id=request.user.pk)
        self.case = get_object_or_404(mine, dossier_id=dossier_id)

    def form_valid(self, form):
        response = super().form_valid(form)
        if form.is_valid():
            messages.success(self.request, self.done)
        return response

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {
            "number": self.case.dossier_number,
            "back_url": self.get_success_url(),
        }

    def get_success_url(self):
        return reverse("space:dossier", args=[self.case.dossier_id])


class AskReasons(_OwnCase):
    """One page to confirm; it says what the law gives, and when the answer is owed."""

    form_class = forms.Form
    template_name = "workflows/ask_reasons.html"
    done = gettext_lazy("Votre demande est partie. La préfecture l’a reçue.")

    def perform(self, form):
        """Ask once; asked again, the first demand stands."""
        reasons.ask(case_id=self.case.pk, actor=self.request.user, at=clock.now())

    def get_context_data(self, **kwargs):
        silence = silence_view(self.case, clock.now())
        return super().get_context_data(**kwargs) | {"silence": silence}


class FileAppeal(_OwnCase):
    """To whom and why; the page says the day until which it is in time."""

    form_class = FileAppealForm
    template_name = "workflows/file_appeal.html"
    done = gettext_lazy("Votre recours est reçu. L’accusé de réception est dans vos documents.")

    def perform(self, form):
        """Received even when it is late; sent again, the first one stands."""
        appealing.file_appeal(
            case_id=self.case.pk, actor=self.request.user, at=clock.now(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs):
        contest = appeals_view(self.case, clock.now())
        return super().get_context_data(**kwargs) | {
            "contest": contest or AppealsView(None, False, False, ())
        }
