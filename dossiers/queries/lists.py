"""A person's dossiers, newest first, as the home of their space lists them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from dossiers.catalogue.conditions import meant
from dossiers.catalogue.text import Text
from dossiers.models import CompletionRequest, Dossier, Mandate
from dossiers.models.procedure import published
from dossiers.queries.ending import said_to_end_on
from dossiers.queries.progress import resume_at


@dataclass(frozen=True)
class DossierLine:
    """One card: enough to say what it is and whether something is awaited from the person."""

    id: UUID
    number: str | None
    procedure_code: str
    title: Text
    created_at: datetime
    updated_at: datetime
    filed_at: datetime | None
    withdrawn_at: datetime | None
    sealed_at: datetime | None
    completion_due_on: date | None
    completion_holds: bool = True
    resume_at: str = ""
    ends_on: date | None = None
    prefecture_code: str | None = None
    about: str = ""

    @property
    def is_draft(self):
        return self.filed_at is None and self.withdrawn_at is None


def lines_of(person) -> list[DossierLine]:
    """Every dossier of the account except discarded drafts, newest first; two queries.

    One more for each draft whose end was announced: somebody may have come back to it since.
    """
    return [line for _row, line in _lines(Dossier.objects.of_applicant(person))]


def lines_among(mandates: list[Mandate]) -> dict[UUID, list[DossierLine]]:
    """What each mandate covers, newest first, by two queries whatever their number.

    Row security keeps to what the present helper may see.
    """
    people = {mandate.applicant_id for mandate in mandates}
    lines = _lines(Dossier.objects.filter(applicant__in=people))
    return {
        mandate.pk: [line for row, line in lines if _covers(mandate, row)] for mandate in mandates
    }


def _covers(mandate, row):
    wanted = mandate.covers_all or mandate.dossier_id == row.pk
    mine = wanted or mandate.procedure_code == row.procedure_code
    return mine and mandate.applicant_id == row.applicant_id


def _lines(dossiers):
    """Each dossier with its line; discarded drafts are left out."""
    rows = list(
        dossiers.exclude(filed_at=None, withdrawn_at__isnull=False).order_by("-created_at", "-pk")
    )
    asked = {
        request.dossier_id: request
        for request in CompletionRequest.objects.still_open().filter(
            dossier__in=[row.pk for row in rows]
        )
    }
    lines = [
        DossierLine(
            id=row.pk,
            number=row.number,
            procedure_code=row.procedure_code,
            title=published(row.version_id).title,
            created_at=row.created_at,
            updated_at=row.updated_at,
            filed_at=row.filed_at,
            withdrawn_at=row.withdrawn_at,
            sealed_at=row.sealed_at,
            completion_due_on=asked[row.pk].last_day if row.pk in asked else None,
            completion_holds=row.pk not in asked or asked[row.pk].holds_review,
            resume_at=resume_at(row) if row.is_draft else "",
            ends_on=said_to_end_on(row) if row.is_draft else None,
            prefecture_code=row.prefecture_code,
            about=_about(row),
        )
        for row in rows
    ]
    return list(zip(rows, lines, strict=True))


def _about(row):
    """The child's name, where one account asks for several: else its cards would look the same."""
    procedure = published(row.version_id)
    if not procedure.several:
        return ""
    said = (meant(procedure, row.answers, name) for name in ("given_names", "birth_name"))
    return " ".join(str(name) for name in said if name)
