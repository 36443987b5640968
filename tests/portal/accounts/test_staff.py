"""The agents of an office: one account each, absences, skills, and contacts that nobody reads."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, ProgrammingError, transaction

from portal.accounts import staff
from portal.accounts.models import Absence, AgentContact, AgentSkill, User
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from tests.factories.accounts import UserFactory, as_worker

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 2)


def at_the_office(user):
    return acting(user.pk, prefectures=user.prefectures)


def away(user, first, last, boss=None):
    boss = boss or UserFactory(supervisor=True)
    with at_the_office(boss):
        return staff.record_absence(
            user=user, starts_on=first, ends_on=last, actor=boss, day=clock.today()
        )


def keep(user, **contacts):
    with as_worker(), acting(None, scope="system") as act:
        staff.set_contacts(user, at=act.now, **contacts)


def test_an_agent_without_a_staff_number_is_refused():
    with as_worker(), pytest.raises(IntegrityError, match="an_agent_has_a_staff_number"):
        User.objects.create_user("a@exemple.fr", kind="agent", display_name="A")


def test_two_agents_never_share_a_staff_number():
    UserFactory(agent=True, staff_number="7 b")

    with pytest.raises(IntegrityError, match="one_human_has_one_agent_account"):
        UserFactory(agent=True, staff_number="7B")


@pytest.mark.parametrize("number", ["7b", "7 B", "", "7/B"])
def test_a_staff_number_is_written_one_way(number):
    agent = UserFactory(agent=True)

    with (
        as_worker(),
        pytest.raises(IntegrityError, match="a_staff_number_is_written_one_way"),
        transaction.atomic(),
    ):
        User.objects.filter(pk=agent.pk).update(staff_number=number)


def test_no_page_changes_a_staff_number():
    agent = UserFactory(agent=True)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        User.objects.filter(pk=agent.pk).update(staff_number="OTHER")


@pytest.mark.parametrize(
    ("first", "last", "is_away"),
    [(0, 0, True), (-3, 0, True), (0, 3, True), (1, 3, False), (-3, -1, False)],
)
def test_an_absence_covers_its_first_and_its_last_day(first, last, is_away):
    agent, today = UserFactory(reviewer=True), clock.today()
    Absence.objects.create(
        user=agent,
        recorded_by=UserFactory(supervisor=True),
        starts_on=today + timedelta(days=first),
        back_on=today + timedelta(days=last + 1),
    )

    assert staff.reviewers_present("69", today) == ([] if is_away else [agent.pk])


def test_absences_of_one_agent_do_not_overlap():
    agent = UserFactory(reviewer=True)
    away(agent, TODAY, TODAY + timedelta(days=4))

    with pytest.raises(DomainRefusal, match="déjà notée"):
        away(agent, TODAY + timedelta(days=4), TODAY + timedelta(days=9))
    away(agent, TODAY + timedelta(days=5), TODAY + timedelta(days=9))


def test_an_absence_called_off_leaves_its_days_free():
    agent, boss, today = UserFactory(reviewer=True), UserFactory(supervisor=True), clock.today()
    later = today + timedelta(days=10)
    absence = away(agent, later, later, boss)
    with at_the_office(boss):
        for _twice in range(2):
            staff.end_absence(absence=absence, actor=boss, day=today)

    assert JournalLine.objects.filter(act="agent.absence_ended").count() == 1
    assert away(agent, later, later, boss).pk != absence.pk


@pytest.mark.parametrize(
    "who", [{"supervisor": True, "prefecture": "75"}, {"reviewer": True}, {"signatory": True}]
)
def test_only_a_supervisor_of_the_office_notes_an_absence(who):
    agent = UserFactory(reviewer=True)

    with pytest.raises(PermissionDenied):
        away(agent, TODAY, TODAY, UserFactory(**who))


def test_nobody_notes_their_own_absence():
    boss = UserFactory(supervisor=True)

    with pytest.raises(PermissionDenied):
        away(boss, TODAY, TODAY, boss)
    with pytest.raises(IntegrityError, match="nobody_records_their_own_absence"):
        Absence.objects.create(user=boss, recorded_by=boss, starts_on=TODAY, back_on=TODAY)


@pytest.mark.parametrize("column", ["starts_on", "user_id", "recorded_by_id"])
def test_an_absence_is_not_rewritten(column):
    agent, other = UserFactory(reviewer=True), UserFactory(reviewer=True)
    absence = away(agent, TODAY, TODAY)
    value = date(2026, 1, 1) if column == "starts_on" else other.pk

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        Absence.objects.filter(pk=absence.pk).update(**{column: value})


@pytest.mark.parametrize("kind", ["applicant", "editor"])
def test_only_an_agent_is_absent(kind):
    with pytest.raises(IntegrityError, match="an_absence_is_of_an_agent"):
        Absence.objects.create(
            user=UserFactory(**{kind: True}),
            recorded_by=UserFactory(supervisor=True),
            starts_on=TODAY,
            back_on=TODAY,
        )


def test_who_has_a_skill_handles_that_procedure_alone():
    one, all_of_them, today = UserFactory(reviewer=True), UserFactory(reviewer=True), clock.today()
    with as_worker():
        staff.set_skills(one, ["duplicate"], on=today)

    assert staff.reviewers_present("69", today, procedure_code="duplicate") == [
        one.pk,
        all_of_them.pk,
    ]
    assert staff.reviewers_present("69", today, procedure_code="other") == [all_of_them.pk]


def test_skills_given_again_replace_the_former_ones():
    agent, today = UserFactory(reviewer=True), clock.today()
    with as_worker():
        staff.set_skills(agent, ["a", "b"], on=today - timedelta(days=9))
        staff.set_skills(agent, ["b", "c"], on=today)
        staff.set_skills(agent, ["b", "c"], on=today)

    rows = agent.skills.order_by("procedure_code").values_list("procedure_code", "ends_on")
    assert list(rows) == [("a", today - timedelta(days=1)), ("b", None), ("c", None)]


def test_no_page_gives_a_skill_or_a_contact():
    agent = UserFactory(reviewer=True)

    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        AgentSkill.objects.create(user=agent, procedure_code="x", starts_on=TODAY)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        AgentContact.objects.create(user=agent, kind="email", digest="0" * 64)


def test_contacts_are_seen_by_their_agent_alone():
    agent, colleague = UserFactory(reviewer=True), UserFactory(reviewer=True)
    keep(agent, phones=["0612345678"])

    with at_the_office(agent):
        assert len(User.objects.get(pk=agent.pk).contact_keys) == 2
        keys = sorted(agent.contact_keys)
    with at_the_office(colleague):
        assert not AgentContact.objects.exists()
        assert not User.objects.get(pk=agent.pk).contact_keys
        assert staff.agents_sharing(keys[:1]) == {agent.pk}
        assert staff.agents_sharing(["0" * 64]) == frozenset()


def test_a_contact_forgotten_counts_no_more():
    agent = UserFactory(reviewer=True)
    keep(agent, phones=["0612345678"])
    with at_the_office(agent):
        keys = User.objects.get(pk=agent.pk).contact_keys
    keep(agent)

    with at_the_office(agent):
        kept = User.objects.get(pk=agent.pk).contact_keys
    (gone,) = keys - kept
    assert staff.agents_sharing([gone]) == frozenset()
