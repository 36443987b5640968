"""What the person does not keep of what is proposed: refused, or contested of the register."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from dossiers import rules
from dossiers.models import Dossier
from dossiers.queries.proposals import CONTESTED, REFUSED, Offer
from dossiers.services.drafting import lock_own
from portal.core import journal


@transaction.atomic
def refuse(*, dossier_id: UUID, applicant, offers: Iterable[Offer], at: datetime) -> Dossier:
    """Propose these no more in this draft, unless what is said changes. Twice does it once.

    Raises DossierClosed for what is no draft.
    """
    aside = {offer.name: {"why": REFUSED, "mark": offer.mark} for offer in offers}
    return _set_aside(dossier_id, applicant, aside, at)


@transaction.atomic
def contest(*, dossier_id: UUID, applicant, offers: Iterable[Offer], at: datetime) -> Dossier:
    """Keep what the register says and the person says is wrong: the desk reads both once filed.

    What is only the person's own word is not contested. It stops nothing. Raises DossierClosed
    for what is no draft.
    """
    aside = {
        offer.name: {"why": CONTESTED, "value": offer.value, "read_on": offer.read_on.isoformat()}
        for offer in offers
        if offer.read_on is not None
    }
    dossier = _set_aside(dossier_id, applicant, aside, at)
    _note(dossier, "register.contested", aside)
    return dossier


@transaction.atomic
def contest_no_more(*, dossier_id: UUID, applicant, names: Iterable[str], at: datetime) -> Dossier:
    """Take a contest back: the register's word is proposed again. Raises DossierClosed."""
    dossier = _set_aside(dossier_id, applicant, dict.fromkeys(names), at)
    _note(dossier, "register.contest_taken_back", names)
    return dossier


def _set_aside(dossier_id, applicant, changes, at) -> Dossier:
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_draft(dossier)
    kept = dossier.set_aside | changes
    dossier.set_aside = {name: aside for name, aside in kept.items() if aside is not None}
    dossier.updated_at = at
    dossier.save(update_fields=["set_aside", "updated_at"])
    return dossier


def _note(dossier, act, names):
    """Which questions, never an answer."""
    journal.record(
        act,
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        facts={"fields": sorted(names)},
    )
