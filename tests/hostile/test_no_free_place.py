"""Nobody learns where a place is free: each page says the same with free places and without.

One near place is offered to one person, whose page alone tells of it, and of no other.
"""

import re

import pytest
from django.db import connection
from django.urls import get_resolver
from django.utils.formats import date_format

from appointments.enums import SEATED_STATES
from appointments.models import Appointment, ShortNoticeOffer, Slot
from portal.core import clock
from tests.architecture.test_routes import addresses as routes
from tests.factories import appointments as factory
from tests.hostile import addresses
from tests.hostile.conftest import undone

ROOMS = ("appointments.", "portal.space.")
PEOPLE = (
    "nobody",
    "owner_here",
    "visitor_here",
    "stranger",
    *(f"{role}_here" for role in addresses.POSTS),
)
OTHERS = (*(f"{role}_away" for role in addresses.POSTS), "editor", "auditor", "administrator")
"""Of another office, or of none: they read less of a visit, and are asked by script/test --all."""
READERS = [
    pytest.param(PEOPLE, id="here"),
    pytest.param(OTHERS, id="elsewhere", marks=pytest.mark.long),
]
SEALED_ANEW = {"counter:offline_sheet", "counter:screen"}
"""Each answer holds a fresh key or address: only lengths can be compared."""
# What differs between two readings of one page, whoever reads.
_FRESH = re.compile(r'(csrfmiddlewaretoken" value|nonce)="[^"]*"|name="shown" value="[^"]*"')


def of_the_visit():
    """The addresses of the rooms that know of visits."""
    found = []
    for name, entry in routes(get_resolver()):
        view = getattr(entry.callback, "view_class", None)
        if view is not None and view.__module__.startswith(ROOMS):
            found.append(name)
    return sorted(found)


def free_slots(office):
    """The slots to come of an office that nobody holds nor is offered, as the issuing role sees."""
    with factory.issuer(office) as act:
        held = Appointment.objects.filter(state__in=SEATED_STATES).values("slot")
        asked = ShortNoticeOffer.objects.holding().values("slot")
        ahead = Slot.objects.filter(
            prefecture_code=office, state="open", period__startswith__gt=act.now
        )
        free = ahead.exclude(pk__in=held).exclude(pk__in=asked)
        return list(free.order_by("period", "pk"))


def withdraw(slots, office):
    """Take every one of them out of the calendar, without a word to any page."""
    with factory.issuer(office):
        taken = Slot.objects.filter(pk__in=[one.pk for one in slots]).update(state="withdrawn")
    assert taken == len(slots)


def said(world, who, method, url, *, sealed=False):
    """What a person reads: status, headers that speak, and the page without its fresh marks."""
    with undone():
        answer = getattr(world.browsers.of(who), method)(url)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    spoken = {key: answer.headers.get(key) for key in ("Location", "Retry-After", "ETag")}
    page = _FRESH.sub("", body.decode("utf-8", "replace"))
    if sealed:
        return answer.status_code, {key: len(text or "") for key, text in spoken.items()}, len(page)
    return answer.status_code, spoken, page


@pytest.fixture(scope="module")
def offered(kept_world):
    """Free places of the office whose pages are tried; without one the test would prove nothing."""
    slots = free_slots(kept_world.here.code)
    assert len(slots) > 20
    return slots


@pytest.mark.parametrize("people", READERS)
@pytest.mark.parametrize("name", of_the_visit())
def test_a_page_is_the_same_with_free_places_and_without_one(world, offered, name, people):
    url = addresses.address(name, world.here)
    office, sealed = world.here.code, name in SEALED_ANEW
    asked = [(who, how) for who in people for how in ("get", "post")]
    told = {key: said(world, *key, url, sealed=sealed) for key in asked}
    with undone():
        withdraw(offered, office)
        connection.check_constraints()
        again = {key: said(world, *key, url, sealed=sealed) for key in asked}
        differing = [key for key in asked if again[key] != told[key]]

    assert differing == []
    names = [str(one.pk) for one in offered]
    shown = [key for key in asked if any(name in str(told[key]) for name in names)]
    assert shown == []


def test_the_comparison_sees_a_difference(world, offered):
    """A reader that did see slots would be caught: the issuing role reads another calendar."""
    office = world.here.code
    with undone():
        withdraw(offered, office)

        assert free_slots(office) == []
    assert len(free_slots(office)) == len(offered)


ASKED = "visitor_here"
"""Whose volunteers are: the account of the office to which near places are offered."""
READS_EVERY_ACT = ("desk:journal", "auditor")
"""Learns that an offer was made and answered, as of any act; not where, nor when the visit is."""


def naming(told, *names):
    """The readings in which one of these names stands."""
    return [
        key for key, reading in told.items() if any(str(name) in str(reading) for name in names)
    ]


@pytest.mark.parametrize("people", READERS)
@pytest.mark.parametrize("name", of_the_visit())
def test_an_offer_changes_no_page_but_those_of_its_person(world, name, people):
    url = addresses.address(name, world.here)
    office, sealed = world.here.code, name in SEALED_ANEW
    others = [who for who in people if who != ASKED]
    with undone():
        life = factory.willing(world.here.lives["waiting"])
        told = {(who, "get"): said(world, who, "get", url, sealed=sealed) for who in others}
        factory.run_near(office)
        life.offer = factory.offer_of(life)
        assert life.offer is not None
        asked = {key: said(world, *key, url, sealed=sealed) for key in told}
        factory.answered(life, "accepted")
        accepted = {key: said(world, *key, url, sealed=sealed) for key in told}

    differing = {key for key in told if not told[key] == asked[key] == accepted[key]}
    reads = (name, "auditor") == READS_EVERY_ACT and "auditor" in people
    reading = {("auditor", "get")} if reads else set()
    assert differing == reading
    assert set(naming(asked, life.offer.pk)) == reading
    assert naming(asked, life.offer.slot_id, world.here.offer.slot_id) == []


def test_the_page_of_an_offer_tells_its_person_of_that_place_alone(world, offered):
    url = addresses.address("appointments:offer", world.here)
    offer = world.here.offer

    status, _headers, page = said(world, ASKED, "get", url)
    assert status == 200
    moment = date_format(offer.starts_at.astimezone(clock.PARIS), "l j F Y")
    assert moment in page
    others = {date_format(one.period.lower.astimezone(clock.PARIS), "l j F Y") for one in offered}
    expires = date_format(offer.expires_at.astimezone(clock.PARIS), "l j F Y")
    assert {day for day in others if day in page} <= {moment, expires}
    assert page.count("<time datetime=") == 1
    for who in (*PEOPLE, *OTHERS):
        if who != ASKED:
            assert said(world, who, "get", url)[0] in {302, 403, 404}, who
