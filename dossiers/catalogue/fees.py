"""What a title costs on a day, by dated schedules; an undated one is shown, never charged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from dossiers.catalogue.conditions import Answers, Condition, holds, prune
from dossiers.catalogue.text import Text

if TYPE_CHECKING:
    from dossiers.catalogue.schema import Procedure

Due = Literal["filing", "hand-over"]
Confidence = Literal["sourced", "mixed", "recalled"]


class NoScheduleInForce(LookupError):
    """No fee schedule we know covers that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """A price in whole euros under one schedule; without `since`, its date is not confirmed."""

    schedule: str
    euros: int
    legal: str
    confidence: Confidence
    since: date | None = None
    until: date | None = None

    def in_force(self, on: date) -> bool:
        if self.since is None or on < self.since:
            return False
        return self.until is None or on <= self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    code: str
    label: Text
    legal: tuple[str, ...]
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeUse:
    """A fee of a procedure: when it is asked and for whom."""

    fee: Fee
    due: Due
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class FeeLine:
    code: str
    label: Text
    amount_eur: int
    due: Due
    legal: tuple[str, ...]
    schedule: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class FeeQuote:
    """The price on a day and, apart, what a voted schedule without a known date would change."""

    on: date
    lines: tuple[FeeLine, ...]
    total: int
    to_confirm: tuple[FeeLine, ...] = ()
    total_to_confirm: int | None = None

    def due_at(self, due: Due) -> int:
        """The part to pay "filing" or "hand-over"."""
        return sum(line.amount_eur for line in self.lines if line.due == due)


def fees_for(procedure: Procedure, on: date, answers: Answers | None = None) -> FeeQuote:
    """The fees of the procedure on that day, for these answers (CESEDA L.436-1 to L.436-7).

    Amounts voted but without a confirmed date are returned in `to_confirm` only: nothing may
    be charged on them. Raises NoScheduleInForce for a day no schedule covers.
    """
    kept = prune(procedure, answers or {})
    uses = [use for use in procedure.fees if holds(use.when, kept)]
    lines = tuple(_line(use.fee, use.due, _amount_on(use.fee, on)) for use in uses)
    announced = tuple(_announced(use, line) for use, line in zip(uses, lines, strict=True))
    changes = tuple(
        new for new, now in zip(announced, lines, strict=True) if new.amount_eur != now.amount_eur
    )
    return FeeQuote(
        on=on,
        lines=lines,
        total=sum(line.amount_eur for line in lines),
        to_confirm=changes,
        total_to_confirm=sum(line.amount_eur for line in announced) if changes else None,
    )


def late_charge(procedure: Procedure, on: date) -> FeeLine | None:
    """The charge for a request filed after its window (CESEDA L.436-5), None where none exists.

    Apart from the quote: it is not due in case of force majeure, which an agent appreciates.
    """
    if procedure.late_fee is None:
        return None
    return _line(procedure.late_fee, "hand-over", _amount_on(procedure.late_fee, on))


def _amount_on(fee: Fee, on: date) -> Amount:
    found = [amount for amount in fee.amounts if amount.in_force(on)]
    if not found:
        raise NoScheduleInForce(f"{fee.code}: aucun barème en vigueur le {on.isoformat()}")
    return max(found, key=lambda amount: amount.since or date.min)


def _announced(use: FeeUse, line: FeeLine) -> FeeLine:
    undated = [amount for amount in use.fee.amounts if amount.since is None]
    return _line(use.fee, use.due, undated[-1]) if undated else line


def _line(fee: Fee, due: Due, amount: Amount) -> FeeLine:
    return FeeLine(
        code=fee.code,
        label=fee.label,
        amount_eur=amount.euros,
        due=due,
        legal=(*fee.legal, amount.legal) if amount.legal not in fee.legal else fee.legal,
        schedule=amount.schedule,
        confidence=amount.confidence,
    )
