"""What a run gives beyond one person and one seat, and how it is made again from its rows."""

import zlib
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from appointments import queries
from appointments.enums import AppointmentState, IssueOutcome
from appointments.models import (
    Appointment,
    DrawnSeed,
    IssueDecision,
    IssueRun,
    NoShowRate,
    Preference,
    RunInputs,
    Seat,
)
from appointments.services import issuing, learning, replaying
from portal.core import clock, journal
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.models import Letter
from tests.factories import appointments as factory
from tests.factories.couples import ended, linked
from tests.factories.workflows import Life


def decisions():
    with acting(None, prefectures=[factory.OFFICE]):
        return list(IssueDecision.objects.select_related("run").order_by("run", "rank"))


def outcomes():
    return [one.outcome for one in decisions()]


def test_an_agreed_urgency_goes_first_and_at_once(places):
    early = factory.cleared(filed_at=clock.now() - timedelta(days=20))
    urgent = factory.cleared()
    agreed = factory.agreed_urgent(urgent)
    factory.run()

    given = factory.appointment_of(urgent)
    assert given.starts_at < given.issued_at + timedelta(days=10)
    assert (given.urgency_id, given.urgent_by_id) == (agreed.pk, agreed.asked_by_id)
    assert given.urgent_approved_by_id == agreed.approved_by_id
    assert factory.appointment_of(early).urgency_id is None
    assert [one.priority_class for one in decisions()][0] == 0


def test_an_urgency_that_nobody_agreed_to_changes_nothing(places):
    life = factory.cleared()
    factory.asked_urgent(life)
    factory.run()

    given = factory.appointment_of(life)
    assert given.starts_at >= given.issued_at + timedelta(days=10)


def test_urgencies_above_their_share_are_said_so(shut_places):
    factory.open_once(shut_places.here, seats=3)
    lives = [factory.cleared() for _one in range(2)]
    for life in lives:
        factory.agreed_urgent(life)
    factory.run()

    assert [(one.priority_class, one.is_capped) for one in decisions()] == [(0, False), (1, True)]


def test_a_family_comes_together(shut_places):
    factory.open_once(shut_places.here, seats=4)
    lives = factory.family(3)
    factory.run()

    given = [factory.appointment_of(life) for life in lives]
    assert len({one.family for one in given}) == 1
    assert {one.family_size for one in given} == {3}
    moments = sorted((one.period.lower, one.period.upper) for one in given)
    assert [ends for _starts, ends in moments[:-1]] == [starts for starts, _ends in moments[1:]]


def test_a_family_that_does_not_fit_waits_whole(shut_places):
    factory.open_once(shut_places.here, seats=2)
    lives = factory.family(3)
    alone = factory.cleared()
    factory.run()

    assert [factory.appointment_of(life) for life in lives] == [None] * 3
    assert factory.appointment_of(alone) is not None
    assert sorted(outcomes()) == ["family_does_not_fit"] * 3 + ["seat"]


@pytest.mark.parametrize("when", ["before", "after", "ended"])
def test_a_couple_linked_before_both_rights_comes_together(shut_places, move_clock, when):
    between = clock.now() - timedelta(days=2)
    one = Life(filed_at=clock.now() - timedelta(days=3))
    two = Life(filed_at=clock.now() - timedelta(days=1))
    linked(one.applicant, one.dossier, two.applicant, two.dossier)
    if when != "after":
        move_clock(timedelta(hours=1))
    lives = [factory.clear(one), factory.cleared(filed_at=between), factory.clear(two)]
    if when == "ended":
        ended(two.applicant, two.dossier)
    factory.open_once(shut_places.here, seats=4)
    factory.run()

    given = [factory.appointment_of(life) for life in lives]
    starts = [one.starts_at for one in given]
    assert replay() == []
    if when == "before":
        assert given[0].family == given[2].family is not None
        assert starts[1] < starts[0] < starts[2]
        assert given[0].period.upper == starts[2]
    else:
        assert {one.family for one in given} == {None}
        assert starts == sorted(starts)


def test_a_run_from_before_couples_is_replayed_the_same(shut_places):
    factory.open_once(shut_places.here, seats=3)
    factory.family(2)
    factory.run()
    run = IssueRun.objects.get()

    run.rule_version = "2027-01"

    assert replay(run) == []


def test_blocked_half_days_are_read_and_named(shut_places):
    factory.open_once(shut_places.here, seats=1, in_days=14)
    life = factory.cleared()
    day = (clock.today() + timedelta(days=14)).isoformat()
    with acting_for(life.applicant):
        Preference.objects.create(
            dossier=life.dossier,
            applicant=life.applicant,
            person_id=life.dossier.person_id,
            prefecture_code="75",
            blocked=[f"{day}/am"],
            changed_at=clock.now(),
        )
    factory.run()

    assert outcomes() == ["blocked_days"]


def test_who_is_expected_elsewhere_does_not_break_the_run(shut_places):
    factory.open_once(shut_places.here, seats=2)
    factory.open_once(shut_places.elsewhere, seats=1)
    first = factory.cleared(office="34", commune="34172")
    second = factory.cleared(person=first.dossier.person, filed_at=clock.now() - timedelta(days=2))
    third = factory.cleared()
    factory.run("34")
    factory.run()

    found = {one.clearance_id: one.outcome for one in decisions()}
    assert found[second.clearance.pk] == IssueOutcome.ELSEWHERE
    assert found[third.clearance.pk] == IssueOutcome.SEAT
    with second.desk():
        assert not Letter.objects.filter(
            dossier_id=second.dossier.pk, kind="appointment_notice"
        ).exists()
    assert list(replay()) == []


