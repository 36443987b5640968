"""The person's side of one item: an answer that counts, or why it cannot be given."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from dossiers import rules
from dossiers.models import CompletionItem
from dossiers.services.completing import refuse_what_is_over
from dossiers.services.drafting import lock_own, open_request_of
from portal.core import journal


@transaction.atomic
def explain_item(
    *, dossier_id: UUID, applicant, item_id: UUID, text: str, at: datetime
) -> CompletionItem:
    """Keep why the person cannot give this item; an empty text takes the explanation back.

    A way out that is not silence: the item no longer prevents sending. Raises DossierClosed
    when nothing is asked any more, CompletionItem.DoesNotExist for an item not asked now.
    """
    dossier = lock_own(dossier_id, applicant)
    asked = open_request_of(dossier)
    if asked is None:
        refuse_what_is_over(dossier)
    request = rules.refuse_unless_asked(dossier, asked)
    item = request.items.get(pk=item_id)
    item.explanation, item.explained_at = text, at if text else None
    item.save(update_fields=["explanation", "explained_at"])
    journal.record(
        "completion.explained",
        subject_type="completion",
        subject_id=request.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"item": item.code, "kept": bool(text)},
    )
    return item
