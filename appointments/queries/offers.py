"""Offers of near seats: what a run reads of them, and the one that its person reads."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from appointments.enums import OfferState
from appointments.models import Preference, ShortNoticeOffer, Urgency
from appointments.queries.runs import waiting_clearances


def near_clearances(prefecture_code: str) -> QuerySet:
    """Of those who wait: who said yes to a seat, who may be offered one, who is agreed urgent.

    The urgent ones pass before, here as in every run.
    """
    willing = Preference.objects.filter(dossier=OuterRef("dossier"), short_notice=True)
    asked = ShortNoticeOffer.objects.holding().filter(clearance=OuterRef("pk"))
    urgent = Urgency.objects.agreed().filter(clearance=OuterRef("pk"))
    return waiting_clearances(prefecture_code).filter(
        Q(Exists(willing)) | Q(Exists(asked)) | Q(Exists(urgent))
    )


def is_to_run(prefecture_code: str, *, at: datetime) -> bool:
    """Whether an offer of this prefecture was accepted, or ended and its seat goes on.

    An offer that is open and may still be answered asks for nothing.
    """
    here = ShortNoticeOffer.objects.filter(prefecture_code=prefecture_code)
    due = here.filter(Q(state=OfferState.ACCEPTED) | Q(state=OfferState.OPEN, expires_at__lte=at))
    return due.exists() or here.untold().exists()


def offer_of(dossier_id: UUID, *, at: datetime) -> ShortNoticeOffer | None:
    """The offer that its person may answer, or has just accepted; None when there is none."""
    return offers_of([dossier_id], at=at).get(dossier_id)


def offers_of(dossier_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, ShortNoticeOffer]:
    """The same for many dossiers at once, by dossier."""
    found = ShortNoticeOffer.objects.holding().filter(dossier__in=list(dossier_ids))
    return {
        one.dossier_id: one
        for one in found.select_related("site").order_by("offered_at", "pk")
        if one.state == OfferState.ACCEPTED or one.is_open(at)
    }


def own_offer(dossier_id: UUID, offer_id: UUID) -> ShortNoticeOffer | None:
    """This offer of this dossier, whatever became of it, with all that its page shows."""
    mine = ShortNoticeOffer.objects.filter(pk=offer_id, dossier=dossier_id)
    return mine.select_related("clearance", "site", "counter").first()


def is_volunteer(dossier_id: UUID) -> bool:
    """Whether this person said that a near place may be offered to them."""
    return Preference.objects.filter(pk=dossier_id, short_notice=True).exists()
