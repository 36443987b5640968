"""An hour without the server: what the device keeps, and each arrival entered once."""

import json
import uuid
from datetime import timedelta

import pytest

from appointments.models import CheckIn
from appointments.services import offline
from portal.core import clock
from portal.core.door import acting_for
from tests.factories import appointments as factory
from tests.factories.workflows import agent


@pytest.fixture
def here(places, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    life.site = factory.site(places.here)
    return life


def sheet(life, user=None):
    user = user or life.counter
    with acting_for(user):
        return offline.sheet_of(life.site, user=user, day=clock.today())


def entry(life, *, ago=10, user=None, **facts):
    """What the device of an agent noted some minutes ago."""
    with acting_for(life.counter) as act:
        kept = sheet(life, user)
        said = {
            "key": uuid.uuid4(),
            "mark": kept["people"][0]["code"],
            "claimed_at": act.now - timedelta(minutes=ago),
            "counter_id": life.appointment.counter_id,
            "by": kept["by"],
        }
    return offline.Entry(**said | facts)


def send(life, noted, user=None):
    user = user or life.counter
    with acting_for(user) as act:
        return offline.enter(noted, site=life.site, user=user, at=act.now)


def test_a_device_keeps_no_name_no_code_and_no_number(here):
    kept = json.dumps(sheet(here))

    appointment, clearance = here.appointment, here.clearance
    for secret in (
        appointment.code,
        appointment.scan_id.hex,
        str(appointment.scan_id),
        str(appointment.pk),
        clearance.dossier_number,
        *clearance.holder_name.split(),
    ):
        assert secret not in kept


def test_the_device_finds_the_person_by_either_sign(here):
    kept = sheet(here)
    key = bytes.fromhex(kept["key"])
    (person,) = kept["people"]

    assert person["code"] == offline.mark(key, here.appointment.code)
    assert person["scan"] == offline.mark(key, here.appointment.scan_id.hex)
    assert person["initials"] == offline.initials(here.clearance.holder_name)


def test_the_key_is_of_one_site_and_one_day(here):
    today = clock.today()
    keys = {
        offline.key_of(here.site.pk, today),
        offline.key_of(here.site.pk, today + timedelta(days=1)),
        offline.key_of(here.site.pk + 1, today),
    }

    assert len(keys) == 3


def test_an_arrival_is_entered_at_the_databases_time_with_the_claim_beside(here):
    noted = entry(here, ago=40)

    answer = send(here, noted)

    assert (answer.kind, answer.sentence) == ("entered", "Arrivée enregistrée. Numéro 1.")
    with acting_for(here.counter) as act:
        kept = CheckIn.objects.get()
        assert (kept.at, kept.claimed_at, kept.entry_key) == (
            act.now,
            noted.claimed_at,
            noted.key,
        )


def test_the_same_entry_sent_again_is_not_entered_again(here):
    noted = entry(here)
    send(here, noted)

    assert send(here, noted).kind == "again"
    with acting_for(here.counter):
        assert CheckIn.objects.count() == 1


def test_two_devices_that_noted_the_same_person_are_told_when_and_where(here):
    other = agent("counter_agent")
    first, second = entry(here, ago=30), entry(here, user=other)
    send(here, first)

    answer = send(here, second, other)

    hour = first.claimed_at.astimezone(clock.PARIS)
    assert answer.kind == "conflict"
    assert f"déjà été reçue à {hour:%H:%M}, Guichet A" in answer.sentence
    with acting_for(here.counter):
        assert CheckIn.objects.get().entry_key == first.key


def test_an_entry_of_another_agent_day_or_clock_is_refused_in_words(here):
    other = agent("counter_agent")

    refusals = [
        send(here, entry(here), other),
        send(here, entry(here, ago=-30)),
        send(here, entry(here, ago=24 * 60)),
        send(here, entry(here, mark="0" * 32)),
        send(here, entry(here, ago=180)),
    ]

    assert [answer.kind for answer in refusals] == ["refused"] * 5
    words = ["un autre agent", "horloge", "le jour même", "pas dans la liste", "Trop tôt"]
    for answer, said in zip(refusals, words, strict=True):
        assert said in answer.sentence
    with acting_for(here.counter):
        assert not CheckIn.objects.exists()


def test_a_clock_that_is_a_little_ahead_claims_now(here):
    send(here, entry(here, ago=-2))

    with acting_for(here.counter) as act:
        assert CheckIn.objects.get().claimed_at == act.now
