"""The door of the territory: offices, communes, sites."""

from django.db.models import QuerySet

from portal.territory.calendar import public_holidays
from portal.territory.models import Commune, Counter, Department, Prefecture, Site, SiteKind
from portal.territory.queries import (
    Competence,
    commune,
    competent_prefecture,
    number_prefix,
    search_communes,
)

__all__ = [
    "Commune",
    "Competence",
    "Counter",
    "Department",
    "Prefecture",
    "Site",
    "SiteKind",
    "commune",
    "competent_prefecture",
    "number_prefix",
    "prefecture",
    "prefectures",
    "public_holidays",
    "search_communes",
]


def prefecture(code: str) -> Prefecture:
    """One prefecture. Raises Prefecture.DoesNotExist."""
    return Prefecture.objects.get(pk=code)


def prefectures() -> QuerySet:
    """Every prefecture, by name."""
    return Prefecture.objects.order_by("name", "code")
