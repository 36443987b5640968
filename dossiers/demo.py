"""Invented answers and filed requests, for the demonstration and for the tests."""

import datetime as dt
import re
import secrets
import string

from dossiers.catalogue.conditions import entry_shown, visible_fields
from dossiers.catalogue.days import as_date
from dossiers.catalogue.loader import catalogue
from dossiers.forms.posting import as_posted, from_answer
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
    "phone": "+33600000000",
    "preferred_language": "fr",
    "housing": "own",
    "address_line": "1 rue de l’Exemple",
    "postcode": "69003",
    "commune": "69383",
}
# One letter or digit of a set, so many times: the patterns of the data files are made of these.
PART = re.compile(r"\[(?P<one>[^]])[^]]*\](?:\{(?P<times>\d+)(?:,\d+)?\})?")
DAYS_FROM_NOW = {"title_ends_on": 90, "passport_ends_on": 1000, "entered_on": -30}
OTHERWISE = {
    "text": "Exemple",
    "long_text": "Exemple",
    "email": "exemple@exemple.invalid",
    "phone": "+33600000000",
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


def typed_answers(procedure_code: str, today: dt.date, told: dict) -> dict:
    """What a person types in each control of a procedure: what `told` says, the rest invented.

    Dates are `date`s, yes and no are "yes" and "no"; each entry of a list has its own controls.
    A choice told that this procedure does not offer is left aside.
    """
    procedure = catalogue()[procedure_code]
    fields = {field.name: field for field in procedure.all_fields()}
    known = {
        name: value
        for name, value in told.items()
        if name not in fields or not fields[name].options or fields[name].label_of(value)
    }
    given = {
        name: _kept(fields[name], value)
        for name, value in known.items()
        if name in fields and fields[name].kind != "commune"
    }
    invented = example_answers(procedure, today, **given)
    typed = {}
    for name, value in invented.items():
        typed |= _typed(fields[name], value)
    return typed | known


def _kept(field, typed):
    if field.kind == "yes_no":
        return typed == "yes"
    return typed.isoformat() if isinstance(typed, dt.date) else typed


def _typed(field, answer):
    """By the name of each control; the entries of a list have theirs."""
    if field.kind == "list":
        return as_posted(field, answer)
    if field.kind == "date":
        return {field.name: as_date(answer)}
    return {field.name: str(from_answer(field, answer))}


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
    if field.pattern:
        return _fitting(field.pattern)
    example = OTHERWISE[field.kind]
    return example[: field.max_length] if field.max_length else example


def _example_entry(field, today):
    entry = {}
    for part in field.fields:
        if part.required and part in entry_shown(field, entry, {})[0]:
            entry[part.name] = _example(part, today)
    return entry


def _fitting(pattern):
    """The simplest text of that form: « 00000 » for `[0-9]{5}`."""
    return PART.sub(lambda part: part["one"] * int(part["times"] or 1), pattern)


def _example_day(field, today):
    if field.means == "birth_date":
        return dt.date(1999, 5, 4)
    ahead = DAYS_FROM_NOW.get(field.means, 200 if field.must_be == "future" else -200)
    return today + dt.timedelta(days=ahead)


def example_draft(
    applicant, procedure_code: str, at: dt.datetime, *, is_beside: bool = False, **given
) -> Dossier:
    """A draft whose every question is answered; files are still to be given.

    `is_beside`: one more of a procedure that the person has already filed.
    """
    version = ProcedureVersion.objects.latest_of(procedure_code).first()
    procedure = published(version.pk)
    answers = example_answers(procedure, clock.legal_day(at), **given)
    return Dossier.objects.create(
        applicant=applicant,
        procedure_code=procedure_code,
        version=version,
        answers=answers,
        is_beside=is_beside or procedure.several,
        updated_at=at,
    )
