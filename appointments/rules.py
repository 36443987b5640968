"""Who may do what with an appointment."""

from workflows.enums import CaseState

ENDED = frozenset(
    {
        CaseState.REFUSED,
        CaseState.CLOSED,
        CaseState.HANDED_OVER,
        CaseState.RECORDED,
        CaseState.WITHDRAWN,
        CaseState.ARCHIVED,
    }
)
"""No visit follows."""
CHANGES_BY_ONESELF = 1
CHANGES_IN_ALL = 2
"""The database allows two; the second is asked of an agent, who writes it for the person."""


def is_its_person(appointment, user) -> bool:
    """An appointment belongs to one account; nobody else answers for it."""
    return appointment.applicant_id == user.pk


def may_prefer(case, appointment) -> bool:
    """From filing until a visit is given, while a visit may still come."""
    waits = case is not None and case.state not in ENDED
    return waits and (appointment is None or not appointment.is_live)


def may_give_back(appointment, user, *, at) -> bool:
    """Before the moment, while it is live: once by oneself, once more through the counter."""
    if is_its_person(appointment, user):
        changes = CHANGES_BY_ONESELF
    else:
        changes = CHANGES_IN_ALL if may_receive(appointment, user) else 0
    return appointment.is_live and appointment.user_changes < changes and at < appointment.starts_at


def may_confirm(appointment, user, *, at) -> bool:
    """Saying "I will come" is welcome and never required."""
    return (
        is_its_person(appointment, user)
        and appointment.state == "issued"
        and at < appointment.starts_at
    )


def may_ask_urgency(clearance, user) -> bool:
    """Any agent of the office, for somebody else; the database refuses somebody close."""
    asks = {"supervisor", "reviewer", "counter_agent"} & user.roles
    return bool(asks) and _is_of_their_office(clearance, user)


def may_answer_urgency(urgency, user) -> bool:
    """A supervisor of the office who did not ask."""
    return (
        "supervisor" in user.roles
        and urgency.asked_by_id != user.pk
        and _is_of_their_office(urgency, user)
    )


def may_reach(appointment, user) -> bool:
    """A supervisor of the office says that somebody was told by another way."""
    return "supervisor" in user.roles and _is_of_their_office(appointment, user)


def _is_of_their_office(about, user):
    return about.prefecture_code in user.prefectures and about.applicant_id != user.pk


def may_receive(appointment, user) -> bool:
    """Agents of the counter, for their own prefecture (the database says it again)."""
    return receives_in(appointment.prefecture_code, user)


def receives_in(prefecture_code, user) -> bool:
    """Whether this person is an agent of the counters of a prefecture."""
    return "counter_agent" in user.roles and prefecture_code in user.prefectures


def may_follow_up(visit, user) -> bool:
    """A supervisor of the office, who did not receive the person."""
    return (
        "supervisor" in user.roles
        and visit.prefecture_code in user.prefectures
        and visit.agent_id != user.pk
    )
