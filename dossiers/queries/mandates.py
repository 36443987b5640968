"""Mandates as each side sees them: the person, the helper, the office."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q

from dossiers.catalogue.loader import catalogue
from dossiers.enums import MandateKind, MandateLevel
from dossiers.models import Dossier, Mandate
from dossiers.models.procedure import published
from portal.core.door import Behalf


@dataclass(frozen=True)
class OnTheDesk:
    """What an agent reads of somebody who acts for the person of a dossier of their office."""

    kind: str
    helper: str
    level: str
    until: datetime


def mandates_on(dossier_id: UUID) -> list[OnTheDesk]:
    """Who acts for the person of this dossier now; nothing for an agent of another office."""
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_mandates_on(%s)", [dossier_id])
        return [
            OnTheDesk(str(MandateKind(kind).label), helper, str(MandateLevel(level).label), until)
            for kind, helper, level, until in cursor.fetchall()
        ]


def mandate_for(dossier_id: UUID) -> UUID | None:
    """The present actor's mandate on this dossier: the widest that lives, else one that ended."""
    with connection.cursor() as cursor:
        cursor.execute("select dossiers_mandate_for(%s)", [dossier_id])
        return cursor.fetchone()[0]


def held(mandate_id: UUID, *, for_an_act: bool) -> tuple[bool, Behalf | None]:
    """Whether the present actor's mandate lives, and what it says; None for somebody else's.

    For an act it is held until the transaction ends: whoever ends it meanwhile waits a moment.
    """
    with connection.cursor() as cursor:
        cursor.execute("select * from dossiers_hold_mandate(%s, %s)", [mandate_id, for_an_act])
        row = cursor.fetchone()
    if row is None:
        return False, None
    lives, person_id, person, helper, level, until = row
    return lives, Behalf(mandate_id, person_id, person, helper, level, until)


def agents_of_the_person(mandate_id: UUID) -> frozenset[int]:
    """The agents who serve today in an office that has a dossier of whoever gave this mandate."""
    with connection.cursor() as cursor:
        cursor.execute("select dossiers_agents_of_the_person(%s)", [mandate_id])
        return frozenset(cursor.fetchone()[0])


def may_begin(mandate_id: UUID, code: str) -> bool:
    """Whether a mandate covers new requests of this procedure."""
    covering = Q(covers_all=True) | Q(procedure_code=code)
    return Mandate.objects.filter(covering, pk=mandate_id).exists()


def given_by(person) -> list[Mandate]:
    """Every mandate of a person, newest first."""
    return list(Mandate.objects.of_person(person).order_by("-given_at", "pk"))


def held_by(user, organisations: list[UUID], at: datetime) -> list[Mandate]:
    """The mandates that live, of this account and of its organisations, the first to end first."""
    live = Mandate.objects.live_at(at).exclude(applicant=user)
    ours = live.filter(helper=user) | live.filter(organisation__in=organisations)
    return list(ours.order_by("until", "pk"))


def waiting_for(user, at: datetime) -> list[Mandate]:
    """The invitations to an address that this account has proven; row security keeps to them."""
    waiting = Mandate.objects.invited_at(at).exclude(applicant=user)
    return list(waiting.order_by("given_at", "pk"))


def scope_in_words(mandate: Mandate, language: str) -> str:
    """What a mandate covers, or nothing for all of it; a dossier by its procedure and number."""
    if mandate.procedure_code:
        return procedure_title(mandate.procedure_code, language)
    if mandate.dossier_id is None:
        return ""
    dossier = Dossier.objects.filter(pk=mandate.dossier_id).first()
    if dossier is None:
        return ""
    title = published(dossier.version_id).title.get(language)
    return f"{title} {dossier.number or ''}".strip()


def procedure_title(code: str, language: str) -> str:
    """The title of a procedure of this release; its code when it left the catalogue."""
    found = catalogue().get(code)
    return found.title.get(language) if found else code
