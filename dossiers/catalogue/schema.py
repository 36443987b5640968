"""The shape of a procedure: what a data file may say. Frozen, pure Python, without Django."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeVar

from dossiers.catalogue.channels import Channel
from dossiers.catalogue.conditions import Condition
from dossiers.catalogue.fees import Confidence, Fee, FeeUse
from dossiers.catalogue.text import Text
from dossiers.catalogue.windows import Window, WindowChoice

__all__ = [
    "MEANINGS",
    "Board",
    "CatalogueError",
    "Channel",
    "Check",
    "Confidence",
    "Deadline",
    "EvidenceRule",
    "Field",
    "Ground",
    "Option",
    "Procedure",
    "Step",
    "Text",
    "TitleMonths",
]

Item = TypeVar("Item")

FieldKind = Literal[
    "text",
    "long_text",
    "date",
    "email",
    "phone",
    "choice",
    "yes_no",
    "country",
    "commune",
    "integer",
    "foreigner_number",
    "passport_number",
    "photo_code",
    "money",
    "mrz",
    "visa_number",
    "stamp_number",
    "siret",
    "list",
]

# What a field means to the rest of the house, and the kinds it may then have.
MEANINGS: dict[str, tuple[str, ...]] = {
    "birth_name": ("text",),
    "usage_name": ("text",),
    "given_names": ("text",),
    "sex": ("choice",),
    "birth_date": ("date",),
    "birth_city": ("text",),
    "birth_country": ("country",),
    "nationality": ("country",),
    "passport_number": ("passport_number",),
    "passport_ends_on": ("date",),
    "foreigner_number": ("foreigner_number",),
    "photo_code": ("photo_code",),
    "email": ("email",),
    "phone": ("phone",),
    "preferred_language": ("choice",),
    "housing": ("choice",),
    "care_of": ("text",),
    "address_line": ("text",),
    "address_extra": ("text",),
    "postcode": ("text",),
    "commune": ("commune",),
    "institution": ("text",),
    "title_kind": ("choice",),
    "title_number": ("text", "visa_number"),
    "title_starts_on": ("date",),
    "title_ends_on": ("date",),
    "entered_on": ("date",),
    "moved_on": ("date",),
    "contract_ends_on": ("date",),
    "cycle_ends_on": ("date",),
    "asker_birth_name": ("text",),
    "asker_given_names": ("text",),
    "asker_link": ("choice",),
}
REQUIRED_MEANINGS = (
    "birth_name",
    "given_names",
    "birth_date",
    "birth_country",
    "nationality",
    "address_line",
    "postcode",
    "commune",
    "email",
    "photo_code",
)
MOST_ENTRIES = 10
"""Entries of a list that sets no maximum of its own."""


class CatalogueError(ValueError):
    """The data files say something we do not understand; `problems` lists everything at once."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    value: str
    label: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question. `minimum`, `maximum` bound numbers and dates; `must_be` counts from today.

    `partial`: a date of which only the month or the year may be known. `none`: the words of a
    box for who has nothing to write ("one name only"). `filled_from`: the house answers, the
    person reads. A `list` repeats `fields` once for each `entry`, from `minimum` to `maximum`.
    `wrong` is what the person reads when the answer has not the form of `pattern`.
    """

    name: str
    kind: FieldKind
    label: Text
    hint: Text | None = None
    required: bool = True
    when: Condition | None = None
    options: tuple[Option, ...] = ()
    max_length: int | None = None
    minimum: int | date | None = None
    maximum: int | date | None = None
    must_be: Literal["past", "future"] | None = None
    pattern: str | None = None
    wrong: Text | None = None
    autocomplete: str | None = None
    means: str | None = None
    partial: bool = False
    none: Text | None = None
    filled_from: Literal["account_email"] | None = None
    entry: Text | None = None
    fields: tuple["Field", ...] = ()

    @property
    def least(self) -> int:
        """How many entries a list needs."""
        return self.minimum if isinstance(self.minimum, int) else int(self.required)

    @property
    def most(self) -> int:
        """How many entries a list takes."""
        return self.maximum if isinstance(self.maximum, int) else MOST_ENTRIES

    def conditions(self) -> Iterator[Condition]:
        """Every condition of the question, those inside its entries included."""
        for field in (self, *self.fields):
            if field.when is not None:
                yield field.when

    def label_of(self, value: object) -> Text | None:
        """The label of a choice, None for a value that is not offered."""
        return next((option.label for option in self.options if option.value == value), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page, one theme, and why we ask."""

    code: str
    title: Text
    why: Text
    fields: tuple[Field, ...]
    when: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceRule:
    """A piece of evidence the law asks for (pièce justificative): the demand, not the file.

    `essential` marks what examination cannot begin without; the rest must not stop it
    (CRPA L.114-5-1). `ends_on` names the answer that says until when the document is valid. It is
    asked of requests filed from `since` to `until`, both days included.
    """

    code: str
    label: Text
    why: Text
    example: Text
    legal: tuple[str, ...]
    confidence: Confidence
    hint: Text | None = None
    when: Condition | None = None
    required: bool = True
    essential: bool = False
    translated: bool = False
    max_age_months: int | None = None
    ends_on: str | None = None
    accept: tuple[str, ...] = ("application/pdf", "image/jpeg", "image/png", "image/heic")
    max_files: int = 4
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A delay of the law, in days or in calendar months, for requests filed while it is in force.

    `when` names those whom it concerns; of two delays of one effect, the first that applies wins.
    """

    code: str
    label: Text
    effect: Literal["implicit-refusal", "completion", "extension-certificate", "deemed-served"]
    legal: tuple[str, ...]
    confidence: Confidence
    days: int | None = None
    months: int | None = None
    when: Condition | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleMonths:
    """How long the granted title may last.

    `same_end_date` keeps the end of the title replaced; `rest_of` names the date answered that
    the title follows, within `offered` and `maximum`; a single `offered` length is the length.
    `category` is what the title is called; without it, that of the title replaced.
    """

    rule: Text
    legal: tuple[str, ...]
    offered: tuple[int, ...] = ()
    maximum: int | None = None
    same_end_date: bool = False
    rest_of: str | None = None
    category: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One condition of the law that a reviewer verifies before a decision.

    `evidence` and `fields` can prove it. For each of `outcomes` the answer matters: a grant
    needs it met, a refusal may rest on it not met, with the text of `ground`.
    """

    code: str
    label: Text
    legal: tuple[str, ...]
    confidence: Confidence
    evidence: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    outcomes: tuple[Literal["grant", "refuse"], ...] = ("grant", "refuse")
    when: Condition | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A text in law and in fact that a reviewer adapts; in French, as the letters are.

    « […] » stands for what the reviewer must write.
    """

    code: str
    outcome: Literal["grant", "refuse", "close"]
    label: Text
    law: str
    fact: str
    legal: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The residence board (commission du titre de séjour) is heard before a refusal."""

    legal: tuple[str, ...]
    confidence: Confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure, whole: what is shared has been merged in, so that a stored copy suffices.

    A grant has a card made, unless `makes_card` is false or `card_when` does not hold. `several`:
    one account may have several under way, because each is about somebody else, as a child.
    """

    code: str
    source_code: str
    family: Literal["first", "renewal", "duplicate", "change"]
    authority: Literal["residence", "national"]
    prints: Literal["on-record", "required"]
    title: Text
    summary: Text
    audience: Text
    legal_basis: tuple[str, ...]
    confidence: Confidence
    window: Window
    deadlines: tuple[Deadline, ...]
    fees: tuple[FeeUse, ...]
    title_months: TitleMonths
    steps: tuple[Step, ...]
    evidence: tuple[EvidenceRule, ...]
    sworn_statement: Text
    other_windows: tuple[WindowChoice, ...] = ()
    late_fee: Fee | None = None
    checks: tuple[Check, ...] = ()
    grounds: tuple[Ground, ...] = ()
    board_before_refusal: Board | None = None
    channels: tuple[Channel, ...] = ()
    makes_card: bool = True
    card_when: Condition | None = None
    several: bool = False

    def step(self, code: str) -> Step:
        """The step of that code; KeyError without one."""
        return _find(self.steps, "code", code)

    def field(self, name: str) -> Field:
        """The field of that name, whatever its step; KeyError without one."""
        return _find(self.all_fields(), "name", name)

    def evidence_rule(self, code: str) -> EvidenceRule:
        """The evidence of that code; KeyError without one."""
        return _find(self.evidence, "code", code)

    def all_fields(self) -> tuple[Field, ...]:
        """Every field in the order asked, conditional ones included."""
        return tuple(field for step in self.steps for field in step.fields)

    def meaning(self, means: str) -> Field | None:
        """The field that bears this meaning ("birth_name"…), None without one."""
        return next((field for field in self.all_fields() if field.means == means), None)


def _find(items: Iterable[Item], attribute: str, value: str) -> Item:
    for item in items:
        if getattr(item, attribute) == value:
            return item
    raise KeyError(value)
