"""Several people at the same moment, on real connections: one outcome, and words for the others."""

import threading
import uuid
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from appointments.enums import AppointmentState
from appointments.models import Appointment, CheckIn
from appointments.services import checking_in, visiting
from dossiers.models import Dossier, Evidence, Export
from dossiers.models.procedure import published
from dossiers.services import exporting
from dossiers.services.completing import send_completion
from dossiers.services.drafting import Typed, discard_draft, save_answers, start_draft
from dossiers.services.evidence import add_evidence
from dossiers.services.filing import file_dossier
from dossiers.services.withdrawing import withdraw_dossier
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.core.models import JournalLine
from portal.correspondence.models import Letter, OutgoingMail
from portal.vault import antivirus
from portal.vault import api as vault
from portal.vault.models import SecondLook, StoredFile
from tests.factories import appointments as visits
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import STUDENT, draft, give, picture
from tests.factories.vault import judged
from tests.factories.workflows import Life, agent
from workflows.enums import CaseState
from workflows.models import Appeal, AwaitedSupply, Decision, Proposal, Step
from workflows.services import acknowledging, appealing, deciding, requesting

pytestmark = pytest.mark.django_db(transaction=True)
EXPECTED = (DomainRefusal, PermissionDenied)


@pytest.fixture(autouse=True)
def fresh_versions():
    published.cache_clear()


