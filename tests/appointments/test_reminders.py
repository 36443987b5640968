"""Told again before the visit, once each time; and what reached nobody is never a missed visit."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.urls import reverse

from appointments import queries
from appointments.models import Appointment, Reminder, UndeliveredNotice
from appointments.queries.delivery import midnight_after
from appointments.services import changing, reaching, reminding
from portal.accounts.models import User
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.models import OutgoingMail, TimelineLine
from tests.factories import appointments as factory
from tests.factories.workflows import agent

REMINDERS = {"appointment_reminded", "appointment_reminded_last"}


@pytest.fixture
def life(shut_places):
    """Somebody expected in twenty days."""
    factory.open_once(shut_places.here, seats=3, in_days=20)
    return factory.appointed()


@pytest.fixture
def days_before(move_clock):
    """Move the clock to the morning of a legal day before an appointment."""

    def go(appointment, days):
        day = midnight_after(appointment.starts_at, -1 - days)
        move_clock(day + timedelta(hours=7) - clock.now())

    return go


def as_the_job(service):
    with acting(None, scope="system") as act, factory.role("worker"):
        return service(at=act.now)


def told(life):
    with acting_for(life.applicant):
        lines = TimelineLine.objects.filter(dossier_id=life.dossier.pk, kind__in=REMINDERS)
        return list(lines.order_by("at", "id").values_list("kind", flat=True))


def mails(life):
    with acting(None, scope="system"), factory.role("worker"):
        return list(
            OutgoingMail.objects.filter(recipient=life.applicant).order_by("created_at", "pk")
        )


def every_mail(life, **facts):
    with acting(None, scope="system"), factory.role("worker"):
        OutgoingMail.objects.filter(recipient=life.applicant).update(**facts)


def test_ten_and_two_days_before_once_each(life, days_before):
    for days, expected in ((11, 0), (10, 1), (9, 0), (2, 1), (1, 0)):
        days_before(life.appointment, days)
        assert [as_the_job(reminding.remind) for _twice in range(2)] == [expected, 0]

    assert told(life) == ["appointment_reminded", "appointment_reminded_last"]
    subjects = [mail.subject for mail in mails(life)]
    assert subjects.count("Votre rendez-vous approche") == 1
    assert subjects.count("Votre rendez-vous est tout proche") == 1
    lines = JournalLine.objects.filter(act="appointment.remind").order_by("id")
    assert [line.facts["kind"] for line in lines] == ["ten_days", "two_days"]


def test_a_day_without_the_job_is_caught_up_without_two_messages(life, days_before):
    days_before(life.appointment, 7)
    assert as_the_job(reminding.remind) == 1
    days_before(life.appointment, 1)
    assert as_the_job(reminding.remind) == 1

    assert told(life) == ["appointment_reminded", "appointment_reminded_last"]


def test_a_fresh_notice_is_not_said_again(shut_places, days_before):
    factory.open_once(shut_places.here, seats=1, in_days=12)
    life = factory.appointed()
    for days in (10, 9, 5):
        days_before(life.appointment, days)
        assert as_the_job(reminding.remind) == 0

    days_before(life.appointment, 2)
    assert as_the_job(reminding.remind) == 1


def test_what_was_given_back_is_not_reminded(life, days_before):
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    days_before(life.appointment, 10)

    assert as_the_job(reminding.remind) == 0


def test_the_reminder_speaks_the_persons_language(life, days_before):
    with acting_for(life.applicant):
        User.objects.filter(pk=life.applicant.pk).update(language="en")
    days_before(life.appointment, 10)
    as_the_job(reminding.remind)

    written = mails(life)[-1]
    assert "/mon-espace/" in written.body
    assert "Bonjour" not in written.body


def test_another_channel_may_be_declared(life, days_before, monkeypatch):
    sent = []
    monkeypatch.setattr(reminding, "_channels", [])
    reminding.declare_channel(
        reminding.Channel(
            reminding.ReminderChannel.TEXT,
            reaches=lambda appointment: True,
            send=lambda appointment, kind: sent.append((appointment.pk, kind)),
        )
    )
    days_before(life.appointment, 10)
    as_the_job(reminding.remind)

    assert sent == [(life.appointment.pk, "ten_days")]
    with life.desk():
        assert Reminder.objects.get().channel == "text"


def reminder(life, **facts):
    given = life.appointment
    said = {
        "appointment_id": given.pk,
        "dossier_id": given.dossier_id,
        "applicant_id": given.applicant_id,
        "prefecture_code": given.prefecture_code,
        "site_id": given.site_id,
        "kind": "ten_days",
        "channel": "mail",
        "sent_at": given.issued_at,
    }
    return Reminder(**said | facts)


@pytest.mark.parametrize("name", ["web", "issuer"])
def test_the_worker_alone_writes_reminders_and_nobody_changes_one(life, name):
    with (
        acting(life.reviewer.pk, prefectures=["75"], scope="system"),
        factory.role(name),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        reminder(life).save(force_insert=True)
    with acting(None, scope="system"), factory.role("worker"):
        reminder(life).save(force_insert=True)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            reminder(life).save(force_insert=True)
        assert named(caught) == "an_appointment_is_reminded_once_of_each_kind"
        lie = reminder(life, kind="two_days", applicant_id=life.reviewer.pk)
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            lie.save(force_insert=True)
        assert named(caught) == "a_reminder_is_of_the_person_of_its_appointment"


def named(caught):
    return caught.value.__cause__.diag.constraint_name


# An undelivered notice is not a no-show


@pytest.fixture
def unreached(life, days_before):
    """Every mail failed; a week is left."""
    every_mail(life, state="failed")
    days_before(life.appointment, 7)
    return life


def test_a_notice_that_reached_nobody_is_found_and_told_once(unreached):
    life, second = unreached, agent("supervisor")

    assert [as_the_job(reaching.find_undelivered) for _twice in range(2)] == [1, 0]

    with acting(None, scope="system"), factory.role("worker"):
        told = OutgoingMail.objects.filter(subject="Des convocations ne sont pas arrivées")
        assert set(told.values_list("recipient", flat=True)) == {life.supervisor.pk, second.pk}
    assert JournalLine.objects.filter(act="appointment.undelivered").count() == 1
    with factory.issuer():
        assert queries.undelivered([life.appointment.pk]) == {life.appointment.pk}


def test_it_stands_when_nobody_came_and_the_past_is_not_rewritten(unreached, at_the_visit):
    as_the_job(reaching.find_undelivered)
    at_the_visit(unreached.appointment, hours=5)
    factory.run()

    with unreached.desk():
        assert Appointment.objects.get(pk=unreached.appointment.pk).state == "missed"
    with factory.issuer():
        assert queries.undelivered([unreached.appointment.pk]) == {unreached.appointment.pk}
    with acting_for(unreached.supervisor):
        found = UndeliveredNotice.objects.all()
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            found.update(reached_at=clock.now(), reached_by=unreached.supervisor.pk)
        assert named(caught) == "a_person_is_reached_before_the_visit"


def test_who_was_never_told_does_not_read_that_they_stayed_away(unreached, at_the_visit):
    as_the_job(reaching.find_undelivered)
    at_the_visit(unreached.appointment, hours=5)
    factory.run()

    with acting_for(unreached.applicant):
        kinds = set(
            TimelineLine.objects.filter(dossier_id=unreached.dossier.pk).values_list(
                "kind", flat=True
            )
        )
    assert "appointment_unreached" in kinds
    assert "appointment_missed" not in kinds
    subjects = [mail.subject for mail in mails(unreached)]
    assert "Un autre rendez-vous vous sera donné" in subjects
    assert "Votre rendez-vous n’a pas eu lieu" not in subjects


def test_who_was_reached_at_last_and_stayed_away_reads_it(unreached, at_the_visit):
    as_the_job(reaching.find_undelivered)
    with acting_for(unreached.supervisor) as act:
        given = Appointment.objects.get(pk=unreached.appointment.pk)
        reaching.reach(given, user=unreached.supervisor, at=act.now)
    at_the_visit(unreached.appointment, hours=5)
    factory.run()

    with acting_for(unreached.applicant):
        told = TimelineLine.objects.filter(dossier_id=unreached.dossier.pk)
        assert told.filter(kind="appointment_missed").exists()
        assert not told.filter(kind="appointment_unreached").exists()


def confirmed(life):
    with acting_for(life.applicant) as act:
        changing.confirm(life.appointment, user=life.applicant, at=act.now)


def opened(life):
    client = Client()
    client.force_login(life.applicant, backend="portal.accounts.sign_in.DoorBackend")
    client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(reverse("appointments:ics", args=[life.dossier.pk])).status_code == 200


def one_sent(life):
    first = mails(life)[-1].pk
    with acting(None, scope="system"), factory.role("worker"):
        OutgoingMail.objects.filter(pk=first).update(state="sent", sent_at=clock.now())


@pytest.mark.parametrize("known", [confirmed, opened, one_sent])
def test_somebody_who_knows_is_not_to_be_reached(unreached, known):
    known(unreached)

    assert as_the_job(reaching.find_undelivered) == 0


@pytest.mark.parametrize("known", [confirmed, opened, one_sent])
def test_who_knows_at_last_is_reached(unreached, known):
    as_the_job(reaching.find_undelivered)
    known(unreached)
    as_the_job(reaching.find_undelivered)

    with factory.issuer():
        assert queries.undelivered([unreached.appointment.pk]) == frozenset()
    assert JournalLine.objects.filter(act="appointment.reached").count() == 1


def test_a_mail_still_under_way_is_waited_for(life, days_before):
    days_before(life.appointment, 7)
    every_mail(life, state="queued", created_at=clock.now())

    assert as_the_job(reaching.find_undelivered) == 0


def test_a_supervisor_reaches_the_person_otherwise(unreached, at_desk):
    as_the_job(reaching.find_undelivered)
    page = at_desk(unreached.supervisor).get(reverse("desk:to_reach")).text
    address = reverse("desk:reached", args=[unreached.appointment.pk])
    assert unreached.clearance.dossier_number in page
    assert address in page

    away = agent("supervisor", office="34")
    assert (
        unreached.clearance.dossier_number not in at_desk(away).get(reverse("desk:to_reach")).text
    )
    assert at_desk(away).post(address).status_code == 404
    assert at_desk(unreached.reviewer).post(address).status_code == 403
    at_desk(unreached.supervisor).post(address)
    twice = at_desk(unreached.supervisor).post(address, follow=True).text

    assert "n’est plus à joindre" in twice
    with acting_for(unreached.supervisor):
        assert UndeliveredNotice.objects.get().reached_by_id == unreached.supervisor.pk
    assert JournalLine.objects.filter(act="appointment.reached").count() == 1


def test_nobody_says_it_for_another_or_for_themselves(unreached):
    as_the_job(reaching.find_undelivered)
    found, at = UndeliveredNotice.objects.all(), clock.now()

    with acting_for(unreached.supervisor):
        for lie in (unreached.counter.pk, None):
            with pytest.raises(IntegrityError) as caught, transaction.atomic():
                found.update(reached_at=at, reached_by=lie)
            assert named(caught) == "a_person_is_reached_by_who_says_so"
    with acting_for(unreached.applicant):
        assert found.update(reached_at=at) == 0
    with (
        factory.issuer(),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        found.update(reached_at=at)


def test_the_job_costs_the_same_when_nothing_is_to_do(db):
    before = len(connection.queries_log)
    connection.force_debug_cursor = True
    try:
        as_the_job(reminding.remind)
        as_the_job(reaching.find_undelivered)
        assert len(connection.queries_log) - before <= 30
    finally:
        connection.force_debug_cursor = False
