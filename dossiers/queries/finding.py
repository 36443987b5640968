"""Which procedure is for a person, and what it asks of their case: from data, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dossiers.catalogue.fees import FeeLine, NoScheduleInForce, late_charge
from dossiers.catalogue.finding import Walk, finder, walk
from dossiers.catalogue.law import in_force
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Field, Procedure
from dossiers.catalogue.windows import COUNTED_FROM, WindowAnswer, assess, window_for


@dataclass(frozen=True)
class CaseWindow:
    """Where a day stands in the window of a case, and what being late costs."""

    answer: WindowAnswer
    charge: FeeLine | None


def walk_with(answers: Mapping[str, str]) -> Walk:
    """How far the answers to the finder lead."""
    return walk(finder(), answers)


def date_asked(code: str, on: date, given: Mapping[str, object]) -> Field | None:
    """The question of the procedure whose date its window counts from; None when none does."""
    procedure = in_force(catalogue()[code], on)
    means = COUNTED_FROM.get(window_for(procedure, given).kind)
    return procedure.meaning(means) if means else None


def window_of_case(
    code: str, on: date, given: Mapping[str, object], known: date | None
) -> CaseWindow:
    """The same window as at filing, for a date that the person gives before they begin."""
    procedure = in_force(catalogue()[code], on)
    window = window_for(procedure, given)
    means = COUNTED_FROM.get(window.kind)
    answer = assess(window, on, **({means: known} if means else {}))
    return CaseWindow(answer, charge_of(procedure, answer, on))


def charge_of(procedure: Procedure, answer: WindowAnswer, on: date) -> FeeLine | None:
    """What being late costs that day (CESEDA L.436-5); None on time, or while no price is known."""
    if not answer.late_charge:
        return None
    try:
        return late_charge(procedure, on)
    except NoScheduleInForce:
        return None
