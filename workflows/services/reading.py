"""An agent says up to which filing they have read a case."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.accounts.api import User
from portal.core import journal
from workflows.models import CaseReading
from workflows.models.base import about
from workflows.services.moves import lock_case


@transaction.atomic
def mark_read(*, case_id: UUID, number: int, actor: User, at: datetime) -> None:
    """What came up to this filing is no news any more. Saying it twice says it once.

    A number that was never filed is that of the last filing.
    """
    case = lock_case(case_id)
    CaseReading.objects.bulk_create(
        [
            CaseReading(
                **about(case),
                case=case,
                agent=actor,
                submission_number=min(number, case.submission_number),
            )
        ],
        ignore_conflicts=True,
    )
    journal.record(
        "case.changes_read",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={"filing": min(number, case.submission_number)},
    )
