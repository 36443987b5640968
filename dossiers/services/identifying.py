"""Finding the same person again from one request to the next, without keeping a name."""

import hashlib
import hmac

from django.conf import settings

from dossiers.catalogue.conditions import meant, said_as
from dossiers.models import Person, PersonAccount
from portal.core import door


def identify(procedure, answers, applicant) -> Person:
    """The person these answers speak of, made when never seen; links the account to it.

    The foreigner number (numéro étranger, kept for life) decides; without one, a keyed digest
    of passport number, country and birth date. Two filings at once find the same person.
    The link is what the applicant says: it shows nothing of one account to another.
    """
    number, key = identifiers(procedure, answers)
    with door.also(scope="identify"):
        person = _find(number, key) or _make(number, key)
        PersonAccount.objects.bulk_create(
            [PersonAccount(person=person, user_id=applicant.pk)], ignore_conflicts=True
        )
    return person


def identifiers(procedure, answers) -> tuple[str | None, str | None]:
    """What the person may be found by: the foreigner number and the digest of the passport."""
    return (
        meant(procedure, answers, "foreigner_number") or None,
        passport_key(procedure, answers),
    )


def passport_key(procedure, answers) -> str | None:
    """A digest that only this installation can compute; None when an element is missing."""
    parts = [
        meant(procedure, answers, "passport_number"),
        meant(procedure, answers, "nationality"),
        said_as(procedure, answers, "birth_date"),
    ]
    if not all(parts):
        return None
    text = "|".join(str(part).upper() for part in parts)
    secret = settings.PERSON_KEY
    secret = secret.encode() if isinstance(secret, str) else secret
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()


def _find(number, key):
    if number is None:
        return Person.objects.filter(passport_key=key).first()
    person = Person.objects.filter(foreigner_number=number).first()
    if person is not None or key is None:
        return person
    # A first title has given its number to someone who first filed with a passport.
    known = Person.objects.filter(passport_key=key, foreigner_number=None)
    unnumbered = known.select_for_update(of=("self",)).first()
    if unnumbered is not None:
        unnumbered.foreigner_number = number
        unnumbered.save(update_fields=["foreigner_number"])
    return unnumbered


def _make(number, key):
    """Insert, or take the row that another filing has just inserted."""
    # The second round is for a passport already known under another number: the number
    # decides, and a key belongs to one person.
    for kept_key in (key, None):
        Person.objects.bulk_create(
            [Person(foreigner_number=number, passport_key=kept_key)], ignore_conflicts=True
        )
        person = _find(number, key)
        if person is not None:
            return person
    raise Person.DoesNotExist("neither inserted nor found")
