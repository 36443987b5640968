"""One page of questions: read leniently, so that what was typed is kept even when wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from django import forms

from dossiers.catalogue.conditions import holds, visible_fields
from dossiers.forms.builder import form_field
from dossiers.forms.lists import EDIT, edited
from dossiers.forms.posting import as_posted, from_answer, posted_keys, to_answer
from dossiers.forms.turns import shown_in_turn
from dossiers.models import Dossier
from dossiers.queries.answers import fingerprint, short_language, stored_state
from dossiers.services.drafting import Typed

SEEN = "seen"
LONGEST_RAW = 5_000


class AnswersForm(forms.Form):
    """The questions given, in their order. What must be answered is said, never forced."""

    use_required_attribute = False

    def __init__(self, data=None, *, questions, today: date, around: Mapping, initial=None):
        super().__init__(data, initial=initial)
        build = partial(form_field, today=today, language=short_language(), around=around)
        for question in questions:
            self.fields[question.name] = build(question)
            if question.filled_from:
                self.initial[question.name] = around.get(question.name)

    def forget_errors(self, names: Iterable[str]) -> None:
        """Say nothing of these questions: nobody has answered them on this page yet."""
        for name in names:
            self.errors.pop(name, None)
            if hasattr(self.fields.get(name), "say_nothing"):
                self.fields[name].say_nothing()


class PostedPage:
    """What one page sent: which questions it shows, what it says now, and what is wrong.

    What is shown is decided before anything is checked: a question that these answers hide is
    neither required nor kept, and one that the house answers is not read at all. `when` is the
    condition of the page; `always` names what is asked whatever is said.
    """

    def __init__(
        self, dossier: Dossier, questions, data, *, today: date, when=None, always=frozenset()
    ):
        self.dossier, self.today = dossier, today
        self.is_edit = EDIT in data
        self.data = edited(data, questions)
        self.seen = read_seen(data.get(SEEN, ""))
        around = dict(dossier.answers)
        build = partial(form_field, today=today, language=short_language(), around=around)
        shown = shown_in_turn(
            questions if holds(when, around) else (),
            self.data,
            around,
            build=build,
            was_shown=self._was_shown,
            always=always,
        )
        self.questions = tuple(q for q in shown if self._was_shown(q) and not q.filled_from)
        self.hidden = tuple(q for q in questions if q not in shown and self._was_shown(q))
        self.form = AnswersForm(self.data, questions=self.questions, today=today, around=around)
        self.form.full_clean()

    def _was_shown(self, question):
        """Without marks, only what was really sent counts: silence erases nothing."""
        if self.seen:
            return question.name in self.seen
        return any(name in self.data for name in posted_keys(question, self.data))

    @property
    def said(self) -> dict:
        """The understood answers of this page."""
        return {name: to_answer(value) for name, value in self.form.cleaned_data.items()}

    @property
    def has_opened(self) -> bool:
        """Whether an answer inside a list has brought a question to the same entry."""
        return any(getattr(field, "has_opened", False) for field in self.form.fields.values())

    def typed(self, unheard: Iterable[PostedPage] = ()) -> dict[str, Typed]:
        """Every question of the page, understood or kept as typed; what is hidden is emptied.

        `unheard` are the same page as it was sent before, when it does not know what became of it.
        """
        hidden = {question.name: Typed() for question in self.hidden if not question.filled_from}
        said = hidden | {
            question.name: self._typed(question, self.seen.get(question.name))
            for question in self.questions
        }
        for earlier in unheard:
            for name, answer in earlier.typed().items():
                if name in said:
                    sent = said[name].sent | {fingerprint(answer.state)}
                    said[name] = replace(said[name], sent=sent)
        return said

    def _typed(self, question, seen):
        errors = self.form.errors.as_data().get(question.name)
        if not errors:
            return Typed(value=to_answer(self.form.cleaned_data.get(question.name)), seen=seen)
        if all(error.code == "required" for error in errors):
            # of a list in which something is still to answer, the rest is kept
            understood = getattr(self.form.fields[question.name], "understood", None)
            return Typed(value=understood, seen=seen)
        return Typed(raw=raw_of(question, self.data), seen=seen)

    def answers_after(self) -> dict:
        """All answers of the dossier once this page is taken into account."""
        kept = dict(self.dossier.answers)
        for question in (*self.questions, *self.hidden):
            kept.pop(question.name, None)
        return kept | self.said


def raw_of(question, data) -> dict:
    """The posted keys of one question, as typed, but for what no database can hold."""
    return {
        name: str(data.get(name, "")).replace("\x00", "")[:LONGEST_RAW]
        for name in posted_keys(question, data)
    }


def page_form(dossier: Dossier, questions, *, today: date) -> AnswersForm:
    """The page as it was left: answers, and what was typed wrong with the reason it is wrong."""
    held = [question for question in questions if question.name in dossier.raw_answers]
    if not held:
        initial = {
            question.name: from_answer(question, dossier.answers.get(question.name))
            for question in questions
        }
        return AnswersForm(
            questions=questions, today=today, around=dossier.answers, initial=initial
        )
    data: dict[str, str] = {}
    for question in questions:
        raw = dossier.raw_answers.get(question.name)
        data |= raw if raw else as_posted(question, dossier.answers.get(question.name))
    form = AnswersForm(data, questions=questions, today=today, around=dossier.answers)
    form.forget_errors(set(form.fields) - {question.name for question in held})
    return form


def again_form(page: PostedPage, questions, *, said_by_others: Mapping[str, str]) -> AnswersForm:
    """The page shown again after a refusal: what was typed, and the questions that it opened."""
    data = {name: page.data.get(name, "") for name in page.data}
    new = [question for question in questions if question not in page.questions]
    for question in new:
        raw = page.dossier.raw_answers.get(question.name)
        data |= raw if raw else as_posted(question, page.dossier.answers.get(question.name))
    form = AnswersForm(data, questions=questions, today=page.today, around=page.answers_after())
    form.forget_errors(question.name for question in new)
    if page.is_edit:
        form.forget_errors(list(form.fields))
    for name, sentence in said_by_others.items():
        if name in form.fields:
            form.add_error(name, sentence)
    return form


def questions_of(step, answers):
    """The questions of a step to show for these answers."""
    return visible_fields(step, answers)


def write_seen(dossier: Dossier, questions) -> str:
    """What the page shows, told so that the next save recognises another tab's change."""
    return write_marks(
        dossier, {q.name: fingerprint(stored_state(dossier, q.name)) for q in questions}
    )


def write_marks(dossier: Dossier, marks: Mapping[str, str]) -> str:
    """Marks as a page carries them."""
    return " ".join([f"r{dossier.revision}", *(f"{name}={mark}" for name, mark in marks.items())])


def read_seen(text: str) -> dict[str, str]:
    """The marks of `write_seen`; anything else in the text is ignored."""
    pairs = (part.partition("=") for part in str(text)[:20_000].split())
    return {name: mark for name, _sign, mark in pairs if name and mark}
