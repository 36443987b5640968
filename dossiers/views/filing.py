"""Checking the answers, swearing and filing, and the page that says it is done."""

from django.shortcuts import redirect
from django.views.generic import TemplateView

from dossiers.enums import StatementKind
from dossiers.forms.declaration import FilingForm
from dossiers.queries.pages import page
from dossiers.queries.problems import EVIDENCE_PAGE, held_by_rule, review
from dossiers.queries.statements import had_a_card
from dossiers.queries.summary import sections_of
from dossiers.queries.texts import newer_text_of
from dossiers.services.filing import FilingRefused, file_dossier, sworn_text
from dossiers.services.stating import state
from dossiers.views.own import OwnDossier, OwnDraft, window_note
from portal.core import clock
from portal.core.views import ActView, ReadOnlyView
from portal.correspondence import api as correspondence


def linked(dossier, problems):
    """Each problem with the page where it is put right."""
    return [
        {"sentence": problem.sentence, "href": _page_of(dossier, problem)} for problem in problems
    ]


def _page_of(dossier, problem):
    if problem.step is None:
        return ""
    if problem.step == EVIDENCE_PAGE:
        return page("evidence", dossier.pk)
    return page("step", dossier.pk, problem.step)


class CheckAnswers(OwnDraft, ReadOnlyView, TemplateView):
    """Every answer and every file, each with its change link, and what still prevents filing."""

    template_name = "dossiers/check.html"

    def get_context_data(self, **kwargs):
        held = held_by_rule(self.dossier)
        assisted = self.session is not None
        checked = review(self.dossier, held, clock.today(), self.language, assisted=assisted)
        return super().get_context_data(
            **self.titled(
                sections=[self._section(section) for section in self._sections()],
                window=window_note(checked, self.language),
                files=self._files(held),
                problems=linked(self.dossier, checked.problems),
                newer_text=newer_text_of(self.dossier),
                evidence_url=page("evidence", self.dossier.pk),
                declare_url=page("declare", self.dossier.pk),
            )
        )

    def _sections(self):
        return sections_of(self.procedure, self.dossier.answers, self.language)

    def _section(self, section):
        change_url = page("step", self.dossier.pk, section.code)
        rows = [
            {"label": label, "value": value, "change_url": f"{change_url}?verification=1"}
            for label, value in section.rows
        ]
        return {"title": section.title, "rows": rows}

    def _files(self, held):
        return [
            {
                "label": self.procedure.evidence_rule(code).label.get(self.language),
                "value": ", ".join(evidence.file.original_name for evidence in files),
            }
            for code, files in held.items()
        ]


class Declare(OwnDraft, ActView):
    """The sworn statement and the button that files; pressing it twice files once."""

    form_class = FilingForm
    template_name = "dossiers/declare.html"
    problems = ()

    def asks_about_card(self):
        """Whether the page offers to say that a former card never came: to its person alone."""
        return self.session is None and had_a_card(self.dossier)

    def get_form_kwargs(self):
        statement = sworn_text(self.dossier, self.language)
        about_card = {"asks_about_card": True} if self.asks_about_card() else {}
        return super().get_form_kwargs() | {"statement": statement} | about_card

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **self.titled(
                problems=linked(self.dossier, self.problems),
                check_url=page("check", self.dossier.pk),
                **kwargs,
            )
        )

    def perform(self, form):
        try:
            file_dossier(
                dossier_id=self.dossier.pk,
                applicant=self.applicant,
                session=self.session,
                at=clock.now(),
                sworn=form.cleaned_data["sworn"],
                language=self.language,
            )
        except FilingRefused as refusal:
            self.problems = refusal.problems
            raise
        if form.cleaned_data.get("card_not_given"):
            state(
                dossier_id=self.dossier.pk,
                applicant=self.applicant,
                kind=StatementKind.CARD_NOT_GIVEN,
                text="",
                at=clock.now(),
            )

    def get_success_url(self):
        return page("filed", self.dossier.pk)


class Filed(OwnDossier, ReadOnlyView, TemplateView):
    """The number, the receipt, what happens next; the place where every late click lands."""

    template_name = "dossiers/filed.html"

    def dispatch(self, request, *args, **kwargs):
        if self.dossier.filed_at is None:
            return redirect(page("tasks", self.dossier.pk))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        letters = correspondence.letters_of(self.dossier.pk)
        receipt = next((letter for letter in letters if letter.kind == "filing_receipt"), None)
        return super().get_context_data(**self.titled(receipt=receipt))
