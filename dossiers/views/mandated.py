"""The pages of a dossier as a helper uses them by mandate: the same, found by the mandate."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404

from dossiers.enums import MandateLevel
from dossiers.queries.mandates import may_begin
from dossiers.queries.pages import page
from dossiers.views import (
    albums,
    arriving,
    completion,
    completion_item,
    drafts,
    evidence,
    files,
    filing,
    keeping,
    steps,
)
from dossiers.views.mandate_door import ByMandate, acting
from portal.core import door
from portal.correspondence import api as correspondence
from portal.vault import api as vault


class Start(ByMandate, drafts.StartDraft):
    """A new draft of the person's, when the mandate covers the procedure."""

    def setup(self, request, *args, mandate_id, code, **kwargs):
        super().setup(request, *args, code=code, **kwargs)
        if request.behalf.level == MandateLevel.READ or not may_begin(mandate_id, code):
            raise Http404


class Tasks(ByMandate, drafts.Tasks):
    """The pages of the draft, in any order."""

    def help_given(self):
        return None


class StepPage(ByMandate, steps.StepPage):
    """One page of questions."""


class KeepStep(ByMandate, keeping.KeepStep):
    """What the helper types, kept as it is typed."""


class EvidencePage(ByMandate, evidence.EvidencePage):
    """The papers of the draft."""


class EvidenceBox(ByMandate, evidence.EvidenceBox):
    """One box; the file travels outside any transaction."""

    def earlier(self, dossier, rule, today):
        """The helper sees nothing of the person's other dossiers."""
        return []


class Uploads(ByMandate, arriving.Uploads):
    """A file on its way to its box."""

    def find_dossier(self):
        return self.find(self.kwargs["dossier_id"])


class OneUpload(ByMandate, arriving.OneUpload):
    """The same, piece by piece."""

    def find_dossier(self):
        return ByMandate.find(self, self.kwargs["dossier_id"])

    def find(self):
        return arriving.OneUpload.find(self)

    def _leave_a_line(self, dossier):
        """One line when it begins, and not one for each piece."""


class AlbumOfBox(ByMandate, albums.AlbumOfBox):
    """Photographs of one document, put in order."""


class ChangeAlbum(ByMandate, albums.ChangeAlbum):
    """A page moved, turned or taken out."""


class RemoveEvidence(ByMandate, files.RemoveEvidence):
    """Take a file out of a draft, or of the answer to a request."""


class Completion(ByMandate, completion.Completion):
    """What the prefecture asks again."""


class Extend(ByMandate, completion.Extend):
    """More time for it."""


class AnswerItem(ByMandate, completion_item.AnswerItem):
    """One asked item."""


class CheckAnswers(ByMandate, filing.CheckAnswers):
    """Every answer read once more, with the person."""


class Declare(ByMandate, filing.Declare):
    """The sworn statement of a mandatary; only a mandate that says so files."""

    def dispatch(self, request, *args, **kwargs):
        if request.behalf.level != MandateLevel.FILE:
            raise PermissionDenied("mandate")
        return super().dispatch(request, *args, **kwargs)

    def asks_about_card(self):
        return False


class Filed(ByMandate, filing.Filed):
    """The number, the receipt, what happens next."""


class Letter(files.OwnLetter):
    """A letter to the person, when the mandate covers its dossier."""

    def dispatch(self, request, *args, **kwargs):
        with door.also(scope="mandate"):
            letter = get_object_or_404(correspondence.Letter, pk=kwargs["letter_id"])
        with acting(request, dossier_id=letter.dossier_id):
            return super().dispatch(request, *args, **kwargs)


class Paper:
    """A file of a dossier that a mandate covers; each opening asks the database again."""

    http_method_names = ["get", "head"]

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        with door.also(scope="mandate"):
            stored = get_object_or_404(vault.StoredFile.objects.kept(), pk=kwargs["file_id"])
        self.subject_id = stored.subject_id

    def dispatch(self, request, *args, **kwargs):
        with acting(request, dossier_id=self.subject_id):
            return super().dispatch(request, *args, **kwargs)

    def find(self):
        return vault.StoredFile.objects.filter(subject_id=self.subject_id)


class File(Paper, files.OwnFile):
    """Its pages, one after the other."""

    def frame(self, stored):
        return vault.Frame(
            base=self.base,
            image_url=lambda number, width: page("file_page", stored.pk, number, width),
            back_url=page("evidence", stored.subject_id),
            copy_url=page("file_copy", stored.pk),
        )


class FilePage(Paper, files.OwnPage):
    """The image of one page."""


class FileCopy(Paper, files.OwnCopy):
    """The clean copy."""
