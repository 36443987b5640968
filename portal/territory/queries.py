"""Which office answers for a commune, and how a commune is found."""

import functools
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from portal.territory.loaders import fold
from portal.territory.models import Commune, Department, Site
from portal.territory.plan import Point, SitePlan, draw

_SPOILT, _FAR = 5, 0.3
_ALIKE = "select set_config('pg_trgm.similarity_threshold', %s, true)"


@dataclass(frozen=True)
class Competence:
    """The office competent for a commune, or the sentence that says why there is none."""

    prefecture_code: str | None
    department_code: str
    reason: str | None = None


def competent_prefecture(insee: str) -> Competence:
    """The prefecture competent for residence in a commune (CESEDA R.431-20).

    By INSEE code, never by postcode: sixteen postcodes straddle two départements. Raises
    Commune.DoesNotExist for a code that no commune has.
    """
    commune = Commune.objects.select_related("department").get(pk=insee)
    department = commune.department
    if not department.law_applies:
        return Competence(None, department.code, _outside_the_law(department))
    return Competence(department.prefecture_id, department.code)


def _outside_the_law(department: Department) -> str:
    return _(
        "Le droit au séjour a ses propres règles dans ce territoire : %(territory)s. "
        "Ce portail ne peut pas y recevoir de demande. Adressez-vous au haut-commissariat "
        "ou à l'administration supérieure du territoire."
    ) % {"territory": department.name}


@functools.lru_cache(maxsize=4096)
def commune(insee: str) -> Commune:
    """One commune by INSEE code, read once by each process: only a migration changes it.

    Raises Commune.DoesNotExist.
    """
    return Commune.objects.select_related("department").get(pk=insee)


def number_prefix(department_code: str) -> str:
    """The three digits that begin a dossier number: 75 → 750, 2A → 201, 971 → 971."""
    return Department.objects.values_list("number_prefix", flat=True).get(pk=department_code)


def search_communes(text: str, limit: int = 10) -> list[Commune]:
    """Communes by postcode, by INSEE code, or by name; accents and small slips forgiven."""
    text = (text or "").strip()
    communes = Commune.objects.select_related("department")
    if not text:
        return []
    if text.isdigit() and len(text) == 5:
        found = list(communes.filter(postcodes__contains=[text]).order_by("name", "insee")[:60])
        return _without_whole_cities(found) or list(communes.filter(pk=text))
    words = fold(text)
    if not words:
        return []
    starts = communes.filter(search__startswith=words).order_by(
        F("population").desc(nulls_last=True), "insee"
    )
    found = _without_whole_cities(list(starts[: limit * 3]))[:limit]
    if found:
        return found
    return _without_whole_cities(_alike(communes, words, limit))


def _alike(communes, words, limit):
    """The names most like what was typed: those that one slip explains, else those less alike."""
    alike = (
        communes.filter(search__trigram_similar=words)
        .annotate(likeness=TrigramSimilarity("search", words))
        .order_by("-likeness", F("population").desc(nulls_last=True), "insee")
    )
    # what is set ends with the transaction: it must not end before the question
    with transaction.atomic(savepoint=False):
        for least in _least_likeness(words):
            with connection.cursor() as cursor:
                cursor.execute(_ALIKE, [f"{least:.3f}"])
            found = list(alike[:limit])
            if found:
                return found
    return []


def _least_likeness(words):
    """From how alike two names are compared; of a long name, two thousand share a "saint".

    Likeness is the part of their groups of three letters that two names share, each word with two
    spaces before it and one after. A letter changed, doubled, left out or exchanged with the next
    spoils four groups at most; five are allowed for.
    """
    padded = [f"  {word} " for word in words.split()]
    groups = len({word[at : at + 3] for word in padded for at in range(len(word) - 2)})
    near = (groups - _SPOILT) / (groups + _SPOILT)
    return (near, _FAR) if near > _FAR + 0.05 else (_FAR,)


def _without_whole_cities(communes):
    """Leave Paris, Lyon and Marseille as they are, but never twice for one postcode."""
    arrondissements = [c for c in communes if c.kind == "arrondissement-municipal"]
    if not arrondissements:
        return communes
    departments = {c.department_id for c in arrondissements}
    whole = {"75056", "69123", "13055"}
    return [c for c in communes if not (c.insee in whole and c.department_id in departments)]


def site_plan(site_id: int) -> SitePlan | None:
    """The plan of a site; None while the office has not placed it, or nothing around it."""
    site = Site.objects.filter(pk=site_id, latitude__isnull=False).first()
    if site is None:
        return None
    around = site.landmarks.order_by("name").values_list("name", "latitude", "longitude")
    landmarks = [(name, Point(float(north), float(east))) for name, north, east in around]
    return draw(Point(float(site.latitude), float(site.longitude)), landmarks)
