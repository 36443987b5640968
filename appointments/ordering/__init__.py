"""Who goes first and where: pure functions of the people, the seats, the day and a seed.

Nothing here reads a table or a clock, so that an auditor can replay any run from what it kept.
"""

from appointments.ordering.facts import (
    ANSWERED_WITHIN,
    NOTICE,
    OFFERED_AT_LEAST_BEFORE,
    OVERBOOK,
    REGULAR,
    RESERVE,
    FreeSeat,
    Given,
    Ranked,
    Reason,
    Waiting,
    answer_by,
)
from appointments.ordering.lanes import may_be_given, may_be_offered
from appointments.ordering.overbooking import crowded, overbooking
from appointments.ordering.ranks import (
    COVER_ENDS,
    FAMILY_AT_MOST,
    MISSED_AT_MOST,
    OTHERS,
    URGENT,
    VULNERABLE,
    class_of,
    in_order,
    may_be_served,
    tie_break,
    urgencies_at_most,
)
from appointments.ordering.seats import give

RULE_VERSION = "2027-02"
"""Changes with any rule of this package: a run is replayed by the version that made it."""

REPLAYS = frozenset({"2027-01", RULE_VERSION})
"""The versions whose runs these rules make again: the first knew no couple, and nobody in the
inputs of its runs has one."""

__all__ = [
    "ANSWERED_WITHIN",
    "COVER_ENDS",
    "FAMILY_AT_MOST",
    "MISSED_AT_MOST",
    "NOTICE",
    "OFFERED_AT_LEAST_BEFORE",
    "OTHERS",
    "OVERBOOK",
    "REGULAR",
    "RESERVE",
    "REPLAYS",
    "RULE_VERSION",
    "URGENT",
    "VULNERABLE",
    "FreeSeat",
    "Given",
    "Ranked",
    "Reason",
    "Waiting",
    "answer_by",
    "class_of",
    "crowded",
    "give",
    "in_order",
    "may_be_given",
    "may_be_offered",
    "may_be_served",
    "overbooking",
    "tie_break",
    "urgencies_at_most",
]
