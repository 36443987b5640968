"""Numbers that people write down: nineteen digits, with two that catch a slip of the pen."""

from django.db import connection

from portal.core import clock

_SPREAD = 618_033_988_747  # coprime with the modulus below: a permutation, so no repeats
_MODULUS = 10**12


def next_dossier_number(prefix: str) -> str:
    """A new dossier number: département (3), year (2), spread sequence (12), check digits (2).

    The sequence is spread so that a number does not tell how many came before it. A number
    is never given twice; a rolled-back filing leaves a gap, which means nothing.
    """
    if len(prefix) != 3 or not prefix.isdigit():
        raise ValueError(f"A dossier number begins with three digits, not {prefix!r}.")
    with connection.cursor() as cursor:
        cursor.execute("select nextval('dossier_number_sequence')")
        order = cursor.fetchone()[0]
    year = clock.today().year % 100
    body = f"{prefix}{year:02d}{order * _SPREAD % _MODULUS:012d}"
    return body + check_digits(body)


def check_digits(body: str) -> str:
    """Two digits such that the whole number leaves 1 when divided by 97 (ISO 7064)."""
    return f"{98 - int(body) * 100 % 97:02d}"


def is_dossier_number(text: str) -> bool:
    """Whether the text has the form of a dossier number and its check digits agree."""
    return len(text) == 19 and text.isdigit() and check_digits(text[:-2]) == text[-2:]
