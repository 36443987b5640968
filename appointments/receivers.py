"""What the room does when the review says that a person must come, or that it is over."""

from django.dispatch import receiver

from appointments.services import clearing
from workflows.events import case_closed, decision_revoked, visit_due, visit_moved


@receiver(visit_due, dispatch_uid="appointments.clear_for_visit")
def clear_for_visit(*, case, step, purpose, at, **_later_facts):
    """Insert the right to one visit, in the transaction of the step that gives it."""
    clearing.clear(case=case, step=step, purpose=purpose, at=at)


@receiver(visit_moved, dispatch_uid="appointments.clear_again_elsewhere")
def clear_again_elsewhere(*, case, step, purpose, at, **_later_facts):
    """The person has moved: the same right, at the office that has the case now."""
    clearing.clear_elsewhere(case=case, step=step, purpose=purpose, at=at)


@receiver(case_closed, dispatch_uid="appointments.end_visits")
def end_visits(*, case, **_later_facts):
    """Nobody is expected for a case in which nothing more is expected."""
    clearing.revoke_unused(case_id=case.pk)


@receiver(decision_revoked, dispatch_uid="appointments.end_visits_of_a_revoked_decision")
def end_visits_of_a_revoked_decision(*, case, **_later_facts):
    """The right to a visit and its appointment fall with the decision that gave them."""
    clearing.revoke_unused(case_id=case.pk)
