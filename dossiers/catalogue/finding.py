"""The questions that lead to a procedure: a tree of data, read once and checked whole."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dossiers.catalogue.checking_fields import repeated
from dossiers.catalogue.fees import Confidence
from dossiers.catalogue.loader import FOLDER, catalogue
from dossiers.catalogue.reading import Reader
from dossiers.catalogue.schema import CatalogueError, Procedure
from dossiers.catalogue.sharing import parse
from dossiers.catalogue.text import Text

FILE = "_finder.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer: it leads to the question `next`, to a procedure, or to an ending.

    `answers` are what the choice already says of the procedure's own questions: they choose its
    window and its price.
    """

    value: str
    label: Text
    next: str | None = None
    procedure: str | None = None
    ending: str | None = None
    answers: tuple["Given", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer to a question of the procedure, said by a choice."""

    field: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    code: str
    text: Text
    choices: tuple[Choice, ...]
    hint: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Not here: where to go, in words."""

    code: str
    title: Text
    where: Text
    confidence: Confidence
    legal: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finder:
    """The tree, from the question `first` on."""

    first: str
    questions: tuple[Question, ...]
    endings: tuple[Ending, ...]

    def question(self, code: str) -> Question:
        """The question of that code; KeyError without one."""
        return _by_code(self.questions)[code]

    def ending(self, code: str) -> Ending:
        """The ending of that code; KeyError without one."""
        return _by_code(self.endings)[code]


@dataclass(frozen=True, slots=True)
class Walk:
    """How far some answers lead: the choices made, then a question, a procedure or an ending."""

    made: tuple[tuple[Question, Choice], ...]
    question: Question | None = None
    procedure: str | None = None
    ending: Ending | None = None

    @property
    def answers(self) -> dict[str, str]:
        """What the choices say of the procedure's own questions."""
        return {given.field: given.value for _q, choice in self.made for given in choice.answers}


def walk(finder: Finder, answers: Mapping[str, str]) -> Walk:
    """Follow the answers from the first question; the first that is missing is asked next."""
    made: list[tuple[Question, Choice]] = []
    question = finder.question(finder.first)
    while True:
        said = answers.get(question.code)
        choice = next((one for one in question.choices if one.value == said), None)
        if choice is None:
            return Walk(tuple(made), question=question)
        made.append((question, choice))
        if choice.next is None:
            ending = finder.ending(choice.ending) if choice.ending else None
            return Walk(tuple(made), procedure=choice.procedure, ending=ending)
        question = finder.question(choice.next)


def load_finder(folder: Path, procedures: Mapping[str, Procedure]) -> Finder:
    """The tree of a folder; raises CatalogueError with every problem."""
    reader = Reader()
    table = parse(reader, folder / FILE) or {}
    whole = {
        key: _coded(value) if key in ("questions", "endings") else value
        for key, value in table.items()
    }
    finder = reader.build(Finder, whole, f"{FILE}: finder")
    if isinstance(finder, Finder):
        reader.problems += [f"{FILE}: {problem}" for problem in _problems_of(finder, procedures)]
    if reader.problems or not isinstance(finder, Finder):
        raise CatalogueError(reader.problems)
    return finder


@cache
def finder() -> Finder:
    """The tree of this release, read once."""
    return load_finder(FOLDER, catalogue())


def _by_code(items: tuple[Any, ...]) -> dict[str, Any]:
    return {item.code: item for item in items}


def _coded(entries: Any) -> Any:
    """The list of what a table holds by its code."""
    if not isinstance(entries, dict):
        return entries
    return [{"code": code, **entry} for code, entry in entries.items() if isinstance(entry, dict)]


def _problems_of(finder: Finder, procedures: Mapping[str, Procedure]) -> Iterator[str]:
    known = {"next": _by_code(finder.questions), "ending": _by_code(finder.endings)}
    if finder.first not in known["next"]:
        yield f"first: question inconnue « {finder.first} »"
    for question in finder.questions:
        place = f"questions.{question.code}"
        yield from repeated(place, "choices", [choice.value for choice in question.choices])
        for i, choice in enumerate(question.choices):
            yield from _problems_of_choice(
                choice, f"{place}.choices[{i}]", known["next"], known["ending"], procedures
            )
    yield from _loops(known["next"], finder.first, ())
    reached = set(_reached(known["next"], finder.first, ()))
    for code in known["next"]:
        if code not in reached:
            yield f"questions.{code}: aucune réponse n'y mène"


def _problems_of_choice(
    choice: Choice,
    place: str,
    questions: Container[str],
    endings: Container[str],
    procedures: Mapping[str, Procedure],
) -> Iterator[str]:
    ends = [end for end in (choice.next, choice.procedure, choice.ending) if end is not None]
    if len(ends) != 1:
        yield f"{place}: « next », « procedure » ou « ending », un seul des trois"
    if choice.next is not None and choice.next not in questions:
        yield f"{place}.next: question inconnue « {choice.next} »"
    if choice.ending is not None and choice.ending not in endings:
        yield f"{place}.ending: fin inconnue « {choice.ending} »"
    if choice.procedure is not None and choice.procedure not in procedures:
        yield f"{place}.procedure: démarche inconnue « {choice.procedure} »"
        return
    yield from _problems_of_answers(choice, place, procedures)


def _problems_of_answers(
    choice: Choice, place: str, procedures: Mapping[str, Procedure]
) -> Iterator[str]:
    if choice.answers and choice.procedure is None:
        yield f"{place}.answers: sans objet sans « procedure »"
        return
    for given in choice.answers:
        fields = {field.name: field for field in procedures[str(choice.procedure)].all_fields()}
        field = fields.get(given.field)
        if field is None or field.label_of(given.value) is None:
            yield f"{place}.answers: « {given.value} » n'est pas une option de « {given.field} »"


def _loops(questions: Mapping[str, Question], code: str, before: tuple[str, ...]) -> Iterator[str]:
    if code in before:
        yield f"questions.{code}: une réponse y ramène"
        return
    for choice in questions[code].choices if code in questions else ():
        if choice.next is not None:
            yield from _loops(questions, choice.next, (*before, code))


def _reached(
    questions: Mapping[str, Question], code: str, before: tuple[str, ...]
) -> Iterator[str]:
    if code in before or code not in questions:
        return
    yield code
    for choice in questions[code].choices:
        if choice.next is not None:
            yield from _reached(questions, choice.next, (*before, code))
