"""Facts of a procedure, read from the catalogue: guidance never contradicts filing."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from dossiers import api as dossiers
from portal.core import clock


@dataclass(frozen=True)
class Price:
    """What a procedure costs today, and what a voted change without a date would make it."""

    total: int
    at_filing: int
    lines: tuple[tuple[str, int], ...]
    total_to_confirm: int | None


def facts_of(code: str) -> dossiers.ProcedureFacts | None:
    """The facts in the reader's language; None for a code that this release does not have."""
    try:
        return dossiers.procedure(code, get_language())
    except KeyError:
        return None


def price_of(facts: dossiers.ProcedureFacts) -> Price | None:
    """The price for the usual case; None while no schedule in force is known."""
    quote = facts.fees
    if quote is None:
        return None
    return Price(
        total=quote.total,
        at_filing=quote.due_at("filing"),
        lines=tuple((line.label.get(get_language()), line.amount_eur) for line in quote.lines),
        total_to_confirm=quote.total_to_confirm,
    )


def start_url(code: str) -> str:
    """Where filing starts; empty in the editors' process, which serves no such page."""
    try:
        return reverse(dossiers.start_url_name, args=[code])
    except NoReverseMatch:
        return ""


def legal_articles(facts: dossiers.ProcedureFacts) -> tuple[str, ...]:
    """Every article that the page relies on, each once, in the order of the page."""
    delays = [article for delay in facts.delays for article in delay.legal]
    evidence = [article for rule in facts.evidence for article in rule.legal]
    return tuple(dict.fromkeys([*facts.legal_basis, *facts.window_legal, *delays, *evidence]))


def today():
    """The legal day that the price holds for."""
    return clock.today()
