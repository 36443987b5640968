"""Giving a filed request up; what the review writes down about a dossier."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from dossiers import events, rules
from dossiers.enums import CompletionOutcome
from dossiers.models import (
    CompletionItem,
    CompletionReminder,
    CompletionRequest,
    Correction,
    CorrectionContest,
    Dossier,
    Evidence,
    Statement,
    Submission,
)
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from dossiers.services.dropping import drop_what_was_begun
from dossiers.services.parting import end_with
from portal.core import door, journal
from portal.correspondence import api as correspondence
from portal.vault import api as vault

_RECORDS = (
    Submission,
    Evidence,
    CompletionRequest,
    CompletionItem,
    CompletionReminder,
    Correction,
    CorrectionContest,
    Statement,
)


@transaction.atomic
def withdraw_dossier(*, dossier_id: UUID, applicant, at: datetime) -> Dossier:
    """Stop the request for good. Doing it twice does it once. Raises DossierClosed once decided."""
    dossier = lock_own(dossier_id, applicant)
    if dossier.filed_at is not None and dossier.withdrawn_at is not None:
        return dossier
    rules.refuse_unless_withdrawable(dossier)
    end_with(dossier)
    dossier.withdrawn_at = dossier.updated_at = at
    dossier.save(update_fields=["withdrawn_at", "updated_at"])
    dossier.completion_requests.filter(closed_at=None).update(
        closed_at=at, outcome=CompletionOutcome.CANCELLED
    )
    drop_what_was_begun(dossier, at)
    telling.add_line(dossier, "dossier_withdrawn")
    telling.mail(dossier, "dossier_withdrawn")
    journal.record(
        "dossier.withdrawn",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
    )
    events.dossier_withdrawn.announce(dossier=dossier, at=at)
    return dossier


@transaction.atomic
def seal(*, dossier_id: UUID, at: datetime, awaiting: bool = False) -> None:
    """Close the dossier to its applicant: a decision was taken on what it holds.

    `awaiting` leaves open the request on whose items a grant waits (CRPA L.114-5-1); after any
    other decision nothing more is awaited.
    """
    Dossier.objects.filter(pk=dossier_id, sealed_at=None).update(sealed_at=at)
    if not awaiting:
        CompletionRequest.objects.still_open().filter(dossier_id=dossier_id).update(
            closed_at=at, outcome=CompletionOutcome.CANCELLED
        )


@transaction.atomic
def unseal(*, dossier_id: UUID) -> None:
    """Undo the seal when the review is opened again.

    When the person has begun one more of this procedure meanwhile, both go on side by side: a
    decision taken back is never held up by what they did since. They are told.
    """
    dossiers = Dossier.objects.filter(pk=dossier_id)
    try:
        with transaction.atomic():
            dossiers.update(sealed_at=None)
    except IntegrityError:
        dossiers.update(sealed_at=None, is_beside=True)
        telling.add_line(dossiers.get(), "dossier_reopened_beside", by_role="")


@transaction.atomic
def set_prefecture(*, dossier_id: UUID, code: str) -> None:
    """Write the competent office on the dossier, its files, its letters and its timeline.

    The act must see the dossier now; the new office is added to what it sees.
    """
    with door.also(code):
        Dossier.objects.filter(pk=dossier_id).update(prefecture_code=code)
        for model in _RECORDS:
            model.objects.filter(dossier_id=dossier_id).update(prefecture_code=code)
    vault.set_prefecture(dossier_id, code)
    correspondence.set_prefecture(dossier_id, code)
