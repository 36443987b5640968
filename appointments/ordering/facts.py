"""What a run may look at, and what it gives."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

NOTICE = timedelta(days=10)
OFFERED_AT_LEAST_BEFORE = timedelta(hours=24)
ANSWERED_WITHIN = timedelta(hours=24)
REGULAR, OVERBOOK, RESERVE = "regular", "overbook", "reserve"

Reason = Literal[
    "",
    "no_seat",
    "missed_twice",
    "blocked_days",
    "no_step_free",
    "no_interpreter",
    "family_does_not_fit",
    "urgencies_capped",
    "elsewhere",
]
"""Why a person was given no seat; empty with a seat."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One live clearance that has no appointment.

    `avoid`: days already given back. `blocked`: half-days when the person cannot come, as
    "2026-12-03/am". `busy`: moments when the person or their account is expected somewhere.
    `sites`: those preferred, in order. `household`: who comes together for one service.
    `accepted`: the seat (slot and number) that the person said yes to at short notice.
    `volunteer`: they may be offered a near seat; `is_asked`: one is offered to them now;
    `declined`: days of seats that were offered to them in vain. `couple`: whom somebody of another
    account comes with, both having wanted it before either was cleared.
    """

    clearance_id: str
    dossier_id: str
    person_id: str
    service: str
    filed_at: datetime
    cleared_on: date
    deadline_on: date | None = None
    vulnerable: bool = False
    missed: int = 0
    readmitted: int = 0
    revoked_by_the_office: int = 0
    avoid: frozenset[date] = frozenset()
    busy: tuple[tuple[datetime, datetime], ...] = ()
    applicant_id: str = ""
    household: str = ""
    urgent: bool = False
    sites: tuple[int, ...] = ()
    blocked: frozenset[str] = frozenset()
    step_free: bool = False
    interpreter: str = ""
    minutes_needed: int = 0
    student_counter: str = ""
    accepted: tuple[str, int] | None = None
    volunteer: bool = False
    is_asked: bool = False
    declined: frozenset[date] = frozenset()
    couple: str = ""


@dataclass(frozen=True, slots=True)
class FreeSeat:
    """A seat that may be given; `day` is its legal day, `half_day` as "2026-12-03/am".

    `student_counter` names the service whose students alone are received there. `held_for`: the
    clearance of the one person to whom the seat is offered, or who accepted it.
    """

    slot_id: str
    number: int
    service: str
    starts_at: datetime
    ends_at: datetime
    day: date
    site: int = 0
    kind: str = REGULAR
    half_day: str = ""
    step_free: bool = True
    interpreters: frozenset[str] = frozenset()
    student_counter: str = ""
    held_for: str = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A waiting person with a rank, from 1, and the class that gave it.

    `capped`: their agreed urgency came after the share of this run. `household`: they are
    served with the others of that name, or none of them is.
    """

    rank: int
    priority_class: int
    waiting: Waiting
    capped: bool = False
    household: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What the run gives: a seat, or the reason for none and perhaps the offer of a near one."""

    ranked: Ranked
    seat: FreeSeat | None
    reason: Reason = ""
    offered: FreeSeat | None = None


def answer_by(offered_at: datetime, starts_at: datetime) -> datetime:
    """Until when a person may answer: a day, or half of the time that is left before the visit."""
    return min(offered_at + ANSWERED_WITHIN, offered_at + (starts_at - offered_at) / 2)
