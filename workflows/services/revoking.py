"""What falls with a decision that is taken back: its letter, its cards, the closed dossier."""

from datetime import datetime

from dossiers import api as dossiers
from portal.correspondence import api as correspondence
from workflows.models import Case
from workflows.services.producing import revoke_orders


def revoke_decisions(case: Case, *, at: datetime) -> None:
    """Revoke the decision in force with all that hangs on it, in the caller's transaction.

    The rights to a visit and their appointments fall by the event `decision_revoked`.
    """
    for decision in case.decisions.filter(revoked_at=None).order_by("pk"):
        decision.revoked_at = at
        decision.save(update_fields=["revoked_at"])
        if decision.letter_id:
            correspondence.revoke_letter(decision.letter_id)
    revoke_orders(case, at=at)
    dossiers.unseal(dossier_id=case.dossier_id)
