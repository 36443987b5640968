"""The pages of a draft as an agent fills them with the person: the same, found by the session."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.views import View
from django.views.generic import TemplateView

from dossiers.enums import AssistanceEnd
from dossiers.forms.assistance import SignForm
from dossiers.queries.assistance import filed_today, open_session_of
from dossiers.queries.pages import page
from dossiers.services.assisting import SCOPE, end_session
from dossiers.views import albums, arriving, drafts, evidence, files, filing, keeping, steps
from dossiers.views.counter_door import AtTheCounter
from portal.core import clock, door
from portal.core.views import ReadOnlyView
from portal.vault import api as vault


class Tasks(AtTheCounter, drafts.Tasks):
    """The pages of the draft, in any order."""

    def help_given(self):
        return None


class StepPage(AtTheCounter, steps.StepPage):
    """One page of questions, read aloud and answered by the person."""


class KeepStep(AtTheCounter, keeping.KeepStep):
    """What the agent types, kept as it is typed."""


class EvidencePage(AtTheCounter, evidence.EvidencePage):
    """The papers, scanned at the desk and given back at once."""


class EvidenceBox(AtTheCounter, evidence.EvidenceBox):
    """One box; the scan travels outside any transaction."""

    def earlier(self, dossier, rule, today):
        """The agent sees nothing of the person's other dossiers."""
        return []

    def opened(self):
        return door.acting_for(self.request.user, scope=SCOPE)


class _SentByTheAgent(AtTheCounter):
    """A file that the agent sends in pieces: one line for it, not one for each piece."""

    def opened(self):
        return door.acting_for(self.request.user, scope=SCOPE)

    def find_dossier(self):
        return self.find_draft(self.kwargs["dossier_id"])

    def find_draft(self, dossier_id):
        return AtTheCounter.find(self, dossier_id)

    def _leave_a_line(self):
        if self.request.method in {"POST", "DELETE"}:
            super()._leave_a_line()


class Uploads(_SentByTheAgent, arriving.Uploads):
    """A scan on its way to its box."""


class OneUpload(_SentByTheAgent, arriving.OneUpload):
    """The same, piece by piece."""

    def find(self):
        return arriving.OneUpload.find(self)


class AlbumOfBox(AtTheCounter, albums.AlbumOfBox):
    """Photographs taken at the desk, put in order."""

    def opened(self):
        return door.acting_for(self.request.user, scope=SCOPE)


class ChangeAlbum(AtTheCounter, albums.ChangeAlbum):
    """A page moved, turned or taken out."""


class RemoveEvidence(AtTheCounter, files.RemoveEvidence):
    """Take a bad scan out."""


class DraftPaper:
    """A paper of the draft that this agent fills now, with its line in the journal."""

    def find(self):
        return vault.StoredFile.objects.filter(subject_id=self.session.dossier_id)

    @cached_property
    def session(self):
        """The help that runs; without it nothing is found."""
        session = open_session_of(self.request.user, clock.now())
        if session is None:
            raise Http404
        return session


class DraftFile(DraftPaper, files.OwnFile):
    """Its pages, one after the other; the person keeps the document itself."""

    base = "dossiers/counter_base.html"

    def frame(self, stored):
        return vault.Frame(
            base=self.base,
            image_url=lambda number, width: page("file_page", stored.pk, number, width),
            back_url=page("evidence", stored.subject_id),
            context={"session": self.session, "dossier": self.session.dossier},
        )


class DraftPage(DraftPaper, files.OwnPage):
    """The image of one page."""


class CheckAnswers(AtTheCounter, filing.CheckAnswers):
    """What the person reads back, prints and signs."""


class Declare(AtTheCounter, filing.Declare):
    """The person has signed: the agent files for them, once."""

    form_class = SignForm
    template_name = "dossiers/counter_declare.html"


class End(AtTheCounter, View):
    """The agent stops the help; the draft stays the person's."""

    http_method_names = ["post"]

    def post(self, request, dossier_id):
        self.find(dossier_id)
        end_session(
            dossier_id=dossier_id,
            applicant=self.applicant,
            why=AssistanceEnd.AGENT,
            at=clock.now(),
        )
        return redirect(page("home"))


class Filed(AtTheCounter, ReadOnlyView, TemplateView):
    """The number, to print for the person; nothing else of the dossier is the agent's any more."""

    template_name = "dossiers/counter_filed.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(help_given=self.help_given, **kwargs)

    def dispatch(self, request, *args, dossier_id, **kwargs):
        self.help_given = filed_today(request.user, dossier_id, clock.now())
        if self.help_given is None:
            self.find(dossier_id)
            return redirect(page("tasks", dossier_id))
        return super().dispatch(request, *args, dossier_id=dossier_id, **kwargs)
