"""What a stranger may know of a paper: whether it is worth anything, and for which initials."""

import secrets
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from appointments.models import Appointment
from appointments.services import changing, notices, passes, verifying
from portal.core import clock
from portal.core.door import acting
from tests.factories import appointments as factory


def ask(shown):
    """The question of somebody who is nobody."""
    with acting(None) as act:
        return verifying.verify(shown, at=act.now)


def test_a_live_appointment_shows_initials_site_and_day(places):
    life = factory.appointed()
    given = life.appointment

    by_code, by_qr = ask(given.code), ask(notices.pass_of(given))

    assert by_code == by_qr
    words = life.clearance.holder_name.split()
    assert by_code.initials == " ".join(f"{word[0].upper()}." for word in words)
    assert by_code.site_name == given.site.name
    assert by_code.starts_at == given.starts_at


def test_one_given_back_answers_as_one_that_never_was(places):
    life = factory.appointed()
    with acting(life.applicant.pk) as act:
        own = Appointment.objects.get(pk=life.appointment.pk)
        changing.give_back(own, reason="work", user=life.applicant, at=act.now)

    assert ask(life.appointment.code) is None
    assert ask(notices.pass_of(life.appointment)) is None
    assert ask(passes.new_code()) is None


def test_a_past_appointment_is_worth_nothing(places, move_clock):
    life = factory.appointed()
    move_clock(life.appointment.ends_at - clock.now() + timedelta(hours=3))

    assert ask(life.appointment.code) is None
    assert ask(notices.pass_of(life.appointment)) is None


def test_a_forged_qr_is_worth_nothing_and_a_slip_is_said(places, settings):
    life = factory.appointed()
    with pytest.raises(passes.UnreadablePass):
        ask("ABCD")
    settings.QR_PRIVATE_KEY = secrets.token_hex(32)
    forged = notices.pass_of(life.appointment)
    settings.QR_PRIVATE_KEY = secrets.token_hex(32)

    assert ask(forged) is None


@pytest.mark.parametrize("role", ["worker", "issuer", "editing"])
def test_the_web_alone_may_ask(db, as_role, role):
    with (
        as_role(role),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("select * from appointments_standing('AAAAAAAA', null)")


def test_asking_leaves_no_row_open_to_the_web(places):
    life = factory.appointed()
    with acting(None):
        verifying.verify(life.appointment.code, at=clock.now())

        assert not Appointment.objects.exists()
