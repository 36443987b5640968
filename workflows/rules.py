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


def reviews_in_the_office(case, person):
    """Hold a reviewer's post in the office that has the case, whoever's case it is."""
    return _serves_as(case, person, Role.REVIEWER)


def has_typed(case, person):
    """Have typed it at the counter, with the person: somebody else reviews and decides."""
    return person.pk in case.typists


def is_close(case, person):
    """Share a contact with the person of the case, or have typed it for them (CRPA L.100-2)."""
    return has_typed(case, person) or not person.contact_keys.isdisjoint(case.contact_keys)


def _supervises(case, person):
    return _serves_as(case, person, Role.SUPERVISOR) and not is_close(case, person)


@held_by(SYSTEM)
def the_portal_alone(case, person):
    return False


@held_by(SYSTEM, Role.SUPERVISOR)
def may_route(case, person):
    """The office is not known yet, so any supervisor may find it."""
    return Role.SUPERVISOR.value in person.roles and not is_close(case, person)


@held_by(Role.REVIEWER)
def may_review(case, person):
    """The case is theirs: a draw gave it to them, and nobody else reviews it."""
    return _serves_as(case, person, Role.REVIEWER) and person.pk == case.reviewer_id


@held_by(Role.REVIEWER)
def may_answer_appeals(case, person):
    """Its reviewer, or once the review has ended any reviewer far from the person."""
    return (
        _serves_as(case, person, Role.REVIEWER)
        and case.reviewer_id in (None, person.pk)
        and not is_close(case, person)
    )


@held_by(Role.APPLICANT, SYSTEM)
def may_supply(case, person):
    return person.pk == case.applicant_id


@held_by(Role.APPLICANT)
def may_send(case, person):
    """What does not hold the review has no deadline that ends it: the person alone sends it."""
    return person.pk == case.applicant_id


@held_by(Role.APPLICANT)
def may_withdraw(case, person):
    return person.pk == case.applicant_id


@held_by(Role.SIGNATORY)
def may_sign(case, person):
    """Two people: who signs has never proposed, and is not close to the person."""
    return (
        _serves_as(case, person, Role.SIGNATORY)
        and person.pk != case.proposed_by_id
        and not is_close(case, person)
    )


@held_by(Role.SIGNATORY)
def may_sign_reasons(case, person):
    """A signatory far from the person; that they have not written them is read elsewhere."""
    return _serves_as(case, person, Role.SIGNATORY) and not is_close(case, person)


@held_by(Role.COUNTER_AGENT)
def may_receive_at_the_counter(case, person):
    return _serves_as(case, person, Role.COUNTER_AGENT)


@held_by(SYSTEM, Role.SUPERVISOR, Role.REVIEWER)
def may_reroute(case, person):
    """The reviewer who has it, a supervisor, or the portal when the person has moved."""
    return _supervises(case, person) or may_review(case, person)


@held_by(Role.SUPERVISOR)
def may_reopen(case, person):
    return _supervises(case, person)


def may_give_away(case, person):
    """A supervisor takes a case from its agent; nobody says to whom it goes."""
    return _supervises(case, person)


def may_take(person):
    """Ask for the next case: any reviewer, of whichever office."""
    return Role.REVIEWER.value in person.roles


def is_somebody_elses(rule, case, person):
    """Whether a reviewer of the office may not do this for one reason: the case is not theirs."""
    return (
        Role.REVIEWER.value in rule.roles
        and person is not None
        and not rule(case, person)
        and reviews_in_the_office(case, person)
    )


def role_for(rule, case, person):
    """The role under which this person would make the move, or None when they may not."""
    if not rule(case, person):
        return None
    if person is None:
        return SYSTEM
    if person.pk == case.applicant_id:
        return Role.APPLICANT.value
    return next((role for role in rule.roles if role in person.roles), None)
