"""The link of a couple's two requests, as its two people and their offices see it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from dossiers.models import DossierLink


@dataclass(frozen=True)
class Offer:
    """What a code that was typed stands for, before anything is accepted."""

    link_id: UUID
    name: str
    procedure_code: str


@dataclass(frozen=True)
class Together:
    """All that one person reads of the other."""

    name: str
    procedure_code: str
    since: datetime


@dataclass(frozen=True)
class LinkedWith:
    """The other request, for an office; without its key when another office has it."""

    dossier_id: UUID | None
    office: str
    since: datetime


@dataclass(frozen=True)
class CoupleHere:
    """Two requests of one office that are treated together, for the runs of that office."""

    link_id: UUID
    dossiers: tuple[UUID, UUID]
    since: datetime


def lasting_link(dossier_id: UUID) -> DossierLink | None:
    """The link of the reader's own dossier, live or asked for, that nobody has ended."""
    return DossierLink.objects.of_dossier(dossier_id).lasting().first()


def together(link: DossierLink | None, dossier_id: UUID) -> Together | None:
    """The other side of a live link, as its person wrote it; None without one."""
    if link is None or link.accepted_at is None:
        return None
    name, procedure = link.first_name, link.first_procedure
    if link.first_dossier_id == dossier_id:
        name, procedure = link.second_name, link.second_procedure
    return Together(name, procedure, link.accepted_at)


def offer_of_code(digest: str, dossier_id: UUID) -> Offer | None:
    """What waits behind a code, for the owner of this dossier; the database counts the try.

    Raises IntegrityError, named `ten_codes_without_a_result_an_hour`, after ten in vain.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_try_link_code(%s, %s)", [digest, dossier_id])
        row = cursor.fetchone()
    return Offer(*row) if row else None


def linked_with(dossier_id: UUID) -> LinkedWith | None:
    """With which request a dossier of the reader's office is treated; None for any other."""
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_linked_with(%s)", [dossier_id])
        row = cursor.fetchone()
    return LinkedWith(row[0], row[1] or "", row[2]) if row else None


def couples_of(office: str) -> list[CoupleHere]:
    """The live links between dossiers of an office, for a run that works for it."""
    with connection.cursor() as cursor:
        cursor.execute("select link, one, other, since from dossiers_couples_of(%s)", [office])
        return [
            CoupleHere(link, (one, other), since) for link, one, other, since in cursor.fetchall()
        ]
