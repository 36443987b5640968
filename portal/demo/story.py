"""The invented person of the journey and what they answer, by the meaning of each field."""

import secrets
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

TITLE_KINDS = {"student-renewal": "student_card", "duplicate": "student"}


def answers(email, today: date, procedure="student-renewal") -> dict:
    """Answers of an invented person to a procedure, valid on this day; dates are `date`s."""
    from dossiers.demo import typed_answers  # noqa: PLC0415 -- needs Django, which main() starts

    told = (
        _identity(today)
        | _title(today, procedure)
        | _student(today)
        | _married(today)
        | _card_lost(today)
        | {
            "email": email,
            "phone": "0600000000",
            "preferred_language": "fr",
            "photo_code": secrets.token_hex(11).upper(),
        }
    )
    return typed_answers(procedure, today, told)


def _identity(today):
    digits = "".join(secrets.choice("0123456789") for _ in range(9))
    return {
        "birth_name": "EXEMPLE",
        "given_names": "Amina Démonstration",
        "sex": "f",
        "birth_date": date(2001, 4, 12),
        "birth_city": "Ville-Inventée",
        "birth_country": "MA",
        "nationality": "MA",
        "passport_number": f"XX{digits[:7]}",
        "passport_ends_on": today + relativedelta(years=5),
        "foreigner_number": f"9{digits}",
        "housing": "own",
        "address_line": "3 rue de l'Exemple",
        "postcode": "34000",
        "commune": "Montpellier",
        "marital_status": "single",
        "has_children": "no",
        "family_changed": "no",
    }


def _title(today, procedure):
    ends_on = today + timedelta(days=90)
    return {
        "title_kind": TITLE_KINDS.get(procedure),
        "title_starts_on": ends_on - timedelta(days=365),
        "title_ends_on": ends_on,
    }


def _student(today):
    return {
        "institution": "Université Exemple de Montpellier",
        "programme": "Master d'informatique",
        "study_level": "master",
        "year_of_cycle": "1",
        "cycle_ends_on": today + relativedelta(years=2),
        "repeated_year": "no",
        "means_kind": "scholarship",
        "monthly_means": "870",
        "health_affiliated": "yes",
    }


def _married(today):
    return {
        "entered_on": today - timedelta(days=20),
        "arrived_with": "residence_visa",
        "spouse_birth_name": "MODÈLE",
        "spouse_given_names": "Camille",
        "spouse_birth_date": date(1999, 9, 1),
        "spouse_birth_country": "FR",
        "married_on": today - relativedelta(years=1),
        "married_in": "FR",
        "together_since": today - relativedelta(years=2),
        "together_now": "yes",
    }


def _card_lost(today):
    return {
        "event_kind": "lost",
        "event_on": today - timedelta(days=4),
        "event_country": "FR",
        "has_title_copy": "no",
    }


def posted(name, known: dict):
    """What to type in the control of this name, or None when the story has nothing to say.

    A date is typed in three boxes: `<field>_day`, `<field>_month`, `<field>_year`.
    """
    for part in ("day", "month", "year"):
        field, _, end = name.rpartition("_")
        if end == part and isinstance(known.get(field), date):
            return str(getattr(known[field], part))
    value = known.get(name)
    return None if isinstance(value, date) else value
