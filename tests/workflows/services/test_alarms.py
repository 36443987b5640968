"""A day that is near alarms once, one mail a day says how many, and somebody sees it."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.api import OutgoingMail
from tests.factories.workflows import Life, agent
from workflows.models import Alarm, AlarmDigest
from workflows.queries.alarms import offices_with_alarms, open_alarms
from workflows.services import alarms

pytestmark = pytest.mark.django_db


def raised(as_role, *, days):
    with as_role("worker"), acting(None, scope="system") as act:
        return alarms.raise_near(at=act.now + dt.timedelta(days=days))


@pytest.mark.parametrize(("days", "number"), [(86, 0), (87, 1), (120, 1)])
def test_a_case_alarms_from_three_days_before(as_role, days, number):
    Life().acknowledged()

    assert raised(as_role, days=days) == number
    assert raised(as_role, days=days) == 0


def test_the_turn_of_the_person_and_the_end_alarm_nobody(as_role):
    Life().completion_asked(days=30)
    Life().acknowledged().proposed("refuse").signed()

    assert raised(as_role, days=200) == 0


def test_an_alarm_names_the_case_its_rule_and_its_office(as_role):
    life = Life(office="34", commune="34172").acknowledged()
    raised(as_role, days=88)

    with life.desk():
        alarm = Alarm.objects.get()

    case = life.case
    assert (alarm.case_id, alarm.rule, alarm.due_on) == (life.id, case.due_rule, case.due_on)
    assert (alarm.prefecture_code, alarm.dossier_id) == ("34", life.dossier.pk)


def test_a_day_that_moved_makes_the_alarm_void(as_role):
    life = Life().acknowledged()
    raised(as_role, days=88)
    with life.desk():
        assert open_alarms().count() == 1

    life.completion_asked(days=30)

    with life.desk():
        assert open_alarms().count() == 0


def digest(as_role, life):
    with as_role("worker"), acting(None, scope="system") as act:
        return alarms.write_digest(prefecture_code=life.office, legal_day=clock.legal_day(act.now))


def test_each_supervisor_of_the_office_gets_one_mail_a_day_without_a_name(as_role):
    life, other = Life().acknowledged(), Life().acknowledged()
    stranger = agent(Role.SUPERVISOR.value, office="34")
    raised(as_role, days=88)

    assert digest(as_role, life) == 2
    assert digest(as_role, life) == 0

    with as_role("worker"), acting(None, scope="system"):
        mails = list(OutgoingMail.objects.filter(subject="Des dossiers arrivent à échéance"))
        assert AlarmDigest.objects.get().number == 2
    assert {mail.to for mail in mails} == {life.supervisor.email, other.supervisor.email}
    assert stranger.email not in {mail.to for mail in mails}
    for mail in mails:
        assert "2 dossiers arrivent à échéance." in mail.body
        assert "/agent/pilotage/" in mail.body
        assert life.case.holder_name not in mail.body
        assert life.dossier.number not in mail.body


def test_an_office_without_alarm_is_not_written_to(as_role):
    assert digest(as_role, Life().acknowledged()) == 0
    with as_role("worker"), acting(None, scope="system"):
        assert offices_with_alarms() == []
        assert not AlarmDigest.objects.exists()


def see(life, person):
    with acting_for(person) as act:
        return alarms.see(alarm_id=Alarm.objects.get().pk, actor=person, at=act.now)


def test_the_first_supervisor_who_sees_it_is_kept(as_role):
    life, second = Life().acknowledged(), agent(Role.SUPERVISOR.value)
    raised(as_role, days=88)

    see(life, life.supervisor)
    alarm = see(life, second)

    assert alarm.seen_by_id == life.supervisor.pk
    assert JournalLine.objects.filter(act="alarm.seen").count() == 1
    with life.desk():
        assert open_alarms().count() == 0


def test_a_reviewer_sees_no_alarm_in_the_supervisors_place(as_role):
    life = Life().acknowledged()
    raised(as_role, days=88)

    with pytest.raises(PermissionDenied):
        see(life, life.reviewer)


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("update workflows_alarm set due_on = due_on + 1", "is never changed"),
        ("update workflows_alarm set seen_at = now()", "an_alarm_that_was_seen_says_by_whom"),
        ("insert into workflows_alarm select * from workflows_alarm", "permission denied"),
        ("delete from workflows_alarm", "permission denied"),
        ("update workflows_case set due_rule = ''", "a_due_date_says_its_rule"),
        ("update workflows_case set due_on = null", "a_due_date_says_its_rule"),
    ],
)
def test_the_database_keeps_alarms_and_due_dates(as_role, statement, why):
    life = Life().acknowledged()
    raised(as_role, days=88)

    with (
        pytest.raises((DatabaseError, IntegrityError), match=why),
        life.desk(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
