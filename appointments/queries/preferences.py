"""What a person said of their visit, and the sites that they may prefer."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from appointments.models import Preference, PreferredSite
from portal.territory.api import Counter, Site


def preference_of(dossier_id: UUID) -> Preference | None:
    """What was said for this dossier, its sites in order; None while nothing was."""
    sites = Prefetch("sites", PreferredSite.objects.order_by("rank"))
    return Preference.objects.filter(pk=dossier_id).prefetch_related(sites).first()


def sites_to_prefer(prefecture_code: str | None) -> QuerySet:
    """The sites of a prefecture where somebody is received, by name."""
    counters = Counter.objects.filter(site=OuterRef("pk"))
    sites = Site.objects.filter(Exists(counters), prefecture=prefecture_code)
    return sites.order_by("name", "pk")
