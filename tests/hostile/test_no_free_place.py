"""Nobody learns where a place is free: each page says the same with free places and without."""

import re

import pytest
from django.db import connection
from django.urls import get_resolver

from appointments.enums import SEATED_STATES
from appointments.models import Appointment, Slot
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
    *(f"{role}_{place}" for place in ("here", "away") for role in addresses.POSTS),
    "editor",
    "auditor",
    "administrator",
)
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
    """The slots to come of an office that nobody holds, as the issuing role sees them."""
    with factory.issuer(office) as act:
        held = Appointment.objects.filter(state__in=SEATED_STATES).values("slot")
        ahead = Slot.objects.filter(
            prefecture_code=office, state="open", period__startswith__gt=act.now
        )
        return list(ahead.exclude(pk__in=held).order_by("period", "pk"))


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


@pytest.mark.parametrize("name", of_the_visit())
def test_a_page_is_the_same_with_free_places_and_without_one(world, offered, name):
    url = addresses.address(name, world.here)
    office, sealed = world.here.code, name in SEALED_ANEW
    asked = [(who, how) for who in PEOPLE for how in ("get", "post")]
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
