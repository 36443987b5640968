"""Raw SQL at the insider's door: what the database refuses whoever writes the statement."""

import contextlib
import datetime as dt
import uuid

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dossiers.models import AssistedSession
from portal.core.door import acting, acting_for
from tests.factories.accounts import UserFactory
from tests.factories.assistance import assisting, filed_at_counter, opened, recognised, vouched
from tests.factories.dossiers import draft, filed

pytestmark = pytest.mark.django_db
TABLES = {
    "dossiers_dossier": "id",
    "dossiers_evidence": "dossier_id",
    "vault_storedfile": "subject_id",
    "correspondence_timelineline": "dossier_id",
}


@pytest.fixture
def agent(db):
    return UserFactory(counter_agent=True)


def run(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else cursor.rowcount


@contextlib.contextmanager
def refused(name="", error=DatabaseError):
    with pytest.raises(error) as caught, transaction.atomic():
        yield
    said = f"{getattr(caught.value.__cause__.diag, 'constraint_name', '')} {caught.value}"
    assert name in said


def insert(agent, person, dossier_id, identification, **facts):
    """A session written by hand."""
    now = run("select portal_now()")[0][0]
    row = {
        "id": uuid.uuid4(),
        "dossier_id": dossier_id,
        "applicant_id": person.pk,
        "agent_id": agent.pk,
        "prefecture_code": "69",
        "identification_id": identification,
        "reason": "no_device",
        "reason_text": "",
        "consent": "paper",
        "opened_at": now,
        "until": now + dt.timedelta(hours=1),
        "ended_why": "",
        "filed_number": "",
    } | facts
    names, marks = ", ".join(row), ", ".join(["%s"] * len(row))
    return run(
        f"insert into dossiers_assistedsession ({names}) values ({marks})", list(row.values())
    )


def test_no_page_writes_an_identification(agent, applicant):
    with acting_for(agent), refused("permission denied"):
        run(
            "insert into dossiers_assistedidentification (id, agent_id, applicant_id, at)"
            " values (gen_random_uuid(), %s, %s, portal_now())",
            [agent.pk, applicant.pk],
        )


@pytest.mark.parametrize("role", ["reviewer", "signatory", "supervisor"])
def test_only_an_agent_of_a_counter_recognises_anybody(applicant, role):
    draft(applicant)

    with refused("only an agent of a counter"):
        recognised(UserFactory(**{role: True}), applicant)


def test_a_session_needs_an_identification_of_that_person_by_that_agent(agent, applicant):
    mine, other = draft(applicant), UserFactory()
    theirs = draft(other)
    found = recognised(agent, applicant).identification
    failed = recognised(agent, applicant, born="1990-01-01")
    assert failed.identification is None
    attempt = run_as(
        agent, "select id from dossiers_assistedidentification where applicant_id is null"
    )[0][0]

    with acting_for(agent):
        for person, dossier, identification in (
            (applicant, mine, uuid.uuid4()),
            (applicant, mine, attempt),
            (other, theirs, found),
        ):
            with refused("an_assistance_follows_an_identification"):
                insert(agent, person, dossier.pk, identification)


def run_as(agent, sql):
    with acting_for(agent):
        return run(sql)


def test_a_session_is_on_the_persons_own_draft(agent, applicant):
    theirs, done = draft(UserFactory()), filed(applicant)
    found = recognised(agent, applicant).identification

    with acting_for(agent):
        with refused("an_assistance_is_on_a_draft"):
            insert(agent, applicant, done.pk, found)
        with refused("an_assistance_is_on_the_persons_own_dossier", IntegrityError):
            insert(agent, applicant, theirs.pk, found)
            run("set constraints all immediate")


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        ({"prefecture_code": "75"}, "row-level security"),
        ({"reason": "bored"}, "an_assistance_says_why"),
        ({"reason": "other"}, "an_assistance_says_why"),
        ({"consent": "none"}, "a_consent_is_written_or_spoken"),
        ({"until": dt.datetime(2100, 1, 1, tzinfo=dt.UTC)}, "two_hours_at_most"),
        ({"filed_number": "6" * 19}, "only_a_filing_gives_the_agent_a_number"),
    ],
)
def test_a_session_says_what_the_law_asks(agent, applicant, facts, name):
    dossier = draft(applicant)
    found = recognised(agent, applicant).identification
    # the post is elsewhere: neither the trigger nor the policy lets it through
    name = "an_assistance_is_given" if "prefecture_code" in facts else name

    with acting_for(agent), refused(name):
        insert(agent, applicant, dossier.pk, found, **facts)


def test_nobody_writes_a_session_for_another_agent(agent, applicant):
    dossier, other = draft(applicant), UserFactory(counter_agent=True)
    found = recognised(other, applicant).identification

    with acting_for(agent), refused("row-level security"):
        insert(other, applicant, dossier.pk, found)


