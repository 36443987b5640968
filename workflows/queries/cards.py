"""Cards on their way between two offices, as the counters of both read them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from portal.accounts.api import User
from workflows.models import CardDispatch, Case
from workflows.queries.names import office_names


@dataclass(frozen=True)
class CardOnItsWay:
    """One card to send from here, or awaited here.

    `holder` and `dossier_number` are empty where the case is not, or no longer, of this office:
    who sends a card reads its number and where it goes.
    """

    id: UUID
    number: str
    office: str
    is_to_send: bool
    asked_at: datetime
    sent_at: datetime | None
    holder: str = ""
    dossier_number: str = ""


def cards_on_their_way(person: User) -> list[CardOnItsWay]:
    """What this agent's offices have to send, then what they await, the oldest first."""
    found = list(CardDispatch.objects.visible_to(person).on_their_way().order_by("asked_at", "pk"))
    names = office_names({code for one in found for code in (one.from_code, one.to_code)})
    here = person.prefectures
    cases = Case.objects.visible_to(person).filter(dossier__in=[one.dossier_id for one in found])
    held = {case.dossier_id: case for case in cases.order_by("pk")} if found else {}
    to_send = [
        CardOnItsWay(one.pk, one.card_number, names[one.to_code], True, one.asked_at, one.sent_at)
        for one in found
        if one.from_code in here and one.sent_at is None
    ]
    awaited = [
        CardOnItsWay(
            one.pk,
            one.card_number,
            names[one.from_code],
            False,
            one.asked_at,
            one.sent_at,
            *((case.holder_name, case.dossier_number) if case else ()),
        )
        for one in found
        if one.to_code in here
        for case in [held.get(one.dossier_id)]
    ]
    return to_send + awaited


def count_cards(person: User) -> tuple[int, int]:
    """How many cards are to be sent from this agent's offices, and how many are awaited there."""
    here = person.prefectures
    counted = (
        CardDispatch.objects.visible_to(person)
        .on_their_way()
        .aggregate(
            to_send=Count("pk", filter=Q(from_code__in=here, sent_at=None)),
            awaited=Count("pk", filter=Q(to_code__in=here)),
        )
    )
    return counted["to_send"], counted["awaited"]
