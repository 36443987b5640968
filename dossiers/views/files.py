"""Taking a file out, and opening one's own files, letters included."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from dossiers.models import Evidence
from dossiers.queries.pages import page
from dossiers.services import evidence as boxes
from dossiers.views.own import back_to, own_dossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from portal.vault import api as vault


class RemoveEvidence(View):
    """Take one file out; a POST without a page of its own."""

    http_method_names = ["post"]

    def find(self, dossier_id):
        """The person's dossier; Http404 for any other."""
        return own_dossier(self.request.user, dossier_id)

    @property
    def applicant(self):
        return self.request.user

    def post(self, request, dossier_id, evidence_id):
        dossier = self.find(dossier_id)
        try:
            boxes.remove_evidence(
                dossier_id=dossier.pk,
                applicant=self.applicant,
                evidence_id=evidence_id,
                at=clock.now(),
            )
        except Evidence.DoesNotExist:
            raise Http404 from None
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, _("Le fichier est retiré."))
        return redirect(back_to(dossier))


class ContestReading(View):
    """Say that a machine has misread a paper; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, dossier_id, evidence_id):
        dossier = own_dossier(request.user, dossier_id)
        try:
            boxes.contest_reading(
                dossier_id=dossier.pk, applicant=request.user, evidence_id=evidence_id
            )
        except Evidence.DoesNotExist:
            raise Http404 from None
        messages.success(
            request, _("C’est noté : la préfecture lira que cette lecture est fausse.")
        )
        return redirect(back_to(dossier))


class OwnPaper(View):
    """One of the papers that the person gave; another's does not exist.

    A letter is opened by its own address, which refuses one that was taken back.
    """

    http_method_names = ["get", "head"]

    def find(self):
        """The files that may be opened here."""
        return vault.StoredFile.objects.filter(applicant_id=self.request.user.pk)

    def stored(self, file_id):
        """The paper of the address; Http404 for any other."""
        papers = self.find().filter(kind=vault.FileKind.EVIDENCE, removed_at=None)
        return get_object_or_404(papers, pk=file_id)


class OwnFile(OwnPaper):
    """The pages of a paper, one after the other."""

    base = "base.html"

    def get(self, request, file_id):
        stored = self.stored(file_id)
        return vault.show(request, stored, self.frame(stored))

    def frame(self, stored):
        """Where the page stands and leads."""
        return vault.Frame(
            base=self.base,
            image_url=lambda number, width: page("file_page", stored.pk, number, width),
            back_url=self.back_url(stored),
            copy_url=page("file_copy", stored.pk),
            sent_url=page("file_sent", stored.pk),
        )

    def back_url(self, stored):
        """The boxes of a draft, or the documents of a filed request."""
        dossier = own_dossier(self.request.user, stored.subject_id)
        if dossier.filed_at is None:
            return page("evidence", dossier.pk)
        return reverse("space:documents", args=[dossier.pk])


class OwnPage(OwnPaper):
    """The image of one page."""

    def get(self, request, file_id, number, width):
        return vault.serve_page(request, self.stored(file_id), number, width)


class OwnCopy(OwnPaper):
    """The clean copy, to keep."""

    def get(self, request, file_id):
        return vault.serve_copy(request, self.stored(file_id))


class OwnSent(OwnPaper):
    """What the person sent, as they sent it."""

    def get(self, request, file_id):
        return vault.serve_sent(request, self.stored(file_id))


class OwnLetter(View):
    """A letter of the person's; while it is made, the page says so."""

    http_method_names = ["get", "head"]

    def get(self, request, letter_id):
        try:
            stored = correspondence.letter_file(letter_id, request.user)
        except DomainRefusal as refusal:
            return render(request, "dossiers/letter_waiting.html", {"reasons": refusal.reasons})
        return vault.serve(request, stored)
