"""What a machine read on a paper, told to its person: a help that refuses nothing."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dossiers.catalogue.validity import is_too_old
from dossiers.queries.answers import show_date
from portal.vault import api as vault


def told(rule, file: vault.StoredFile, today: date) -> str:
    """One sentence about a paper that seems to have ended, or not to verify; else empty.

    Nothing more is told once the person has said that the reading is wrong.
    """
    reading = file.reading
    if reading is None or reading.contested_at or file.is_held_back:
        return ""
    return _ended(rule, reading, today) or _too_old(rule, reading, today) or _unsure(reading)


def _ended(rule, reading, today):
    if not rule.ends_on or reading.ends_on is None or reading.ends_on >= today:
        return ""
    return _(
        "D’après les lignes imprimées sur ce document, il n’est plus valable depuis le %(day)s. "
        "Il est gardé. Si vous en avez un plus récent, remplacez-le."
    ) % {"day": show_date(reading.ends_on)}


def _too_old(rule, reading, today):
    day = reading.seal_issued_on
    if day is None or not is_too_old(rule, day, today):
        return ""
    return ngettext(
        "D’après le code imprimé sur ce document, il date du %(day)s : il doit avoir moins de "
        "%(months)s mois. Il est gardé. Si vous en avez un plus récent, remplacez-le.",
        "D’après le code imprimé sur ce document, il date du %(day)s : il doit avoir moins de "
        "%(months)s mois. Il est gardé. Si vous en avez un plus récent, remplacez-le.",
        rule.max_age_months,
    ) % {"day": show_date(day), "months": rule.max_age_months}


def _unsure(reading):
    if reading.seal != vault.SealState.INVALID:
        return ""
    return _(
        "Le code imprimé sur ce document n’a pas pu être vérifié. Le document est gardé. Si vous "
        "avez le fichier d’origine, envoyez-le à la place d’une photo."
    )
