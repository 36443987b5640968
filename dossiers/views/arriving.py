"""Files sent in pieces to a box, by their person or by the agent who helps at the counter."""

import io
import itertools

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from dossiers.forms.evidence import EvidenceForm
from dossiers.models import Dossier
from dossiers.queries.answers import short_language
from dossiers.queries.pages import page
from dossiers.services import arriving
from dossiers.services.evidence import EvidenceRefused
from dossiers.views.own import back_to, own_dossier
from portal.core import clock, door
from portal.vault.arrival import api as arrival

ALBUM, REPLACED = "photos", "remplace"
"""What the address of a new upload says: it is a page of the album, or takes a file's place."""


class _ToABox:
    """The dossier and the box of the address; at the counter, both are found by the session."""

    session = None

    def opened(self):
        """The door, opened for who sends."""
        return door.acting_for(self.request.user)

    def find_dossier(self):
        """The dossier of the address; Http404 for any other."""
        return own_dossier(self.request.user, self.kwargs["dossier_id"])

    def find_rule(self, dossier):
        """The rule of the box of the address; Http404 for a code that the procedure lacks."""
        try:
            return dossier.procedure.evidence_rule(self.kwargs["rule_code"])
        except KeyError:
            raise Http404 from None

    def completed(self, upload, at):
        """The last piece is there."""
        arriving.ask_for_the_file(upload)


class Uploads(_ToABox, arrival.Uploads):
    """Where a file for this box begins to be sent."""

    def find_place(self):
        self.dossier = self.find_dossier()
        self.rule = self.find_rule(self.dossier)

    def begin(self, request, described, size):
        dossier, rule = self.dossier, self.rule
        name = described.get("filename", "")
        _refuse_unfit(rule, name, size, described.get("dated", ""))
        return arriving.begin_upload(
            dossier=dossier,
            rule_code=rule.code,
            name=name,
            size=size,
            language=short_language(),
            at=clock.now(),
            replaced=_replaced(dossier, request.GET.get(REPLACED)),
            in_album=ALBUM in request.GET,
        )

    def address(self, upload):
        return page("upload", upload.subject_id, upload.about["rule"], upload.pk)


class OneUpload(_ToABox, arrival.OneUpload):
    """One file on its way to this box."""

    def find(self):
        dossier = self.find_dossier()
        self.find_rule(dossier)
        uploads = arrival.Upload.objects.filter(
            subject_id=dossier.pk, about__rule=self.kwargs["rule_code"]
        )
        return arrival.own_upload(uploads, self.kwargs["upload_id"])

    def post(self, request, *args, **kwargs):
        """The button that gives an upload up, on pages without script."""
        with self.opened() as act:
            upload = self.find()
            arrival.cancel(upload, act.now)
            shown = self.shown(upload)
        return redirect(shown["next"])

    def closing(self, upload, at):
        dossier = get_object_or_404(Dossier, pk=upload.subject_id)
        return arriving.end_if_closed(upload, dossier, at)

    def shown(self, upload):
        dossier = get_object_or_404(Dossier, pk=upload.subject_id)
        if upload.about["album"]:
            return {"next": page("album", dossier.pk, upload.about["rule"])}
        return {"next": back_to(dossier)}


def _refuse_unfit(rule, name, size, dated):
    """Say before a byte is sent what the form would say after: too heavy, empty, too old."""
    declared = UploadedFile(io.BytesIO(), name=name or "document", size=size)
    names = ("dated_on_year", "dated_on_month", "dated_on_day")
    typed = dict(zip(names, dated.split("-"), strict=False)) if dated else {}
    form = EvidenceForm(typed, {"file": declared}, rule=rule, language=short_language())
    if not form.is_valid():
        raise EvidenceRefused(*itertools.chain.from_iterable(form.errors.values()))


def _replaced(dossier, evidence_id):
    """The file to replace, when the address names one that is there."""
    held = {str(pk): pk for pk in dossier.evidence.given().values_list("pk", flat=True)}
    return held.get(evidence_id)
