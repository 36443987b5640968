"""Who may make a move. A rule takes the case and the person, and reads nothing else."""

import functools

from portal.accounts.enums import Role
from workflows.enums import SYSTEM


def held_by(*roles):
    """Reserve a rule to some roles; nobody (None) stands for the portal itself."""

    def mark(check):
        @functools.wraps(check)
        def rule(case, person):
            if person is None:
                return SYSTEM in roles
            return check(case, person)

        rule.roles = tuple(str(role) for role in roles)
        return rule

    return mark


def _serves_as(case, person, *roles):
    """Hold one of these roles, today, in the office that has the case."""
    return bool(person.roles & {str(role) for role in roles}) and (
        case.prefecture_code in person.prefectures
    )


@held_by(SYSTEM)
def the_portal_alone(case, person):
    return False


@held_by(SYSTEM, Role.SUPERVISOR)
def may_route(case, person):
    """The office is not known yet, so any supervisor may find it."""
    return Role.SUPERVISOR.value in person.roles


@held_by(Role.REVIEWER)
def may_review(case, person):
    return _serves_as(case, person, Role.REVIEWER)


@held_by(Role.APPLICANT, SYSTEM)
def may_supply(case, person):
    return person.pk == case.applicant_id


@held_by(Role.APPLICANT)
def may_withdraw(case, person):
    return person.pk == case.applicant_id


@held_by(Role.SIGNATORY)
def may_sign(case, person):
    """Two people: who signs has never proposed."""
    return _serves_as(case, person, Role.SIGNATORY) and person.pk != case.proposed_by_id


@held_by(Role.SIGNATORY)
def may_sign_reasons(case, person):
    """A signatory of the office; that they have not written them is read from the request."""
    return _serves_as(case, person, Role.SIGNATORY)


@held_by(Role.COUNTER_AGENT)
def may_receive_at_the_counter(case, person):
    return _serves_as(case, person, Role.COUNTER_AGENT)


@held_by(SYSTEM, Role.REVIEWER, Role.SUPERVISOR)
def may_reroute(case, person):
    """An agent of the office, or the portal when the person has moved."""
    return _serves_as(case, person, Role.REVIEWER, Role.SUPERVISOR)


@held_by(Role.SUPERVISOR)
def may_reopen(case, person):
    return _serves_as(case, person, Role.SUPERVISOR)


def role_for(rule, case, person):
    """The role under which this person would make the move, or None when they may not."""
    if not rule(case, person):
        return None
    if person is None:
        return SYSTEM
    if person.pk == case.applicant_id:
        return Role.APPLICANT.value
    return next((role for role in rule.roles if role in person.roles), None)
