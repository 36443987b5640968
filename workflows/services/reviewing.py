"""Reading what came in answer to a completion request, item by item."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.core import journal
from workflows import rules
from workflows.enums import BEFORE_DECISION, ItemVerdict
from workflows.models import ItemReview
from workflows.models.base import about
from workflows.services.moves import MoveRefused, lock_case


@transaction.atomic
def review_items(
    *,
    case_id: UUID,
    verdicts: Mapping[UUID, tuple[str, str]],
    actor: User,
    at: datetime,
) -> list[ItemReview]:
    """Accept answers, or say why one is not enough; what is not enough prefills a next request.

    `verdicts` is {item: (verdict, note)}. An answer already reviewed keeps its first review.
    Raises MoveRefused for an item that was not answered or after the decision,
    PermissionDenied for somebody who does not review this case.
    """
    case = lock_case(case_id)
    if rules.role_for(rules.may_review, case, actor) is None:
        raise PermissionDenied("review_items")
    if case.state not in BEFORE_DECISION and not case.supply_awaited:
        raise MoveRefused(_("Une décision est prise : les réponses ne se relisent plus."))
    answered = {
        item.pk
        for request in dossiers.completion_requests(case.dossier_id)
        if request.answer_submission is not None
        for item in request.items.all()
    }
    if set(verdicts) - answered:
        raise MoveRefused(_("Cet élément n’a pas encore été envoyé par la personne."))
    known = set(ItemReview.objects.filter(item__in=list(verdicts)).values_list("item", flat=True))
    made = [
        ItemReview.objects.create(
            **about(case),
            case=case,
            item_id=item_id,
            verdict=ItemVerdict(verdict),
            note=note,
            reviewed_by=actor,
        )
        for item_id, (verdict, note) in verdicts.items()
        if item_id not in known
    ]
    if made:
        _record(case, made)
    return made


def _record(case, made):
    journal.record(
        "completion.reviewed",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={
            "accepted": sum(one.verdict == ItemVerdict.ACCEPTED for one in made),
            "not_enough": sum(one.verdict == ItemVerdict.NOT_ENOUGH for one in made),
        },
    )
