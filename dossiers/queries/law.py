"""What each procedure rests on, row by row, with the mark of what is still to be confirmed."""

from dataclasses import dataclass
from datetime import date

from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Procedure
from dossiers.enums import ChannelKind, LawKind
from dossiers.queries.answers import short_language
from portal.territory import api as territory


@dataclass(frozen=True)
class LawRow:
    """One row of the data files; nothing is computed from one that is not confirmed."""

    kind: str
    words: str
    legal: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    places: tuple[str, ...] = ()
    note: str = ""
    is_confirmed: bool = True


@dataclass(frozen=True)
class ProcedureLaw:
    """A procedure with its rows; `unconfirmed` counts those that bear the mark."""

    code: str
    title: str
    legal_basis: tuple[str, ...]
    rows: tuple[LawRow, ...]

    @property
    def unconfirmed(self) -> int:
        return sum(not row.is_confirmed for row in self.rows)


def law_of_procedures(language: str | None = None) -> tuple[ProcedureLaw, ...]:
    """Every procedure of this release in the order of its title; one statement, for places."""
    language = language or short_language()
    names = dict(territory.departments().values_list("code", "name"))
    found = [
        ProcedureLaw(
            code=code,
            title=procedure.title.get(language),
            legal_basis=procedure.legal_basis,
            rows=tuple(_rows(procedure, language, names)),
        )
        for code, procedure in catalogue().items()
    ]
    return tuple(sorted(found, key=lambda one: one.title))


def _rows(procedure: Procedure, language: str, names: dict[str, str]):
    """Channels, windows, delays and prices whole; of the rest, what is to be confirmed."""
    for row in procedure.channels:
        yield LawRow(
            LawKind.CHANNEL.label,
            str(ChannelKind(row.channel).label),
            row.legal,
            row.since,
            row.until,
            places=tuple(names.get(code, code) for code in row.territories),
            note=row.note.get(language) if row.note else "",
            is_confirmed=row.is_confirmed,
        )
    yield _sure(LawKind.WINDOW, procedure.window, language)
    for choice in procedure.other_windows:
        yield _sure(LawKind.WINDOW, choice.window, language, choice.since, choice.until)
    for delay in procedure.deadlines:
        yield _sure(LawKind.DELAY, delay, language, delay.since, delay.until)
    yield from _prices(procedure, language)
    for rule in procedure.evidence:
        if rule.confidence != "sourced":
            yield _sure(LawKind.EVIDENCE, rule, language, rule.since, rule.until)
    for check in procedure.checks:
        if check.confidence != "sourced":
            yield _sure(LawKind.CHECK, check, language)


def _sure(kind, row, language, since=None, until=None) -> LawRow:
    sure = row.confidence == "sourced"
    return LawRow(kind.label, row.label.get(language), row.legal, since, until, is_confirmed=sure)


def _prices(procedure, language):
    for use in procedure.fees:
        for amount in use.fee.amounts:
            yield LawRow(
                LawKind.PRICE.label,
                f"{use.fee.label.get(language)} : {amount.euros} €",
                (*use.fee.legal, amount.legal),
                amount.since,
                amount.until,
                is_confirmed=amount.since is not None and amount.confidence == "sourced",
            )
