"""Whether a document may still be given: what its rule and the person's own words say of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dossiers.catalogue.conditions import Answers, meant
from dossiers.catalogue.windows import add_months

if TYPE_CHECKING:
    from dossiers.catalogue.schema import EvidenceRule, Procedure


def ended_on(
    procedure: Procedure, answers: Answers, rule: EvidenceRule, today: date
) -> date | None:
    """The day on which the document ended, when these answers say that it has; else None."""
    day = meant(procedure, answers, rule.ends_on) if rule.ends_on else None
    return day if isinstance(day, date) and day < today else None


def is_too_old(rule: EvidenceRule, dated_on: date, today: date) -> bool:
    """Whether a document of this day is older than its rule allows."""
    if rule.max_age_months is None:
        return False
    return add_months(dated_on, rule.max_age_months) < today
