"""An agent types for a person, on one draft, until the help ends; the database holds it."""

import datetime as dt
import threading

import pytest
from django.db import connection

from dossiers.enums import AssistanceEnd
from dossiers.models import AssistedSession, Dossier, Submission
from dossiers.services.assisting import end_session, enrol, recognise
from dossiers.services.drafting import Typed, discard_draft, save_answers
from portal.accounts.api import set_contacts
from portal.core import journal
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from tests.factories.accounts import UserFactory, as_worker
from tests.factories.assistance import (
    assisting,
    filed_at_counter,
    opened,
    recognised,
    vouched,
)
from tests.factories.dossiers import draft, file_now, filed

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(db):
    """Somebody at the counter of Lyon."""
    return UserFactory(counter_agent=True)


def test_a_draft_begun_online_is_filed_at_the_counter_once(agent, applicant):
    dossier = draft(applicant, evidence=True)
    session = opened(agent, applicant)

    submission = filed_at_counter(agent, session)

    assert session.dossier_id == dossier.pk
    assert (submission.channel, submission.typed_by_id) == ("counter", agent.pk)
    with acting(applicant.pk):
        kept = Dossier.objects.get(pk=dossier.pk)
        line = TimelineLine.objects.get(kind="dossier_filed_at_counter")
        assert kept.filed_at == submission.filed_at
        assert (line.by_role, line.office) == ("counter_agent", "Préfecture du Rhône")
        assert Submission.objects.count() == 1
        assert Letter.objects.get(kind="filing_receipt").context["at_counter"] is True
        ended = AssistedSession.objects.get()
        assert (ended.ended_why, ended.filed_number) == ("filed", kept.number)


def test_filing_again_gives_one_submission(agent, applicant):
    draft(applicant, evidence=True)
    session = opened(agent, applicant)
    first = filed_at_counter(agent, session)

    again = file_now(first.dossier, applicant)

    assert again.pk == first.pk


def test_somebody_without_an_account_gets_one_and_a_draft(agent):
    with acting_for(agent):
        found = enrol(agent=agent, email="Nouvelle@Exemple.FR", language="ar").identification
    with acting_for(agent):
        person = type(agent).objects.get(email="nouvelle@exemple.fr")

    session = opened(agent, person, identification=found)

    assert (person.kind, person.language, person.has_usable_password()) == (
        "applicant",
        "ar",
        False,
    )
    with acting(person.pk):
        assert Dossier.objects.get().pk == session.dossier_id
        mails = OutgoingMail.objects.order_by("created_at", "pk")
        assert len(mails) == 2


def test_an_unknown_account_and_a_wrong_date_read_the_same(agent, applicant):
    draft(applicant)
    stranger = UserFactory()

    wrong = recognised(agent, applicant, born="1990-01-01")
    unknown = recognised(agent, stranger)

    assert (wrong.identification, unknown.identification) == (None, None)
    assert wrong.sentence == unknown.sentence


def test_an_account_is_found_by_the_foreigner_number_until_two_give_it(agent, applicant):
    def ask():
        with acting_for(agent):
            return recognise(
                agent=agent,
                email="",
                foreigner_number="9900000001",
                birth_date=dt.date(1999, 5, 4),
            ).identification

    before = ask()
    filed(applicant)
    found = ask()
    filed(UserFactory())

    assert before is None
    assert found is not None
    assert ask() is None


def test_ten_failures_in_an_hour_stop_the_eleventh_even_when_it_is_right(agent, applicant):
    draft(applicant)
    for _ in range(10):
        recognised(agent, applicant, born="1990-01-01")

    refused = recognised(agent, applicant)

    assert refused.identification is None
    assert "Attendez une heure" in str(refused.sentence)
    assert recognised(UserFactory(counter_agent=True), applicant).identification is not None


def test_an_account_that_holds_a_dossier_is_never_given_by_its_address(agent, applicant):
    draft(applicant)

    with acting_for(agent):
        refused = enrol(agent=agent, email=applicant.email, language="fr")

    assert refused.identification is None
    assert vouched(agent, UserFactory()) is not None


def test_the_agent_sees_this_draft_alone_and_only_in_the_counters_scope(agent, applicant):
    mine, other = draft(applicant, evidence=True), draft(applicant, "duplicate")
    stranger = draft(UserFactory(), evidence=True)

    opened(agent, applicant)

    with assisting(agent):
        assert list(Dossier.objects.values_list("pk", flat=True)) == [mine.pk]
    with acting_for(agent):
        assert not Dossier.objects.exists()
    with assisting(UserFactory(counter_agent=True)):
        assert not Dossier.objects.exists()
    assert other.pk != stranger.pk


def test_the_help_ends_with_its_time(agent, applicant, move_clock):
    draft(applicant)
    opened(agent, applicant)

    move_clock(dt.timedelta(hours=2))

    with assisting(agent):
        assert not Dossier.objects.exists()


def test_the_help_ends_with_the_post(agent, applicant):
    draft(applicant)
    opened(agent, applicant)

    with as_worker():
        agent.posts.update(ends_on=dt.date(2021, 1, 1))

    with assisting(type(agent).objects.get(pk=agent.pk)):
        assert not Dossier.objects.exists()


