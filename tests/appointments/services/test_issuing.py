"""The run: in order, once, all or nothing, and never the same seat to two people."""

import threading
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from appointments import jobs, ordering
from appointments.enums import AppointmentState, IssueOutcome
from appointments.models import Appointment, Clearance, IssueDecision, IssueRun
from appointments.services import issuing
from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence import api as correspondence
from portal.correspondence import rendering
from tests.factories import appointments as factory
from tests.factories.dossiers import filed
from tests.factories.workflows import PARIS_15, Life, applicant


def decisions(office=factory.OFFICE):
    with acting(None, prefectures=[office]):
        return list(IssueDecision.objects.select_related("run").order_by("run", "rank"))


def test_a_run_gives_the_first_seat_ten_days_ahead(places):
    life = factory.cleared()
    report = factory.run()
    given = factory.appointment_of(life)

    assert (report.waiting, report.issued) == (1, 1)
    assert (given.state, given.attempt, given.user_changes) == (AppointmentState.ISSUED, 1, 0)
    assert given.site_id == places.here.site
    assert given.slot_id == factory.slots()[0].pk
    assert given.starts_at >= given.issued_at + timedelta(days=10)
    assert given.person_id == life.dossier.person_id


def test_a_run_writes_the_letter_the_line_the_mail_and_the_journal(places):
    life = factory.appointed()

    with acting(life.applicant.pk):
        letter = correspondence.Letter.objects.get(
            dossier_id=life.dossier.pk, kind="appointment_notice"
        )
        lines = [line.kind for line in correspondence.timeline(life.dossier.pk)]
        mails = correspondence.OutgoingMail.objects.filter(recipient=life.applicant)
        assert "Vous avez un rendez-vous" in mails.values_list("subject", flat=True)
    assert lines[0] == "appointment_issued"
    assert letter.pk == life.appointment.letter_id
    assert letter.context["code"] == life.appointment.code
    with connection.cursor() as cursor:
        cursor.execute(
            "select task_name from procrastinate_jobs where args->>'letter_id' = %s",
            [str(letter.pk)],
        )
        assert cursor.fetchall() == [("correspondence.render_letter",)]
    assert JournalLine.objects.filter(
        act="appointment.issue", subject_id=str(life.appointment.pk)
    ).exists()


def test_the_notice_of_a_child_goes_to_the_adult_who_asks_for_it(places):
    child = {"given_names": "Nour", "guardian_birth_name": "TUTRICE", "authority_basis": "mother"}
    child |= {"guardian_given_names": "Inès", "commune": PARIS_15, "postcode": "75015"}
    dossier = filed(applicant(), "minor-travel-document", **child)
    with acting(dossier.applicant_id):
        dossier.refresh_from_db()
    life = factory.clear(Life(office=dossier.prefecture_code, dossier=dossier))
    factory.run()

    with acting(life.applicant.pk):
        letter = correspondence.Letter.objects.get(dossier_id=dossier.pk, kind="appointment_notice")
    html = rendering.page(letter)
    assert letter.context["recipient_name"] == life.clearance.asked_by == "Inès TUTRICE"
    assert "La pièce d’identité de <bdi>Nour EXEMPLE</bdi>" in html
    assert "Ce rendez-vous est donné pour <bdi>Nour EXEMPLE</bdi>" in html


def test_running_twice_issues_once(places):
    life = factory.appointed()

    assert factory.run().waiting == 0
    with life.desk():
        assert Appointment.objects.count() == 1
    assert IssueRun.objects.count() == 1


def test_scarce_seats_go_in_order_and_the_others_are_told_why(shut_places):
    factory.open_once(shut_places.here, seats=2)
    lives = [factory.cleared() for _one in range(3)]

    assert factory.run().issued == 2

    made = decisions()
    by_filing = sorted(lives, key=lambda life: life.dossier.filed_at)
    assert [one.rank for one in made] == [1, 2, 3]
    assert [one.outcome for one in made] == ["seat", "seat", "no_seat"]
    assert {one.clearance_id for one in made} == {life.clearance.pk for life in lives}
    if len({life.dossier.filed_at for life in lives}) == 3:
        assert [one.clearance_id for one in made] == [life.clearance.pk for life in by_filing]


