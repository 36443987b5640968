"""The withdrawal of a granted title that waits, and why one cannot be proposed."""

from datetime import date

from django.utils.translation import gettext as _

from workflows.enums import RETRACTABLE
from workflows.models import Case, ObservationInvitation, Retraction


def open_retraction(case: Case) -> Retraction | None:
    """The withdrawal that waits for a signature, with its invitation; None without one."""
    waiting = Retraction.objects.filter(case=case, settled_at=None)
    return waiting.select_related("invitation").order_by("pk").first()


def why_not(case: Case, today: date) -> list[str]:
    """Why no withdrawal may be proposed on this day; empty when one may."""
    if case.state not in RETRACTABLE:
        return [_("Aucun titre accordé n’est à retirer à cette étape.")]
    if open_retraction(case) is not None:
        return [_("Un retrait attend déjà une signature.")]
    if today > case.last_day_to_retract():
        return [
            _(
                "Le titre est accordé depuis plus de quatre mois : il ne se retire plus ainsi "
                "(CRPA, art. L. 242-1)."
            )
        ]
    return []


def invitation_for(dossier_id, applicant) -> ObservationInvitation | None:
    """What this person is invited to answer now; None without an open invitation."""
    found = ObservationInvitation.objects.filter(
        dossier_id=dossier_id,
        applicant=applicant,
        retraction__settled_at=None,
        case__state__in=RETRACTABLE,
    )
    return found.select_related("retraction", "case").order_by("-invited_at", "pk").first()
