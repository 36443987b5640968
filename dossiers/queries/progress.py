"""The task list of a draft: what is done, what is not, what must be put right first."""

from dataclasses import dataclass

from dossiers.catalogue.conditions import (
    evidence_for,
    is_answered,
    lacks_answer,
    shown,
    visible_steps,
)
from dossiers.enums import TaskState
from dossiers.models import Dossier
from dossiers.queries.pages import page
from dossiers.queries.problems import EVIDENCE_PAGE, Review


@dataclass(frozen=True)
class Progress:
    """Where each page of the draft stands."""

    steps: tuple[tuple[str, str, TaskState], ...]
    evidence: TaskState
    evidence_given: int
    evidence_wanted: int
    check: TaskState

    @property
    def done(self):
        states = [state for _code, _title, state in self.steps]
        return sum(state == TaskState.DONE for state in [*states, self.evidence])

    @property
    def total(self):
        return len(self.steps) + 1


def progress_of(dossier: Dossier, held: dict[str, list], review: Review, language: str) -> Progress:
    """Read the draft into tasks; no query."""
    procedure, answers = dossier.procedure, dossier.answers
    found = shown(procedure, answers)
    wanted = [rule for rule in evidence_for(procedure, answers) if rule.required]
    given = sum(bool(held.get(rule.code)) for rule in wanted)
    return Progress(
        steps=tuple(
            (step.code, step.title.get(language), _state(dossier, fields, found.answers))
            for step, fields in found.pages
        ),
        evidence=_evidence_state(given, len(wanted)),
        evidence_given=given,
        evidence_wanted=len(wanted),
        check=TaskState.TO_DO if review.is_complete else TaskState.BLOCKED,
    )


def _state(dossier: Dossier, fields, answers) -> TaskState:
    """Done when every required question of the page is answered and understood."""
    if any(field.name in dossier.raw_answers for field in fields):
        return TaskState.PROBLEM
    if not any(is_answered(answers.get(field.name)) for field in fields):
        return TaskState.TO_DO
    missing = any(lacks_answer(field, answers) for field in fields)
    return TaskState.STARTED if missing else TaskState.DONE


def neighbours(dossier: Dossier, code: str):
    """The pages shown, and the place of one among them (0 when it is not shown)."""
    steps = visible_steps(dossier.procedure, dossier.answers)
    codes = [step.code for step in steps]
    return steps, codes.index(code) + 1 if code in codes else 0


def step_after(procedure, answers, code: str) -> str:
    """The page that follows among those that these answers show; the papers after the last."""
    codes = [step.code for step in visible_steps(procedure, answers)]
    place = codes.index(code) + 1 if code in codes else len(codes)
    return codes[place] if place < len(codes) else EVIDENCE_PAGE


def place_of(dossier: Dossier, code: str) -> str:
    """The address of a page of the draft, by the code of its step or that of the papers."""
    if code == EVIDENCE_PAGE:
        return page("evidence", dossier.pk)
    return page("step", dossier.pk, code)


def resume_at(dossier: Dossier) -> str:
    """The address where the person goes on: the page that they left, when it is still shown."""
    code = dossier.last_step
    if code == EVIDENCE_PAGE or code in {step.code for step in dossier.procedure.steps}:
        return place_of(dossier, code)
    return page("tasks", dossier.pk)


def _evidence_state(given, wanted):
    if given == wanted:
        return TaskState.DONE
    return TaskState.STARTED if given else TaskState.TO_DO