def replay(run=None):
    run = run or IssueRun.objects.filter(prefecture_code="75").order_by("-started_at", "pk")[0]
    with factory.issuer():
        return list(replaying.differences(run))


def test_a_run_is_replayed_from_its_rows_alone(shut_places):
    factory.open_once(shut_places.here, seats=3)
    factory.family(2)
    factory.agreed_urgent(factory.cleared())
    factory.cleared()
    factory.run()

    assert replay() == []
    factory.open_once(shut_places.here, seats=3, in_days=21)  # the tables go on, the run stays
    factory.run()
    assert replay(IssueRun.objects.get(previous_digest="")) == []


def test_a_replay_says_exactly_what_was_tampered_with(shut_places, owner):
    factory.open_once(shut_places.here, seats=1)
    for _one in range(2):
        factory.cleared()
    factory.run()
    run = IssueRun.objects.get()
    forged = replaying.differences
    run.seed = "another"

    with factory.issuer():
        said = list(forged(run))
    assert said == [] or all(line.startswith("rank ") for line in said)
    run.refresh_from_db()
    run.rule_version = "1999-01"
    with factory.issuer():
        assert list(forged(run)) == ["rules: made by 1999-01, replayed by 2027-02"]
        run.refresh_from_db()
        run.inputs.packed = zlib.compress(
            zlib.decompress(bytes(run.inputs.packed)).replace(b"collection", b"biometrics", 2)
        )
        first, *others = forged(run)
    assert first == "inputs: not those that the run sealed"
    assert others
    assert others[0].startswith("rank 1: replayed (1, ")


def test_the_command_replays_and_verifies(shut_places, capsys):
    factory.open_once(shut_places.here, seats=1)
    factory.cleared()
    factory.cleared()
    factory.run()
    run = IssueRun.objects.get()
    with pytest.raises(CommandError, match="PORTAL_ROLE=issuer"):
        call_command("appointments", "replay", str(run.pk))

    with factory.role("issuer"):
        call_command("appointments", "replay", str(run.pk))
        call_command("appointments", "verify", "75")

    assert capsys.readouterr().out == "identique\nidentique\n"


def test_the_chain_of_runs_and_decisions_is_followed(shut_places):
    factory.open_once(shut_places.here, seats=1)
    for _one in range(2):
        factory.cleared()
    for _time in range(3):
        factory.run()

    with factory.issuer():
        assert list(replaying.broken_links("75")) == []


def test_a_seed_is_drawn_before_anybody_knows_who_waits(shut_places):
    factory.open_once(shut_places.here, seats=1)
    factory.cleared()
    factory.cleared()
    for _time in range(2):
        factory.run()

    first = IssueRun.objects.get(previous_digest="")
    second = IssueRun.objects.get(previous_digest=first.digest)
    assert first.next_seed_digest == replaying.sealed(second.seed)
    with factory.issuer():
        assert DrawnSeed.objects.count() == 2
        assert RunInputs.objects.count() == 2


def test_the_lines_of_a_run_are_one_whole_chain(places):
    lives = [factory.cleared() for _one in range(3)]
    factory.run()

    lines = JournalLine.objects.filter(act="appointment.issue").order_by("position")
    assert [line.position for line in lines] == [1, 2, 3]
    assert len({line.chain for line in lines}) == 1
    assert lines[0].chain == f"run:{IssueRun.objects.get().pk}"
    assert journal.broken_at(lines[0].chain) is None
    assert all(journal.broken_at(str(life.dossier.pk)) is None for life in lives)


def test_a_run_costs_the_same_number_of_statements_for_many(shut_places):
    factory.open_once(shut_places.here, seats=12)
    counts = []
    for people in (1, 1, 6):
        for _one in range(people):
            factory.cleared()
        with factory.issuer() as act, CaptureQueriesContext(connection) as statements:
            issuing.issue("75", at=act.now)
        counts.append(len(statements))

    # the first run of an office finds no seed drawn before
    assert counts[1] == counts[2] == counts[0] + 1


# what is learned from those who stay away


def test_a_rate_is_the_prior_until_there_is_something_to_learn():
    assert learning.learned_rate(0, 0) == pytest.approx(0.08)
    assert learning.learned_rate(40, 10) == pytest.approx(0.14)
    assert learning.learned_rate(880, 120) == pytest.approx(0.118, abs=0.001)


def test_rates_are_learned_once_a_day_and_dated(places, move_clock):
    life = factory.appointed()
    assert queries.no_show_rate("75", "collection") == 0.08
    move_clock(life.appointment.ends_at - clock.now() + timedelta(hours=3))
    factory.run()
    with factory.issuer() as act:
        assert learning.learn("75", at=act.now) == 2
        learning.learn("75", at=act.now)

    assert NoShowRate.objects.count() == 2
    assert queries.no_show_rate("75", "collection") == pytest.approx(5 / 51)
    assert queries.no_show_rate("75", "biometrics") == 0.08
    assert queries.no_show_rate("34", "collection") == 0.08


def test_nothing_is_given_above_what_was_learned(shut_places):
    factory.open_once(shut_places.here, seats=3)
    lives = [factory.cleared() for _one in range(4)]
    factory.open_calendar()
    slot = factory.slots()[0]
    with factory.issuer():
        Seat.objects.create(slot=slot, number=2, kind="overbook")
    factory.run()

    given = [factory.appointment_of(life) for life in lives]
    assert given.count(None) == 1
    assert {one.seat_number for one in given if one} == {1}
    with factory.issuer():
        assert Appointment.objects.filter(state=AppointmentState.ISSUED).count() == 3
