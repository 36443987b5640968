"""Load the official geography that ships with the product; safe to run again."""

import csv
import unicodedata
from pathlib import Path

DATA = Path(__file__).parent / "data"


def fold(text: str) -> str:
    """Lower case, no accent, no punctuation: how names are compared when searched."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    words = kept.lower().split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def load(apps) -> int:
    """Insert or update départements, prefectures and communes; returns how many communes.

    `apps` is the registry of a migration or Django's own.
    """
    _load_departments(apps)
    Commune = apps.get_model("territory", "Commune")
    rows = [
        Commune(
            insee=row["insee"],
            name=row["name"],
            kind=row["type"],
            postcodes=row["postcodes"].split(),
            department_id=row["departement"],
            arrondissement_code=row["arrondissement"],
            population=int(row["population"]) if row["population"] else None,
            search=fold(row["name"]),
        )
        for row in _read("communes.csv")
    ]
    fields = [f.name for f in Commune._meta.fields if not f.primary_key]
    Commune.objects.bulk_create(
        rows, batch_size=5000, update_conflicts=True, unique_fields=["insee"], update_fields=fields
    )
    return len(rows)


def _load_departments(apps):
    Prefecture = apps.get_model("territory", "Prefecture")
    Department = apps.get_model("territory", "Department")
    rows = list(_read("departments.csv"))
    for row in rows:
        if row["prefecture_name"]:
            Prefecture.objects.update_or_create(
                code=row["prefecture_code"], defaults={"name": row["prefecture_name"]}
            )
    for row in rows:
        Department.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "zone": row["zone"],
                "number_prefix": row["number_prefix"],
                "law_applies": row["law_applies"] == "yes",
                "prefecture_id": row["prefecture_code"] or None,
            },
        )


def load_services(apps) -> int:
    """Add the services that the file names, and end those that it ends; returns how many it added.

    What is already there is never rewritten: a release ends a service and begins another. Ends
    come first, so that the new one finds its territory free.
    """
    Service = apps.get_model("territory", "Service")
    rows = list(_read("services.csv"))
    known = {(one.prefecture_id, one.code): one for one in Service.objects.order_by("pk")}
    for row in rows:
        if row["ends_on"] and (row["prefecture"], row["code"]) in known:
            end_service(known[row["prefecture"], row["code"]], row["ends_on"])
    new = [row for row in rows if (row["prefecture"], row["code"]) not in known]
    for row in new:
        _add_service(apps, row)
    return len(new)


def end_service(service, last_day) -> None:
    """The last day of a service and of everything that it takes; an earlier end stays."""
    for parts in (service.remits, service.affiliations):
        parts.filter(ends_on=None).update(ends_on=last_day)
    type(service).objects.filter(pk=service.pk, ends_on=None).update(ends_on=last_day)


def _add_service(apps, row):
    Remit = apps.get_model("territory", "Remit")
    days = {"starts_on": row["starts_on"], "ends_on": row["ends_on"] or None}
    facts = {name: row[name] for name in ("code", "name", "kind", "address", "phone", "email")}
    service = apps.get_model("territory", "Service").objects.create(
        prefecture_id=row["prefecture"], **facts, **days
    )
    Remit.objects.bulk_create(
        Remit(
            service=service,
            prefecture_id=service.prefecture_id,
            kind=service.kind,
            department_id=department,
            procedure=procedure,
            **days,
        )
        for department in row["departments"].split() or [None]
        for procedure in row["procedures"].split() or [""]
    )


def _read(name):
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)
