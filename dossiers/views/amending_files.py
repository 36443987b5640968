"""Adding a document to a filed request, unasked: the same boxes, and one for anything else."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from dossiers.enums import OTHER_DOCUMENT
from dossiers.forms.amending import OtherDocumentForm
from dossiers.forms.evidence import EvidenceForm
from dossiers.models import AmendedFile
from dossiers.queries.amending import boxes_to_amend, working_copy
from dossiers.queries.answers import short_language
from dossiers.services import amending
from dossiers.views.own import OwnDossier, own_dossier
from portal.core import clock, door
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class AmendBox(View):
    """One box: the bytes travel outside any transaction, the rows are written in one."""

    http_method_names = ["get", "head", "options", "post"]

    def get(self, request, dossier_id, rule_code):
        with door.acting_for(request.user):
            working = self._working(dossier_id, rule_code)
            replaced = self._replaced(working)
            try:
                amending.refuse_unless_box_open(working, rule_code, replaced)
            except DomainRefusal as refusal:
                return self._closed(working, refusal)
            return self._show(working, self._form(working))

    def post(self, request, dossier_id, rule_code):
        with door.acting_for(request.user):
            working = self._working(dossier_id, rule_code)
            replaced = self._replaced(working)
            form = self._form(working, request.POST, request.FILES)
            try:
                amending.refuse_unless_box_open(working, rule_code, replaced)
            except DomainRefusal as refusal:
                return self._closed(working, refusal)
            if not form.is_valid():
                return self._show(working, form)
        try:
            self._receive(working, form.cleaned_data, replaced)
        except DomainRefusal as refusal:
            form.errors["file"] = form.error_class(refusal.reasons)
            with door.acting_for(request.user):
                return self._show(working, form)
        messages.success(
            request, _("Votre fichier est bien reçu. Relisez ce qui change, puis envoyez.")
        )
        return redirect("dossiers:amend", dossier_id)

    def _receive(self, working, said, replaced):
        kept = vault.keep(said["file"], subject_id=working.dossier.pk)
        written = False
        try:
            with door.acting_for(self.request.user) as act:
                amending.add_file(
                    dossier_id=working.dossier.pk,
                    applicant=self.request.user,
                    rule_code=self.kwargs["rule_code"],
                    kept=kept,
                    at=act.now,
                    note=said.get("note", ""),
                    replaces=replaced,
                )
            written = True
        finally:
            if not written:
                vault.discard(kept)

    def _working(self, dossier_id, rule_code):
        dossier = own_dossier(self.request.user, dossier_id)
        if dossier.filed_at is None:
            raise Http404
        self.rule = None
        if rule_code != OTHER_DOCUMENT:
            try:
                self.rule = dossier.procedure.evidence_rule(rule_code)
            except KeyError:
                raise Http404 from None
        return working_copy(dossier)

    def _replaced(self, working):
        """The file to replace, when the address names one that is there."""
        asked = self.request.GET.get("remplace", "")
        held = [entry["evidence"] for entry in working.evidence]
        return asked if asked in held else None

    def _form(self, working, *data):
        if self.rule is None:
            return OtherDocumentForm(*data)
        return EvidenceForm(*data, rule=self.rule, language=short_language())

    def _closed(self, working, refusal):
        messages.info(self.request, " ".join(refusal.reasons))
        return redirect("dossiers:amend", working.dossier.pk)

    def _show(self, working, form):
        language, code = short_language(), self.kwargs["rule_code"]
        slot = next((s for s in boxes_to_amend(working, language) if s.code == code), None)
        context = {
            "dossier": working.dossier,
            "procedure_title": working.procedure.title.get(language),
            "title": slot.label if slot else self.rule.label.get(language),
            "rule_why": self.rule.why.get(language) if self.rule else "",
            "example": self.rule.example.get(language) if self.rule else "",
            "files": slot.files if slot else (),
            "form": form,
            "back_url": reverse("dossiers:amend", args=[working.dossier.pk]),
        }
        return render(self.request, "dossiers/amend_box.html", context)


class RemoveAdded(OwnDossier, View):
    """Take out a file that was not sent yet; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, *args, added_id, **kwargs):
        try:
            amending.remove_file(
                dossier_id=self.dossier.pk,
                applicant=request.user,
                added_id=added_id,
                at=clock.now(),
            )
        except AmendedFile.DoesNotExist:
            raise Http404 from None
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, _("Le fichier est retiré."))
        return redirect("dossiers:amend", self.dossier.pk)