@pytest.mark.parametrize("column", ["agent_id", "dossier_id", "until", "reason", "opened_at"])
def test_a_session_never_becomes_another(agent, applicant, column):
    draft(applicant)
    session = opened(agent, applicant)
    value = "null" if column.endswith("_id") else f"{column}"
    change = {
        "until": "until + interval '1 minute'",
        "reason": "'disability'",
        "opened_at": "opened_at - interval '1 minute'",
    }.get(column, value)

    with acting_for(agent), refused("is never changed"):
        run(f"update dossiers_assistedsession set {column} = {change} where id = %s", [session.pk])


def test_an_ended_session_is_never_opened_again(agent, applicant):
    draft(applicant, evidence=True)
    session = opened(agent, applicant)
    filed_at_counter(agent, session)

    with acting_for(agent), refused("is never changed"):
        run(
            "update dossiers_assistedsession set ended_at = null, ended_why = '',"
            " filed_number = '' where id = %s",
            [session.pk],
        )
    with acting_for(agent), refused("permission denied"):
        run("delete from dossiers_assistedsession")


def test_two_sessions_are_never_open_at_once(agent, applicant):
    dossier, other = draft(applicant), UserFactory(counter_agent=True)
    opened(agent, applicant)
    found = recognised(other, applicant).identification

    with acting_for(other), refused("one_open_assistance_per_dossier"):
        insert(other, applicant, dossier.pk, found)


@pytest.mark.parametrize("table", TABLES)
def test_row_security_opens_one_dossier_to_one_agent(agent, applicant, table, as_role):
    mine = draft(applicant, evidence=True)
    draft(applicant, "duplicate", evidence=True)
    draft(UserFactory(), evidence=True)
    opened(agent, applicant)
    other = UserFactory(counter_agent=True)
    column = TABLES[table]

    def seen():
        return {row[0] for row in run(f"select {column} from {table}")}

    with assisting(agent):
        assert seen() == {mine.pk}
    with acting_for(agent):
        assert seen() == set()
    with assisting(other):
        assert seen() == set()
    with acting(agent.pk, scope="assisting"):  # no post in any office: nothing opens
        assert seen() == set()
    with assisting(agent), as_role("worker"):
        assert seen() == set()


def test_after_the_filing_the_draft_and_the_files_are_closed(agent, applicant):
    """The case goes to another office: nothing of it is left to whoever typed."""
    draft(applicant, evidence=True, commune="75115", postcode="75015")
    session = opened(agent, applicant)

    filed_at_counter(agent, session)

    with assisting(agent):
        for table, column in TABLES.items():
            assert run(f"select {column} from {table}") == [], table


def test_a_draft_that_ends_takes_the_help_with_it(agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)

    with acting(applicant.pk), refused("no_assistance_outlives_the_draft"):
        run("update dossiers_dossier set withdrawn_at = portal_now() where id = %s", [dossier.pk])
        run("set constraints all immediate")


SUBMISSION = """
insert into dossiers_submission (id, dossier_id, applicant_id, number, answers, evidence,
    sworn_text, channel, typed_by_id, assisted_session_id, language, filed_at)
values (gen_random_uuid(), %s, %s, 1, '{}', '[]', 'Je jure.', %s, %s, %s, 'fr', portal_now())
"""


def test_a_submission_says_who_typed_it(agent, applicant):
    dossier = draft(applicant)
    session = opened(agent, applicant)
    other = UserFactory(counter_agent=True)

    with assisting(agent):
        with refused("a_first_submission_says_who_typed"):
            run(SUBMISSION, [dossier.pk, applicant.pk, "online", None, None])
        with refused("a_first_submission_says_who_typed"):
            run(SUBMISSION, [dossier.pk, applicant.pk, "counter", other.pk, session.pk])
        with refused("a_submission_of_somebody_else_says_who_typed"):
            run(SUBMISSION, [dossier.pk, applicant.pk, "online", agent.pk, session.pk])
    with acting(applicant.pk), refused("a_first_submission_says_who_typed"):
        run(SUBMISSION, [dossier.pk, applicant.pk, "counter", agent.pk, session.pk])


def test_who_typed_is_never_changed(agent, applicant):
    draft(applicant, evidence=True)
    submission = filed_at_counter(agent, opened(agent, applicant))

    with acting(applicant.pk), refused("is never changed"):
        run(
            "update dossiers_submission set channel = 'online', typed_by_id = null,"
            " assisted_session_id = null where id = %s",
            [submission.pk],
        )


def test_an_empty_account_is_vouched_for_and_no_other(agent, applicant):
    empty = vouched(agent, UserFactory())
    assert run_as(
        agent,
        f"select applicant_id is not null from dossiers_assistedidentification"
        f" where id = '{empty}'",
    ) == [(True,)]
    draft(applicant)
    held = vouched(agent, applicant)
    assert run_as(
        agent, f"select applicant_id from dossiers_assistedidentification where id = '{held}'"
    ) == [(None,)]
    assert AssistedSession._meta.db_table == "dossiers_assistedsession"