@pytest.mark.parametrize("why", [AssistanceEnd.PERSON, AssistanceEnd.AGENT])
def test_either_ends_the_help_and_the_draft_stays(agent, applicant, why):
    dossier = draft(applicant)
    opened(agent, applicant)
    door = acting(applicant.pk) if why == AssistanceEnd.PERSON else assisting(agent)

    with door as act:
        end_session(dossier_id=dossier.pk, applicant=applicant, why=why, at=act.now)

    with assisting(agent):
        assert not Dossier.objects.exists()
        assert AssistedSession.objects.get().ended_why == why
    with acting(applicant.pk):
        assert Dossier.objects.get().is_draft
        assert "help_ended" in TimelineLine.objects.values_list("kind", flat=True)


def test_a_person_who_files_or_discards_meanwhile_ends_the_help(agent, applicant):
    dossier = draft(applicant, evidence=True)
    opened(agent, applicant)
    file_now(dossier, applicant)
    second = draft(applicant, "duplicate")
    opened(agent, applicant, code="duplicate")

    with acting(applicant.pk) as act:
        discard_draft(dossier_id=second.pk, applicant=applicant, at=act.now)

    with acting_for(agent):
        ends = AssistedSession.objects.order_by("opened_at", "dossier_id")
        assert sorted(end.ended_why for end in ends) == ["discarded", "filed"]
        assert {end.filed_number for end in ends} == {""}
    with acting(applicant.pk):
        assert Submission.objects.get().channel == "online"


def test_one_agent_helps_one_person_and_one_draft_has_one_agent(agent, applicant):
    draft(applicant)
    other = UserFactory()
    draft(other)
    opened(agent, applicant)

    with pytest.raises(DomainRefusal, match="Vous aidez déjà une personne"):
        opened(agent, other)
    with pytest.raises(DomainRefusal, match="Un autre agent remplit déjà"):
        opened(UserFactory(counter_agent=True), applicant)


def test_an_expired_help_bars_nobody(agent, applicant, move_clock):
    draft(applicant)
    opened(agent, applicant)
    move_clock(dt.timedelta(hours=3))

    session = opened(UserFactory(counter_agent=True), applicant)

    assert session.dossier_id
    with acting_for(agent):
        assert AssistedSession.objects.get().ended_why == "expired"


def test_an_old_identification_opens_nothing_and_none_serves_twice(agent, applicant, move_clock):
    draft(applicant)
    old = recognised(agent, applicant).identification
    move_clock(dt.timedelta(minutes=31))

    with pytest.raises(DomainRefusal, match="plus de trente minutes"):
        opened(agent, applicant, identification=old)


def test_an_agent_close_to_the_person_neither_opens_nor_files(agent, applicant):
    dossier = draft(applicant, evidence=True)
    near = UserFactory(counter_agent=True)
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(near, at=act.now, emails=[applicant.email])
        set_contacts(agent, at=act.now, phones=["06 00 00 00 00"])

    with pytest.raises(DomainRefusal, match="un autre agent doit l’aider"):
        opened(near, applicant)
    session = opened(agent, applicant)
    with pytest.raises(DomainRefusal, match="un autre agent doit l’aider"):
        filed_at_counter(agent, session)
    with acting(applicant.pk):
        assert Dossier.objects.get(pk=dossier.pk).is_draft


def test_both_may_type_on_the_same_draft(agent, applicant):
    dossier = draft(applicant)
    opened(agent, applicant)
    for who in (assisting(agent), acting(applicant.pk)):
        with who as act:
            save_answers(
                dossier_id=dossier.pk,
                applicant=applicant,
                typed={"usage_name": Typed(value=str(act.actor_id))},
                at=act.now,
            )

    with acting(applicant.pk):
        assert Dossier.objects.get().answers["usage_name"] == str(applicant.pk)


def test_each_act_is_a_line_with_the_agent_and_no_answer(agent, applicant, owner):
    draft(applicant, evidence=True)
    session = opened(agent, applicant)
    filed_at_counter(agent, session)

    with acting(None, scope="system"):
        lines = list(JournalLine.objects.filter(actor_id=agent.pk).order_by("chain", "position"))

    acts = {line.act for line in lines}
    assert {"assistance.identified", "assistance.opened", "dossier.filed", "assistance.ended"} <= (
        acts
    )
    assert applicant.email not in str([line.facts for line in lines])
    assert journal.broken_at(lines[0].chain) is None


def at_once(*acts):
    """Run each in its own connection at the same moment; what each gave, or its refusal."""
    results, start = [], threading.Barrier(len(acts))

    def press(act):
        start.wait(30)
        try:
            results.append(act())
        except (DomainRefusal, Dossier.DoesNotExist, Submission.DoesNotExist) as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_once_open_one_help():
    person, first, second = UserFactory(), *(UserFactory(counter_agent=True) for _ in range(2))
    draft(person)

    results = at_once(lambda: opened(first, person), lambda: opened(second, person))

    refused = [one for one in results if isinstance(one, DomainRefusal)]
    assert [type(one) for one in results if one not in refused] == [AssistedSession]
    assert "Un autre agent remplit déjà" in str(refused[0])


@pytest.mark.django_db(transaction=True)
def test_agent_and_person_at_once_file_one_submission():
    person, agent = UserFactory(), UserFactory(counter_agent=True)
    dossier = draft(person, evidence=True, commune="75115", postcode="75015")
    session = opened(agent, person)

    results = at_once(
        lambda: filed_at_counter(agent, session),
        lambda: filed_at_counter(agent, session),
        lambda: file_now(dossier, person),
    )

    assert len(results) == 3
    with acting(person.pk):
        assert Submission.objects.count() == 1
        assert TimelineLine.objects.filter(kind__startswith="dossier_filed").count() == 1
    with acting_for(agent):
        assert AssistedSession.objects.get().ended_why == "filed"
