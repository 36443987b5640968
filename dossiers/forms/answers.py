"""One page of questions: read leniently, so that what was typed is kept even when wrong."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import forms

from dossiers.catalogue.conditions import visible_fields
from dossiers.forms.builder import as_posted, form_field, from_answer, posted_names, to_answer
from dossiers.models import Dossier
from dossiers.queries.answers import fingerprint, short_language, stored_state
from dossiers.services.drafting import Typed

SEEN = "seen"
LONGEST_RAW = 5_000


class AnswersForm(forms.Form):
    """The questions given, in their order. What must be answered is said, never forced."""

    use_required_attribute = False

    def __init__(self, data=None, *, questions, today: date, initial=None):
        super().__init__(data, initial=initial)
        language = short_language()
        for question in questions:
            self.fields[question.name] = form_field(question, today=today, language=language)

    def forget_errors(self, names: Iterable[str]) -> None:
        """Say nothing of these questions: nobody has answered them on this page yet."""
        for name in names:
            self.errors.pop(name, None)


class PostedPage:
    """What one page sent: which questions it showed, what it says now, and what is wrong."""

    def __init__(self, dossier: Dossier, questions, data, *, today: date):
        self.dossier, self.data, self.today = dossier, data, today
        self.seen = read_seen(data.get(SEEN, ""))
        self.questions = tuple(question for question in questions if self._was_shown(question))
        self.form = AnswersForm(data, questions=self.questions, today=today)
        self.form.full_clean()

    def _was_shown(self, question):
        """Without marks, only what was really sent counts: silence erases nothing."""
        if self.seen:
            return question.name in self.seen
        return any(name in self.data for name in posted_names(question))

    @property
    def said(self) -> dict:
        """The understood answers of this page."""
        return {name: to_answer(value) for name, value in self.form.cleaned_data.items()}

    def typed(self) -> dict[str, Typed]:
        """Every question of the page, understood or kept as typed."""
        return {
            question.name: self._typed(question, self.seen.get(question.name))
            for question in self.questions
        }

    def _typed(self, question, seen):
        errors = self.form.errors.as_data().get(question.name)
        if not errors:
            return Typed(value=to_answer(self.form.cleaned_data.get(question.name)), seen=seen)
        if all(error.code == "required" for error in errors):
            return Typed(seen=seen)
        return Typed(raw=raw_of(question, self.data), seen=seen)

    def answers_after(self) -> dict:
        """All answers of the dossier once this page is taken into account."""
        kept = dict(self.dossier.answers)
        for question in self.questions:
            kept.pop(question.name, None)
        return kept | self.said


def raw_of(question, data) -> dict:
    """The posted keys of one question, as typed, but for what no database can hold."""
    return {
        name: str(data.get(name, "")).replace("\x00", "")[:LONGEST_RAW]
        for name in posted_names(question)
    }


def page_form(dossier: Dossier, questions, *, today: date) -> AnswersForm:
    """The page as it was left: answers, and what was typed wrong with the reason it is wrong."""
    held = [question for question in questions if question.name in dossier.raw_answers]
    if not held:
        initial = {
            question.name: from_answer(question, dossier.answers.get(question.name))
            for question in questions
        }
        return AnswersForm(questions=questions, today=today, initial=initial)
    data: dict[str, str] = {}
    for question in questions:
        raw = dossier.raw_answers.get(question.name)
        data |= raw if raw else as_posted(question, dossier.answers.get(question.name))
    form = AnswersForm(data, questions=questions, today=today)
    form.forget_errors(set(form.fields) - {question.name for question in held})
    return form


def again_form(page: PostedPage, questions, *, said_by_others: Mapping[str, str]) -> AnswersForm:
    """The page shown again after a refusal: what was typed, and the questions that it opened."""
    data = {name: page.data.get(name, "") for name in page.data}
    new = [question for question in questions if question not in page.questions]
    for question in new:
        raw = page.dossier.raw_answers.get(question.name)
        data |= raw if raw else as_posted(question, page.dossier.answers.get(question.name))
    form = AnswersForm(data, questions=questions, today=page.today)
    form.forget_errors(question.name for question in new)
    for name, sentence in said_by_others.items():
        if name in form.fields:
            form.add_error(name, sentence)
    return form


def questions_of(step, answers):
    """The questions of a step to show for these answers."""
    return visible_fields(step, answers)


def write_seen(dossier: Dossier, questions) -> str:
    """What the page shows, told so that the next save recognises another tab's change."""
    marks = (f"{q.name}={fingerprint(stored_state(dossier, q.name))}" for q in questions)
    return " ".join([f"r{dossier.revision}", *marks])


def read_seen(text: str) -> dict[str, str]:
    """The marks of `write_seen`; anything else in the text is ignored."""
    pairs = (part.partition("=") for part in str(text)[:20_000].split())
    return {name: mark for name, _sign, mark in pairs if name and mark}
