"""What the review does with news from below; each listener makes one call."""

from django.dispatch import receiver

from dossiers.api import end_couple
from dossiers.events import (
    address_changed,
    completion_extended,
    completion_supplied,
    dossier_amended,
    dossier_filed,
    dossier_withdrawn,
)
from portal.vault.enums import Removal
from portal.vault.events import files_ended
from workflows.events import case_closed
from workflows.models import Case
from workflows.services import amended, opening, relocating, requesting, running, withdrawing


@receiver(dossier_filed, dispatch_uid="workflows.open_case")
def open_case(*, dossier, submission, at, **_):
    """Filing opens the case and routes it, in the same transaction."""
    opening.open_case(dossier=dossier, submission=submission, at=at)


@receiver(completion_supplied, dispatch_uid="workflows.receive_completion")
def receive_completion(*, dossier, submission, at, **_):
    """The papers came: the review goes on where it was."""
    requesting.receive_completion(
        case_id=Case.objects.get(dossier=dossier).pk,
        actor=dossier.applicant,
        at=at,
        submission_number=submission.number,
    )


@receiver(address_changed, dispatch_uid="workflows.follow_address")
def follow_address(*, dossier, submission, at, **_):
    """The person has moved: the review follows, when the rule says so."""
    relocating.follow_address(
        case_id=Case.objects.get(dossier=dossier).pk, submission_number=submission.number, at=at
    )


@receiver(dossier_amended, dispatch_uid="workflows.receive_amendment")
def receive_amendment(*, dossier, submission, at, **_):
    """The person changed their request: the review goes on with what it says now."""
    amended.receive_amendment(
        case_id=Case.objects.get(dossier=dossier).pk,
        actor=dossier.applicant,
        at=at,
        submission_number=submission.number,
    )


@receiver(completion_extended, dispatch_uid="workflows.extend_pause")
def extend_pause(*, dossier, extended_to, at, **_):
    """The person was given more time: the pause of the clock lasts as long."""
    requesting.extend_pause(dossier_id=dossier.pk, extended_to=extended_to, at=at)


@receiver(dossier_withdrawn, dispatch_uid="workflows.withdraw_case")
def withdraw_case(*, dossier, at, **_):
    """The applicant gave up a filed request: the review stops. A draft has no case."""
    case = Case.objects.filter(dossier=dossier).order_by("pk").first()
    if case is not None:
        withdrawing.withdraw(case_id=case.pk, actor=dossier.applicant, at=at)


@receiver(case_closed, dispatch_uid="workflows.part_couple")
def part_couple(*, case, **_):
    """Nothing more is expected of this case: nothing is treated together with it any more."""
    end_couple(case.dossier)


@receiver(files_ended, dispatch_uid="workflows.agree_to_end")
def agree_to_end(*, subject_id, why, **_):
    """The time of a dossier's files is over: a case that is not archived refuses."""
    if why == Removal.EXPIRED:
        running.refuse_unless_archived(subject_id)
