"""Which slips an agent may put right, and how a correction reads."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossiers.catalogue.comparing import is_none
from dossiers.catalogue.conditions import as_date, shown
from dossiers.models import Correction, CorrectionContest, Dossier
from dossiers.queries.answers import short_language, show
from dossiers.queries.differences import label_of_box
from dossiers.queries.manifests import named

IDENTITY = ("birth_name", "usage_name", "given_names", "birth_date", "birth_city")
OTHERS = (
    "passport_ends_on",
    "title_starts_on",
    "title_ends_on",
    "entered_on",
    "care_of",
    "address_line",
    "address_extra",
    "postcode",
)
"""Never the numbers by which a person is found again, never the commune: it gives the office."""
NAMES = ("birth_name", "given_names")
"""The two that are typed one in the place of the other."""


@dataclass(frozen=True)
class Change:
    """One answer, before and after, in words."""

    label: str
    old: str
    new: str


@dataclass(frozen=True)
class CorrectionView:
    """A correction as its pages show it."""

    id: UUID
    at: datetime
    changes: tuple[Change, ...]
    reason: str
    contest: CorrectionContest | None

    @property
    def is_contested(self):
        return self.contest is not None and self.contest.settled_at is None


def correctable(dossier: Dossier) -> list:
    """The questions of this dossier whose answer may hold a slip, in the order of the form."""
    last = dossier.submissions.order_by("-number").first()
    procedure = dossier.procedure
    return [
        field
        for _step, fields in shown(procedure, last.answers).pages
        for field in fields
        if field.means in IDENTITY + OTHERS
    ]


@dataclass(frozen=True)
class Slip:
    """A question that may hold a slip, with the answer as it was last filed."""

    field: object
    answer: object


def slips_of(dossier: Dossier, language: str | None = None) -> tuple[list[Slip], list]:
    """What may be put right, and the papers (id, label) that may show it."""
    language = language or short_language()
    last = dossier.submissions.order_by("-number").first()
    slips = [Slip(field, _typed(field, last.answers)) for field in correctable(dossier)]
    papers = [
        (
            entry["evidence"],
            f"{label_of_box(dossier.procedure, entry['rule'], language, entry.get('note', ''))}"
            f" – {entry['name']}",
        )
        for entry in named(last.evidence)
    ]
    return slips, papers


def _typed(field, answers):
    value = answers.get(field.name)
    if is_none(value):
        return None
    return as_date(value) if field.kind == "date" and not field.partial else value


def needs_proof(field) -> bool:
    """Civil status is put right only as a paper of the dossier shows it."""
    return field.means in IDENTITY


def corrections_of(dossier: Dossier, language: str | None = None) -> list[CorrectionView]:
    """Every correction of a dossier, newest first, with the person's word; one statement."""
    language = language or short_language()
    rows = (
        Correction.objects.filter(dossier=dossier)
        .select_related("contest")
        .order_by("-made_at", "-submission__number")
    )
    return [
        CorrectionView(
            id=row.pk,
            at=row.made_at,
            changes=tuple(_changes(dossier.procedure, row.changes, language)),
            reason=row.reason,
            contest=getattr(row, "contest", None),
        )
        for row in rows
    ]


def _changes(procedure, changes, language):
    for field in procedure.all_fields():
        if field.name in changes:
            old, new = changes[field.name]
            yield Change(
                field.label.get(language),
                show(field, old, language) or "—",
                show(field, new, language) or "—",
            )
