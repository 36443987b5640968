"""Sites and counters as an office describes them in a file; reading it twice changes nothing."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from portal.core.errors import DomainRefusal
from portal.territory.models import Counter, Landmark, Prefecture, Site, SiteKind

_KEYS = {
    "prefecture": str,
    "name": str,
    "kind": str,
    "address": list,
    "access": str,
    "step_free": bool,
    "latitude": float,
    "longitude": float,
    "counters": list,
    "landmarks": list,
}
_NEEDED = ("prefecture", "name", "kind", "address", "counters")


@dataclass(frozen=True)
class Loaded:
    """How many sites the file describes."""

    sites: int


@transaction.atomic
def load_sites(path: Path) -> Loaded:
    """Create or update the sites of a TOML file; a site that it leaves out stays as it is.

    Raises DomainRefusal with every problem and its place; then nothing is written.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("site", [])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DomainRefusal(f"{path.name}: {error}") from error
    problems = [
        f"{path.name}: site[{place}]: {problem}"
        for place, table in enumerate(tables)
        for problem in _problems(table)
    ]
    if not tables:
        problems.append(f"{path.name}: no [[site]]")
    if problems:
        raise DomainRefusal(*problems)
    for table in tables:
        _write(table)
    return Loaded(len(tables))


def _problems(table: dict[str, Any]) -> list[str]:
    found = [f"unknown key {key}" for key in table if key not in _KEYS]
    found += [f"{key} is missing" for key in _NEEDED if key not in table]
    found += [
        f"{key} must be of type {kind.__name__}"
        for key, kind in _KEYS.items()
        if key in table and not isinstance(table[key], kind)
    ]
    if found:
        return found
    if table["kind"] not in SiteKind.values:
        found.append(f"kind must be one of {', '.join(SiteKind.values)}")
    if not Prefecture.objects.filter(pk=table["prefecture"]).exists():
        found.append(f"no prefecture {table['prefecture']}")
    if ("latitude" in table) != ("longitude" in table):
        found.append("latitude and longitude go together")
    if not -90 <= table.get("latitude", 0) <= 90 or not -180 <= table.get("longitude", 0) <= 180:
        found.append("not on the globe")
    for place, landmark in enumerate(table.get("landmarks", [])):
        if not isinstance(landmark, dict) or set(landmark) != {"name", "latitude", "longitude"}:
            found.append(f"landmarks[{place}] has name, latitude, longitude")
    return found


def _write(table: dict[str, Any]) -> None:
    described = Site(
        prefecture_id=table["prefecture"],
        name=table["name"],
        kind=table["kind"],
        address="\n".join(table["address"]),
        access=table.get("access", ""),
        step_free=table.get("step_free", True),
        latitude=table.get("latitude"),
        longitude=table.get("longitude"),
    )
    [site] = Site.objects.bulk_create(
        [described],
        update_conflicts=True,
        unique_fields=["prefecture", "name"],
        update_fields=["kind", "address", "access", "step_free", "latitude", "longitude"],
    )
    Counter.objects.bulk_create(
        [Counter(site=site, name=name) for name in table["counters"]], ignore_conflicts=True
    )
    kept = table.get("landmarks", [])
    site.landmarks.exclude(name__in=[one["name"] for one in kept]).delete()
    Landmark.objects.bulk_create(
        [Landmark(site=site, **one) for one in kept],
        update_conflicts=True,
        unique_fields=["site", "name"],
        update_fields=["latitude", "longitude"],
    )