def test_who_waits_longest_is_first_when_a_seat_opens(shut_places):
    factory.open_once(shut_places.here, seats=1)
    early = factory.cleared(filed_at=clock.now() - timedelta(days=20))
    late = factory.cleared(filed_at=clock.now() - timedelta(days=10))
    factory.run()

    assert factory.appointment_of(late) is None
    factory.open_once(shut_places.here, seats=1, in_days=21)
    factory.run()
    assert factory.appointment_of(late).starts_at > factory.appointment_of(early).starts_at


def test_the_ranks_can_be_replayed_from_what_the_run_kept(shut_places):
    factory.open_once(shut_places.here, seats=3)
    lives = [factory.cleared() for _one in range(3)]
    factory.run()
    made = decisions()

    with acting(None, prefectures=["75"]):
        clearances = list(Clearance.objects.filter(pk__in=[life.clearance.pk for life in lives]))
        waiting = [issuing.queries.as_waiting(one) for one in clearances]
    ranked = ordering.in_order(waiting, today=clock.today(), seed=made[0].run.seed)
    assert [one.waiting.clearance_id for one in ranked] == [str(one.clearance_id) for one in made]


def test_runs_form_one_chain(shut_places):
    factory.open_once(shut_places.here, seats=1)
    for _one in range(2):
        factory.cleared()
    for _time in range(3):
        factory.run()

    first, second, third = IssueRun.objects.order_by("started_at", "waiting", "pk")
    runs = {run.previous_digest: run for run in (first, second, third)}
    chain = [runs[""]]
    while chain[-1].digest in runs:
        chain.append(runs[chain[-1].digest])
    assert len(chain) == 3


def test_a_run_of_one_prefecture_sees_no_other(places):
    factory.cleared()

    assert factory.run("34").waiting == 0


def test_missed_once_waits_behind_and_missed_twice_meets_an_agent(places, move_clock):
    life = factory.appointed()
    first = life.appointment
    for expected in (AppointmentState.ISSUED, AppointmentState.MISSED):
        move_clock(factory.appointment_of(life).ends_at - clock.now() + timedelta(hours=3))
        factory.run()
        assert factory.appointment_of(life).state == expected

    assert factory.appointment_of(life).attempt == 2
    assert decisions()[-1].outcome in {IssueOutcome.MISSED_TWICE, IssueOutcome.SEAT}
    assert {one.outcome for one in decisions()} == {"seat", "missed_twice"}
    with life.desk():
        assert Appointment.objects.get(pk=first.pk).state == AppointmentState.MISSED


def test_the_job_and_the_command_need_the_issuing_role(places):
    with pytest.raises(CommandError, match="PORTAL_ROLE=issuer"):
        call_command("issue_appointments")


def test_the_command_runs_every_prefecture_with_a_calendar(places, capsys):
    life = factory.cleared()

    with factory.role("issuer"):
        call_command("issue_appointments")

    assert capsys.readouterr().out == "75: 1 given, 1 waiting\n"
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_the_job_issues_for_its_prefecture(places):
    life = factory.cleared()

    with factory.role("issuer"):
        jobs.issue(prefecture_code="75")
        jobs.issue(prefecture_code="75")

    assert factory.appointment_of(life).attempt == 1


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_the_same_moment_never_give_twice(shut_places):
    factory.open_once(shut_places.here, seats=4)
    lives = [factory.cleared() for _one in range(5)]
    start, reports, failures = threading.Barrier(2), [], []

    def work():
        try:
            start.wait(10)
            reports.append(factory.run())
        except Exception as error:  # noqa: BLE001 -- a thread's failure must reach the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _one in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert sum(report.issued for report in reports) == 4
    with acting(None, prefectures=["75"]):
        given = list(Appointment.objects.order_by("pk"))
    assert len({(one.slot_id, one.seat_number) for one in given}) == len(given) == 4
    assert len({one.dossier_id for one in given}) == 4
    assert len(lives) == 5
