"""Taking a file out, and opening one's own files, letters included."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from dossiers.models import Evidence
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


class OwnFile(View):
    """One of the papers that the person gave; another's does not exist.

    A letter is opened by its own address, which refuses one that was taken back.
    """

    http_method_names = ["get", "head"]

    def find(self):
        """The files that may be opened here."""
        return vault.StoredFile.objects.filter(applicant_id=self.request.user.pk)

    def get(self, request, file_id):
        stored = (
            self.find().filter(pk=file_id, kind=vault.FileKind.EVIDENCE, removed_at=None).first()
        )
        if stored is None:
            raise Http404
        if "apercu" in request.GET:
            return vault.serve_preview(request, stored)
        return vault.serve(request, stored, download="telecharger" in request.GET)


class OwnLetter(View):
    """A letter of the person's; while it is made, the page says so."""

    http_method_names = ["get", "head"]

    def get(self, request, letter_id):
        try:
            stored = correspondence.letter_file(letter_id, request.user)
        except DomainRefusal as refusal:
            return render(request, "dossiers/letter_waiting.html", {"reasons": refusal.reasons})
        return vault.serve(request, stored, download="telecharger" in request.GET)