def at_once(*acts):
    """Each act in its own thread and connection; the answers, refusals included, in their order."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            start.wait(timeout=20)
            answers[place] = act()
        except EXPECTED as refusal:
            answers[place] = refusal
        except Exception as failure:  # noqa: BLE001 -- a thread's failure must reach the test
            answers[place] = failure
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    broken = [answer for answer in answers if is_broken(answer)]
    assert not broken, broken
    return answers


def is_broken(answer):
    return isinstance(answer, Exception) and not isinstance(answer, EXPECTED)


def refusals(answers):
    return [answer for answer in answers if isinstance(answer, EXPECTED)]


def as_agent(person, service, **facts):
    """This service, called by this agent in a transaction of their own."""

    def act():
        with acting_for(person) as present:
            return service(actor=person, at=present.now, **facts)

    return act


def as_owner(owner, service, **facts):
    def act():
        with acting(owner.pk) as present:
            return service(applicant=owner, at=present.now, **facts)

    return act


def test_two_tabs_that_edit_different_answers_keep_both():
    owner = UserFactory()
    dossier = draft(owner)

    def save(**typed):
        return as_owner(owner, save_answers, dossier_id=dossier.pk, typed=typed)

    at_once(
        save(birth_name=Typed(value="PREMIER")),
        save(birth_city=Typed(value="Seconde")),
        *[save(address_line=Typed(value=f"{number} rue Test")) for number in range(6)],
    )

    with acting(owner.pk):
        kept = Dossier.objects.get(pk=dossier.pk)
    assert (kept.answers["birth_name"], kept.answers["birth_city"]) == ("PREMIER", "Seconde")
    assert kept.answers["address_line"].endswith(" rue Test")
    assert kept.revision == dossier.revision + 8


def test_ten_starts_at_once_open_one_draft():
    owner = UserFactory()

    answers = at_once(*[as_owner(owner, start_draft, procedure_code=STUDENT)] * 10)

    assert len({dossier.pk for dossier in answers}) == 1
    with acting(owner.pk):
        assert Dossier.objects.count() == 1


def test_a_draft_is_filed_or_thrown_away_never_both():
    owner = UserFactory()
    dossier = draft(owner, evidence=True)
    facts = {"dossier_id": dossier.pk}

    answers = at_once(
        as_owner(owner, file_dossier, sworn=True, language="fr", **facts),
        as_owner(owner, discard_draft, **facts),
    )

    assert len(refusals(answers)) == 1
    with acting(owner.pk):
        kept = Dossier.objects.get(pk=dossier.pk)
    assert (kept.filed_at is None) is (kept.withdrawn_at is not None)
    assert (kept.filed_at is None) is (kept.answers == {})


def test_the_last_place_of_a_box_is_given_once():
    owner = UserFactory()
    dossier = draft(owner)
    rule = dossier.procedure.evidence_rule("passport")

    def give():
        kept = vault.keep(picture(), subject_id=dossier.pk)
        return as_owner(owner, add_evidence, dossier_id=dossier.pk, rule_code=rule.code, kept=kept)

    answers = at_once(*[give() for _one in range(rule.max_files + 4)])

    assert len(refusals(answers)) == 4
    with acting(owner.pk):
        assert Evidence.objects.filter(removed_at=None).count() == rule.max_files
        assert StoredFile.objects.count() == rule.max_files
        places = Evidence.objects.values_list("position", flat=True)
        assert len(set(places)) == rule.max_files


def test_of_two_signatures_one_decides_and_one_letter_leaves():
    life = Life().acknowledged().proposed("refuse")
    second, seen = agent("signatory"), life.case.last_step
    facts = {"case_id": life.id, "seen": seen}

    answers = at_once(
        as_agent(life.signatory, deciding.sign, **facts),
        as_agent(second, deciding.sign, **facts),
        as_agent(life.signatory, deciding.sign, **facts),
    )

    assert len(refusals(answers)) == 2
    with life.desk():
        assert Decision.objects.count() == 1
        assert Step.objects.filter(target=CaseState.REFUSED).count() == 1
        assert Letter.objects.filter(kind__startswith="decision").count() <= 1


def test_of_two_proposals_one_stands():
    life = Life().acknowledged()
    seen = life.case.last_step
    draft_ = life.draft("refuse")
    facts = {"case_id": life.id, "seen": seen, "draft": draft_}

    answers = at_once(
        as_agent(life.reviewer, deciding.propose, **facts),
        as_agent(life.reviewer, deciding.propose, **facts),
    )

    assert len(refusals(answers)) == 1
    with life.desk():
        assert Proposal.objects.count() == 1
        assert life.case.proposed_by_id == life.reviewer.pk


def test_who_reviews_and_signs_never_decides_alone():
    both = agent("reviewer", "signatory")
    life = Life().acknowledged()
    life.reviewer = both
    seen = life.case.last_step
    draft_ = life.draft("refuse")

    at_once(
        as_agent(both, deciding.propose, case_id=life.id, seen=seen, draft=draft_),
        as_agent(both, deciding.sign, case_id=life.id, seen=seen + 1),
        as_agent(both, deciding.sign, case_id=life.id, seen=seen + 1),
    )

    with life.desk():
        assert Decision.objects.count() == 0


def test_a_withdrawal_and_an_acknowledgement_end_withdrawn():
    life = Life()

    answers = at_once(
        as_agent(
            life.reviewer, acknowledging.acknowledge, case_id=life.id, seen=life.case.last_step
        ),
        as_owner(life.applicant, withdraw_dossier, dossier_id=life.dossier.pk),
    )

    assert not isinstance(answers[1], EXPECTED)
    assert life.case.state == CaseState.WITHDRAWN
    with acting(life.applicant.pk):
        assert Dossier.objects.get(pk=life.dossier.pk).withdrawn_at is not None


def test_a_withdrawal_and_a_signature_make_one_ending():
    life = Life().acknowledged().proposed("refuse")

    at_once(
        as_agent(life.signatory, deciding.sign, case_id=life.id, seen=life.case.last_step),
        as_owner(life.applicant, withdraw_dossier, dossier_id=life.dossier.pk),
    )

    state = life.case.state
    with acting(life.applicant.pk):
        dossier = Dossier.objects.get(pk=life.dossier.pk)
    with life.desk():
        decided = Decision.objects.count()
    assert (state, decided, dossier.withdrawn_at is None) in {
        (CaseState.REFUSED, 1, True),
        (CaseState.WITHDRAWN, 0, False),
    }


def test_a_completion_sent_twice_is_received_once():
    life = Life().completion_asked()
    facts = {"dossier_id": life.dossier.pk, "typed": {"passport_number": Typed(value="ZZ000009")}}
    as_owner(life.applicant, save_answers, **facts)()
    send = as_owner(life.applicant, send_completion, dossier_id=life.dossier.pk, language="fr")

    at_once(*[send] * 5)

    assert life.case.state == CaseState.RECEIVED
    assert life.case.submission_number == 2
    with life.desk():
        assert Step.objects.filter(move="receive_completion").count() == 1


def test_two_requests_of_a_completion_make_one():
    life = Life()
    items = [{"kind": "field", "code": "passport_number", "why": "Illisible."}]
    with life.desk() as act:
        due_on = clock.legal_day(act.now).replace(year=act.now.year + 1)
    facts = {
        "case_id": life.id,
        "seen": life.case.last_step,
        "items": items,
        "message": "",
        "due_on": due_on,
    }

    answers = at_once(
        as_agent(life.reviewer, requesting.ask_completion, **facts),
        as_agent(life.reviewer, requesting.ask_completion, **facts),
    )

    assert len(refusals(answers)) == 1
    with acting(life.applicant.pk):
        sent = OutgoingMail.objects.filter(recipient=life.applicant, dossier_id=life.dossier.pk)
        assert sent.filter(subject__icontains="complément").count() <= 1


def visit_of(life):
    """The appointment as this connection sees it, in the act that is under way."""
    return Appointment.objects.select_related("site", "counter", "clearance").get(
        pk=life.appointment.pk
    )


def test_a_person_is_received_once_and_given_one_card(owner, move_clock):
    places = visits.places(owner)
    visits.open_counters(places.here)
    life = visits.appointed()
    with life.desk() as act:
        move_clock(life.appointment.starts_at - act.now)
    counter = life.appointment.counter
    second = agent("counter_agent")

    def arriving(person):
        def act():
            with acting_for(person) as present:
                return checking_in.arrive(
                    visit_of(life), counter=counter, user=person, at=present.now
                )

        return act

    answers = at_once(arriving(life.counter), arriving(second), arriving(life.counter))

    assert len(refusals(answers)) == 2
    with life.desk():
        assert CheckIn.objects.count() == 1
    assert visits.appointment_of(life).state == AppointmentState.HONOURED

    def handing(person):
        def act():
            with acting_for(person) as present:
                visiting.fulfil(
                    visit_of(life),
                    case_id=life.id,
                    user=person,
                    at=present.now,
                    old_card="taken_back",
                )

        return act

    answers = at_once(handing(life.counter), handing(second))

    assert len(refusals(answers)) == 1
    assert life.case.state == CaseState.HANDED_OVER


def test_the_journal_stays_one_chain_when_many_write_at_once():
    life = Life()
    before = _lines()

    at_once(
        *[
            as_agent(
                life.reviewer, acknowledging.acknowledge, case_id=life.id, seen=life.case.last_step
            )
            for _page in range(5)
        ]
    )

    assert _lines() > before
    positions = list(
        JournalLine.objects.filter(chain=str(life.dossier.pk))
        .order_by("position")
        .values_list("position", flat=True)
    )
    assert positions == list(range(1, len(positions) + 1))


def _lines():
    return JournalLine.objects.count()


def test_an_appeal_filed_twice_at_once_is_one_appeal_with_one_receipt():
    life = Life().acknowledged().proposed("refuse").signed()

    def filing(text, kind="gracious"):
        def act():
            with acting(life.applicant.pk) as present:
                return appealing.file_appeal(
                    case_id=life.id, kind=kind, text=text, actor=life.applicant, at=present.now
                )

        return act

    answers = at_once(
        filing("Un premier onglet."),
        filing("Un second onglet."),
        filing("Un troisième onglet."),
        filing("Au supérieur.", kind="hierarchical"),
    )

    assert refusals(answers) == []
    assert len({appeal.pk for appeal in answers[:3]}) == 1
    with life.desk():
        kept = {appeal.kind: appeal.text for appeal in Appeal.objects.order_by("kind")}
        receipts = Letter.objects.filter(kind="appeal_receipt").count()
        lines = JournalLine.objects.filter(act="appeal.filed").count()
    assert sorted(kept) == ["gracious", "hierarchical"]
    assert kept["gracious"] == answers[0].text
    assert (receipts, lines) == (2, 2)


def test_the_database_alone_keeps_a_second_appeal_out():
    life = Life().acknowledged().proposed("refuse").signed().appealed()

    with life.desk():
        again = Appeal.objects.get()
        again.pk = uuid.uuid4()

    with pytest.raises(IntegrityError, match="filed_once_against_a_refusal"), life.desk():
        again.save(force_insert=True)


@pytest.mark.parametrize("_again", range(3))
def test_a_grant_and_what_it_would_wait_for_at_the_same_moment_make_one_story(_again):
    life = Life().acknowledged().supply_asked().proposed("grant")
    facts = {"dossier_id": life.dossier.pk, "typed": {"passport_number": Typed(value="ZZ000009")}}
    as_owner(life.applicant, save_answers, **facts)()
    send = as_owner(life.applicant, send_completion, dossier_id=life.dossier.pk, language="fr")
    sign = as_agent(life.signatory, deciding.sign, case_id=life.id, seen=life.case.last_step)

    at_once(send, sign, send)

    case = life.case
    assert case.submission_number == 2
    with life.desk():
        received = Step.objects.filter(move="receive_supply").count()
        decided, awaited = Decision.objects.count(), AwaitedSupply.objects.count()
    assert received == 1
    # sent first: the proposal must take it in; signed first: the grant waits until it is looked at
    assert (case.state, decided, awaited) in {
        (CaseState.DECISION_PROPOSED, 0, 0),
        (CaseState.GRANTED, 1, 1),
    }


def test_two_tabs_ask_for_one_copy_and_two_workers_keep_one():
    owner = UserFactory()
    dossier = draft(owner, evidence=True)
    asking = {"dossier_id": dossier.pk, "language": "fr"}
    asked = at_once(*[as_owner(owner, exporting.ask, **asking)] * 4)
    assert len({one.pk for one in asked}) == 1
    before = set(storages["evidence"].names_after("export/"))

    at_once(*[lambda: exporting.make(asked[0].pk, lambda: acting(owner.pk))] * 2)

    with acting(owner.pk):
        export = Export.objects.select_related("file").get()
        assert (export.state, export.file.removed_at) == ("ready", None)
        assert StoredFile.objects.filter(kind="export").count() == 1
        made = JournalLine.objects.filter(act__in=["export.asked", "export.made"])
        assert made.count() == 2
        assert OutgoingMail.objects.filter(dossier_id=dossier.pk).count() == 1
    kept = set(storages["evidence"].names_after("export/")) - before
    assert kept == {export.file.storage_key}


def test_two_administrators_who_ask_at_once_are_two_people(monkeypatch):
    found = antivirus.Verdict("infected", "27065 2026-11-20", "Eicar")
    monkeypatch.setattr(antivirus, "scan", lambda _given: found)
    owner = UserFactory()
    stored = judged(give(draft(owner), owner, "passport").file)
    people = [UserFactory(administrator=True) for _ in range(2)]

    def asking(person):
        def act():
            with acting(person.pk, scope="operations") as present:
                return vault.ask_second_look(stored.pk, person, "Connu.", present.now)

        return act

    answers = at_once(*map(asking, people), *map(asking, people))

    assert len(refusals(answers)) == 2
    with acting(people[0].pk, scope="operations"):
        look = SecondLook.objects.get()
    assert {look.first_by_id, look.second_by_id} == {one.pk for one in people}
    jobs = ProcrastinateJob.objects.filter(task_name="vault.look_twice")
    assert jobs.filter(args__file_id=str(stored.pk)).count() == 1


def test_wrong_passwords_at_the_same_moment_are_counted_one_by_one():
    person = UserFactory()
    wrong = {"login": person.email, "password": "Not-this-one-2026"}

    def attempt(machine):
        return Client(REMOTE_ADDR=f"10.0.0.{machine}").post(reverse("account_login"), wrong).text

    answers = at_once(*[partial(attempt, machine) for machine in range(8)])

    assert sum("Trop d’essais" in answer for answer in answers) == 3  # of eight, five are tried
