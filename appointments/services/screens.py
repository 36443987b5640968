"""The screen on the wall of a waiting room: an address that nobody guesses, numbers and no more."""

import json
import secrets
from hashlib import sha256

from django.db import connection, transaction

from appointments import rules
from appointments.models import WaitingScreen
from appointments.services import visiting
from portal.core import clock, journal
from portal.core.errors import DomainRefusal
from portal.territory.api import Site


def digest_of(token: str) -> str:
    """What is kept of an address."""
    return sha256(token.encode()).hexdigest()


@transaction.atomic
def open_screen(site: Site, *, user) -> str:
    """Make the address of a screen at this site; it is told once and serves a month."""
    _only_here(site, user)
    token = secrets.token_urlsafe(32)
    screen = WaitingScreen.objects.create(
        site=site,
        prefecture_code=site.prefecture_id,
        token_digest=digest_of(token),
        opened_by=user,
        opened_at=clock.now(),
    )
    _note("screen.open", screen)
    return token


@transaction.atomic
def close_screens(site: Site, *, user) -> int:
    """Every screen of this site goes dark; says how many."""
    _only_here(site, user)
    shown = WaitingScreen.objects.filter(site=site, closed_at=None).order_by("pk")
    for screen in shown:
        screen.closed_at = clock.now()
        screen.save(update_fields=["closed_at"])
        _note("screen.close", screen)
    return len(shown)


def shown_to(token: str) -> dict | None:
    """What the screen of this address shows; None when there is no such screen.

    The database answers numbers and counters: no page can ask it for more.
    """
    with connection.cursor() as cursor:
        cursor.execute("select appointments_screen(%s)", [digest_of(token)])
        (found,) = cursor.fetchone()
    return json.loads(found) if isinstance(found, str) else found


def _note(act, screen):
    journal.record(
        act, subject_type="site", subject_id=screen.site_id, prefecture=screen.prefecture_code
    )


def _only_here(site, user):
    if not rules.receives_in(site.prefecture_id, user):
        raise DomainRefusal(visiting.HANDS["a_visit_is_led_by_an_agent_of_its_office"])
