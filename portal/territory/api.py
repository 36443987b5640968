"""The door of the territory: offices, communes, sites."""

from django.db.models import QuerySet

from portal.territory.calendar import holiday_names, public_holidays
from portal.territory.loaders import fold
from portal.territory.models import (
    Affiliation,
    Commune,
    Counter,
    Department,
    Landmark,
    Prefecture,
    Remit,
    Service,
    ServiceKind,
    Site,
    SiteKind,
)
from portal.territory.plan import SitePlan
from portal.territory.queries import (
    Competence,
    commune,
    competent_prefecture,
    number_prefix,
    search_communes,
    site_plan,
)
from portal.territory.remits import Place, place, remits_at, remits_of

__all__ = [
    "Affiliation",
    "Commune",
    "Competence",
    "Counter",
    "Department",
    "Landmark",
    "Place",
    "Prefecture",
    "Remit",
    "Service",
    "ServiceKind",
    "Site",
    "SiteKind",
    "SitePlan",
    "commune",
    "competent_prefecture",
    "departments",
    "fold",
    "holiday_names",
    "number_prefix",
    "place",
    "prefecture",
    "prefectures",
    "remits_at",
    "remits_of",
    "public_holidays",
    "search_communes",
    "site_plan",
]


def prefecture(code: str) -> Prefecture:
    """One prefecture. Raises Prefecture.DoesNotExist."""
    return Prefecture.objects.get(pk=code)


def departments() -> QuerySet:
    """Every département and overseas territory, by code."""
    return Department.objects.order_by("code")


def prefectures() -> QuerySet:
    """Every prefecture, by name."""
    return Prefecture.objects.order_by("name", "code")
