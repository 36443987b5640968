"""Near seats that a run offers, one to each volunteer: made, ended, and each end told once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from appointments import ordering, queries
from appointments.enums import OfferEnd, OfferState
from appointments.models import Clearance, IssueRun, ShortNoticeOffer, Slot
from appointments.ordering import Given
from appointments.services import notices
from portal.core import door, journal
from portal.core.jobs import enqueue

# Of what is being answered or ended at this moment, nobody waits for anybody.
_END = """
update appointments_shortnoticeoffer offer
set state = case when offer.state = 'open' and offer.expires_at <= portal_now()
    then 'expired' else 'withdrawn' end
where id in (
    select id from appointments_shortnoticeoffer
    where prefecture_code = %s and state in ('open', 'accepted')
    order by id for no key update skip locked
) and (offer.state = 'open' and offer.expires_at <= portal_now()
    or appointments_why_over(offer) <> '')
"""
_TOLD_BY_MAIL = frozenset({OfferEnd.CLOSED, OfferEnd.ELSEWHERE, OfferEnd.LATE})
"""The others hear of it by another message, or did it themselves."""


def end_what_is_over(prefecture_code: str, *, at: datetime) -> int:
    """End the offers whose moment has passed or that a fact ended, and tell each person once.

    Those that the database itself ended, at a closure for instance, are told here too. Returns
    how many were told; twice tells once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, [prefecture_code])
    untold = ShortNoticeOffer.objects.untold().filter(prefecture_code=prefecture_code)
    found = list(
        untold.select_for_update(of=("self",), skip_locked=True)
        .select_related("applicant")
        .order_by("pk")
    )
    for offer in found:
        _tell_end(offer)
    _write_ends(prefecture_code, found)
    ShortNoticeOffer.objects.filter(pk__in=[one.pk for one in found]).update(told_at=at)
    return len(found)


def _tell_end(offer: ShortNoticeOffer) -> None:
    is_expired = offer.state == OfferState.EXPIRED
    notices.tell_of_offer(
        offer,
        "offer_expired" if is_expired else f"offer_{offer.ended_because}",
        by_mail=offer.ended_because in _TOLD_BY_MAIL,
    )


def _write_ends(prefecture_code: str, ended: Sequence[ShortNoticeOffer]) -> None:
    """Lines in a chain of their own: a run that waited for a dossier's could wait for ever."""
    for act, is_expired in (("offer.expire", True), ("offer.withdraw", False)):
        lines = [
            journal.Line(
                str(one.pk),
                one.dossier_id,
                {} if is_expired else {"because": one.ended_because},
            )
            for one in ended
            if (one.state == OfferState.EXPIRED) is is_expired
        ]
        if lines:
            journal.record_many(
                act,
                lines,
                chain=f"run:{act}:{lines[0].subject_id}",
                subject_type="offer",
                prefecture=prefecture_code,
            )


def answered_now(prefecture_code: str) -> list[str]:
    """Hold the offers of a prefecture; name the clearances of those that somebody else holds."""
    offers = queries.offers_held(prefecture_code)
    every = set(offers.values_list("clearance", flat=True))
    mine = offers.select_for_update(of=("self",), skip_locked=True, no_key=True)
    return [str(one) for one in every - {offer.clearance_id for offer in mine}]


def drafts(
    decided: Sequence[Given], clearances: dict[str, Clearance], *, at: datetime
) -> list[ShortNoticeOffer]:
    """The offers that a run makes, in the order of their people, not written yet."""
    offered = [(one, one.offered) for one in decided if one.offered is not None]
    slots = Slot.objects.in_bulk([UUID(seat.slot_id) for _one, seat in offered])
    return [
        _draft(one, clearances[one.ranked.waiting.clearance_id], slots[UUID(seat.slot_id)], at)
        for one, seat in offered
    ]


def _draft(one: Given, clearance: Clearance, slot: Slot, at: datetime) -> ShortNoticeOffer:
    if one.offered is None:
        raise ValueError("an offer is of a seat")
    return ShortNoticeOffer(
        rank=one.ranked.rank,
        clearance_id=clearance.pk,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        person_id=clearance.person_id,
        prefecture_code=clearance.prefecture_code,
        service_id=clearance.service_id,
        purpose=clearance.purpose,
        slot_id=slot.pk,
        seat_number=one.offered.number,
        site_id=slot.site_id,
        counter_id=slot.counter_id,
        period=DateTimeTZRange(slot.period.lower, slot.period.upper, "[)"),
        # the trigger writes the true moments
        offered_at=at,
        expires_at=ordering.answer_by(at, slot.period.lower),
    )


def tell(run: IssueRun) -> int:
    """Tell each person to whom this run offers a seat: a line and a mail that say only "answer".

    Where and when stand on the person's own page: an agent may read a timeline. Returns how many.
    """
    made = list(run.offers.select_related("applicant").order_by("rank"))
    for offer in made:
        notices.tell_of_offer(offer, "offer_made", by_mail=True)
    journal.record_many(
        "offer.make",
        [journal.Line(str(one.pk), one.dossier_id) for one in made],
        chain=f"run:{run.pk}",
        subject_type="offer",
        prefecture=run.prefecture_code,
    )
    return len(made)


def run_at_once(prefecture_code: str) -> None:
    """Ask for a run of the near seats in this transaction; it acts for nobody."""
    with door.acting(None, prefectures=[prefecture_code]):
        enqueue(
            "appointments.issue_near",
            prefecture_code=prefecture_code,
            _lock=f"appointments.issue:{prefecture_code}",
        )
