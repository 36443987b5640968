"""The case page, and the papers that an agent opens from it."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.views.generic import TemplateView, View

from dossiers import api as dossiers
from portal.core import clock
from portal.core.views import ReadOnlyView
from portal.vault import api as vault
from workflows.models import Case
from workflows.queries.acts import acts_for, may_act
from workflows.queries.appeals import appeals_section
from workflows.queries.differences import news_for
from workflows.queries.dues import due_sentence
from workflows.queries.pages import case_page
from workflows.queries.progress import sentence, what_is_next, whose_turn
from workflows.queries.reasons import reasons_task
from workflows.queries.routes import competence_of
from workflows.queries.statements import statements_shown
from workflows.queries.team import holding_of
from workflows.queries.together import linked_case
from workflows.services.correcting import CORRECTABLE
from workflows.views.base import note_reading, visible_case


class CasePage(ReadOnlyView, TemplateView):
    """Answers on the left, papers on the right, acts on top; one journal line a visit."""

    template_name = "workflows/case.html"

    def setup(self, request, *args, case_id, **kwargs):
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = visible_case(request, case_id)

    def get_context_data(self, **kwargs):
        page, user = case_page(self.case), self.request.user
        note_reading(self.case)
        acts = acts_for(self.case, user)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "heading": page.dossier.title.get(get_language()),
            "case": self.case,
            "mandataries": dossiers.mandates_on(self.case.dossier_id),
            "together": linked_case(self.case, user),
            "sections": sections(page.dossier),
            "possible": [act for act in acts if act.is_possible],
            "impossible": [act for act in acts if not act.is_possible],
            "next_act": what_is_next(self.case),
            "whose_turn": whose_turn(self.case),
            "reasons": reasons_task(self.case, user),
            **appeals_section(self.case, user, clock.today()),
            "news": news_for(self.case, user, page),
            "statements": statements_shown(self.case, user),
            "due_sentence": due_sentence(self.case),
            "told": sentence(self.case),
            "competence": competence_of(self.case, page.dossier, on=clock.today()),
            "may_forward": any(act.move == "reroute" and act.is_possible for act in acts),
            "may_review": may_act(self.case, "ask_completion", user),
            "may_correct": may_act(self.case, "ask_completion", user)
            and self.case.state in CORRECTABLE,
            "holder": holding_of(self.case, user),
            "freezes": dossiers.freezes_of(self.case.applicant_id, self.case.procedure_code),
        }


def sections(dossier) -> list[dict]:
    """Each step of the form as rows of the definition list; an empty answer is said."""
    return [
        {
            "title": section.title,
            "rows": [{"label": label, "value": value or "—"} for label, value in section.rows],
        }
        for section in dossier.sections
    ]


class CasePaper(View):
    """A paper of a case of the agent's office; the vault authorises and writes the journal."""

    http_method_names = ["get", "head", "options"]

    def stored(self, file_id):
        """The paper of the address; Http404 for one of another office."""
        stored = get_object_or_404(vault.StoredFile.objects.kept(), pk=file_id)
        if stored.prefecture_code not in self.request.user.prefectures:
            raise Http404
        return stored


class EvidenceFile(CasePaper):
    """Its pages, one after the other."""

    def get(self, request, file_id):
        stored = self.stored(file_id)
        case = Case.objects.visible_to(request.user).filter(dossier_id=stored.subject_id).first()
        frame = vault.Frame(
            base="base_desk.html",
            image_url=lambda number, width: reverse("desk:page", args=[stored.pk, number, width]),
            back_url=reverse("desk:case", args=[case.pk]) if case else reverse("desk:queue"),
            copy_url=reverse("desk:copy", args=[stored.pk]),
        )
        return vault.show(request, stored, frame)


class EvidencePage(CasePaper):
    """The image of one page, under the same rule."""

    def get(self, request, file_id, number, width):
        return vault.serve_page(request, self.stored(file_id), number, width)


class EvidenceCopy(CasePaper):
    """The clean copy, which names its reader on every page."""

    def get(self, request, file_id):
        return vault.serve_copy(request, self.stored(file_id))
