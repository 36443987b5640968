"""Which services take a procedure, where, on a day: what the routing rule is given."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.territory.loaders import fold
from portal.territory.models import Affiliation, Commune, Remit, ServiceKind
from portal.territory.queries import commune


@dataclass(frozen=True)
class Place:
    """Where a person lives, and the office that answers for it; none outside the law of stay."""

    insee: str
    arrondissement: str
    department_code: str
    zone: str
    prefecture_code: str | None


def place(insee: str) -> Place | None:
    """A commune with what competence needs of it; None for an unknown code."""
    try:
        found = commune(insee)
    except Commune.DoesNotExist:
        return None
    return Place(
        insee=found.insee,
        arrondissement=found.arrondissement_code,
        department_code=found.department_id,
        zone=found.department.zone,
        prefecture_code=found.department.prefecture_id,
    )


def remits_at(
    place: Place | None, *, procedure: str, institution: str = "", on: date
) -> QuerySet[Remit]:
    """What may concern a person who lives there, on that day: one statement.

    The national services, the residence services of the place, and the student counters of
    the same office to which the institution, as it was written, is affiliated.
    """
    reached = Q(kind=ServiceKind.NATIONAL)
    if place is not None:
        reached |= (
            Q(kind=ServiceKind.RESIDENCE, department=place.department_code)
            & Q(arrondissement_code__in=["", place.arrondissement])
            & (Q(commune=None) | Q(commune=place.insee))
        )
        if written := fold(institution):
            reached |= _affiliated(written, place, on)
    return _in_force(on).filter(reached, procedure__in=["", procedure])


def _affiliated(written, place, on):
    names = Affiliation.objects.in_force(on).filter(service=OuterRef("service"), written=written)
    counter = Q(kind=ServiceKind.STUDENT_COUNTER, prefecture=place.prefecture_code)
    return counter & Exists(names)


def remits_of(prefecture_code: str, *, procedure: str, on: date) -> QuerySet[Remit]:
    """What the services of one office take of a procedure, on that day."""
    return _in_force(on).filter(prefecture=prefecture_code, procedure__in=["", procedure])


def _in_force(on):
    return Remit.objects.in_force(on).order_by("pk")
