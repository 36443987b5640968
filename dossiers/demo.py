"""Invented answers and filed requests, for the demonstration and for the tests."""

import datetime as dt
import secrets
import string

from dossiers.catalogue.conditions import entry_shown, visible_fields
from dossiers.models import Dossier, ProcedureVersion
from dossiers.models.procedure import published
from portal.core import clock

MEANT = {
    "birth_name": "EXEMPLE",
    "given_names": "Ada Inventée",
    "birth_city": "Ville-Exemple",
    "birth_country": "BR",
    "nationality": "BR",
    "passport_number": "ZZ000001",
    "foreigner_number": "9900000001",
    "email": "ada@exemple.invalid",
    "phone": "0600000000",
    "preferred_language": "fr",
    "housing": "own",
    "address_line": "1 rue de l’Exemple",
    "postcode": "69003",
    "commune": "69383",
}
DAYS_FROM_NOW = {"title_ends_on": 90, "passport_ends_on": 1000, "entered_on": -30}
OTHERWISE = {
    "text": "Exemple",
    "long_text": "Exemple",
    "email": "exemple@exemple.invalid",
    "phone": "0600000000",
    "yes_no": False,
    "country": "BR",
    "commune": "69383",
    "foreigner_number": "9900000002",
    "passport_number": "ZZ000002",
    "mrz": (
        "P<BRAEXEMPLE<<ADA<INVENTEE<<<<<<<<<<<<<<<<<<\nZZ000001<3BRA9905049F3001019<<<<<<<<<<<<<<<6"
    ),
    "visa_number": "FRA990000001",
    "siret": "35600000000048",
}


LENGTHS = {"photo_code": 22, "stamp_number": 16}


def example_answers(procedure, today: dt.date, **given) -> dict:
    """A whole set of answers in which nothing is missing on that day; `given` ones are kept."""
    answers = dict(given)
    for step in procedure.steps:
        for field in step.fields:
            wanted = field.required or field.means in MEANT or field.kind == "list"
            if wanted and field.name not in answers and field in visible_fields(step, answers):
                answers[field.name] = _example(field, today)
    return answers


def _example(field, today):
    if field.kind in LENGTHS:
        # a code serves once: each example has its own
        return "".join(secrets.choice(string.digits) for _ in range(LENGTHS[field.kind]))
    if field.means in MEANT:
        return MEANT[field.means]
    if field.kind == "date":
        return _example_day(field, today).isoformat()
    if field.kind == "list":
        return [_example_entry(field, today)]
    if field.kind == "choice":
        return field.options[0].value
    if field.kind in {"integer", "money"}:
        return field.minimum or 1
    example = OTHERWISE[field.kind]
    return example[: field.max_length] if field.max_length else example


def _example_entry(field, today):
    entry = {}
    for part in field.fields:
        if part.required and part in entry_shown(field, entry, {})[0]:
            entry[part.name] = _example(part, today)
    return entry


def _example_day(field, today):
    if field.means == "birth_date":
        return dt.date(1999, 5, 4)
    ahead = DAYS_FROM_NOW.get(field.means, 200 if field.must_be == "future" else -200)
    return today + dt.timedelta(days=ahead)


def example_draft(applicant, procedure_code: str, at: dt.datetime, **given) -> Dossier:
    """A draft whose every question is answered; files are still to be given."""
    version = ProcedureVersion.objects.latest_of(procedure_code).first()
    answers = example_answers(published(version.pk), clock.legal_day(at), **given)
    return Dossier.objects.create(
        applicant=applicant,
        procedure_code=procedure_code,
        version=version,
        answers=answers,
        updated_at=at,
    )
