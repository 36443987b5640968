"""A visit that cannot wait: two people of the office say so, and nobody for someone close."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from appointments.models import Clearance, Urgency
from portal.accounts.api import set_contacts
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.models import OutgoingMail, TimelineLine
from tests.factories import appointments as factory
from tests.factories.accounts import as_worker
from tests.factories.workflows import agent
from workflows.models import Case

ASKING = ("supervisor", "reviewer", "counter_agent")


def asked(life, by, **facts):
    """The row that an agent would write, not saved; `facts` may lie."""
    clearance = life.clearance
    said = {
        "clearance_id": clearance.pk,
        "dossier_id": clearance.dossier_id,
        "applicant_id": clearance.applicant_id,
        "prefecture_code": clearance.prefecture_code,
        "ground": "medical",
        "reason": "Opération le 12 janvier.",
        "asked_by": by,
        "asked_at": clearance.cleared_at,
    }
    return Urgency(**said | facts)


def broken(caught):
    return caught.value.__cause__.diag.constraint_name


def refused_to(person, act):
    """The rule that the database names when this person tries."""
    with acting_for(person), pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    return broken(caught)


def save(row):
    return lambda: row.save(force_insert=True)


def test_one_asks_another_agrees_and_the_person_reads_it(db, at_desk):
    life, second = factory.cleared(), agent("supervisor")
    said = {"number": life.clearance.dossier_number, "ground": "court", "reason": "Jugement."}

    assert at_desk(life.counter).post(reverse("desk:urgencies"), said).status_code == 302
    with acting_for(second):
        urgency = Urgency.objects.get()
    page = at_desk(second).get(reverse("desk:urgencies")).text
    assert "Jugement." in page
    assert "Accorder l’urgence" in page
    assert "Accorder l’urgence" not in at_desk(life.counter).get(reverse("desk:urgencies")).text
    address = reverse("desk:answer_urgency", args=[urgency.pk])
    at_desk(second).post(address, {"answer": "agree"})
    again = at_desk(life.supervisor).post(address, {"answer": "decline"}, follow=True).text

    assert "déjà reçu une réponse" in again
    with acting_for(second):
        urgency.refresh_from_db()
    assert (urgency.approved_by_id, urgency.declined_at) == (second.pk, None)
    acts = JournalLine.objects.filter(subject_id=str(urgency.pk)).order_by("id")
    assert [line.act for line in acts] == ["urgency.ask", "urgency.agree"]
    with acting_for(life.applicant):
        assert TimelineLine.objects.filter(kind="visit_urgent").count() == 1
    told = OutgoingMail.objects.filter(subject="Une visite urgente attend votre réponse")
    with acting_for(second):
        assert told.filter(recipient=second).count() == 1
    counted = at_desk(second).get(reverse("desk:urgencies")).text
    assert f"accordée par {second}" in counted


def test_who_asked_never_answers_and_a_supervisor_alone_does(db, at_desk):
    life = factory.cleared()
    row = asked(life, life.supervisor)
    with acting_for(life.supervisor):
        row.save(force_insert=True)
    address = reverse("desk:answer_urgency", args=[row.pk])

    answer = at_desk(life.supervisor).post(address, {"answer": "agree"}, follow=True)
    assert "Une autre personne doit répondre" in answer.text
    assert at_desk(life.reviewer).post(address, {"answer": "agree"}).status_code == 403
    away = agent("supervisor", office="34")
    assert at_desk(away).post(address, {"answer": "agree"}).status_code == 404
    found = Urgency.objects.filter(pk=row.pk)
    said = {"approved_at": row.asked_at}
    assert (
        refused_to(life.supervisor, lambda: found.update(approved_by=life.supervisor.pk, **said))
        == "an_urgency_is_agreed_by_another"
    )
    assert (
        refused_to(life.supervisor, lambda: found.update(declined_by=life.supervisor.pk))
        == "an_urgency_is_declined_by_another"
    )
    assert (
        refused_to(life.reviewer, lambda: found.update(approved_by=life.reviewer.pk, **said))
        == "an_urgency_is_answered_by_a_supervisor"
    )
    second = agent("supervisor")
    assert (
        refused_to(second, lambda: found.update(approved_by=life.supervisor.pk, **said))
        == "an_urgency_is_agreed_by_who_acts"
    )
    with acting_for(away):
        assert found.update(approved_by=away.pk, **said) == 0


def test_it_is_answered_once(db):
    life, second = factory.cleared(), agent("supervisor")
    row = asked(life, life.reviewer)
    with acting_for(life.reviewer):
        row.save(force_insert=True)
    found = Urgency.objects.filter(pk=row.pk)
    with acting_for(second):
        assert found.update(declined_by=second.pk) == 1

    undo = {"declined_by": None, "declined_at": None}
    assert refused_to(second, lambda: found.update(**undo)) == "an_urgency_is_answered_once"
    # declined, it may be asked again with something else to show
    with acting_for(life.counter):
        asked(life, life.counter).save(force_insert=True)
    assert (
        refused_to(life.reviewer, save(asked(life, life.reviewer)))
        == "one_urgency_at_a_time_for_a_clearance"
    )


@pytest.mark.parametrize("role", ASKING)
def test_every_agent_of_the_office_may_ask_and_no_other(db, role):
    life, away = factory.cleared(), agent(role, office="34")
    person = {"supervisor": life.supervisor, "reviewer": life.reviewer}.get(role, life.counter)

    with (
        acting(away.pk, prefectures=["75"]),
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
    ):
        asked(life, away).save(force_insert=True)
    assert broken(caught) == "an_urgency_is_asked_by_the_office"
    with acting_for(person):
        asked(life, person).save(force_insert=True)


@pytest.mark.parametrize("name", ["worker", "issuer", "editing"])
def test_no_other_role_writes_one(db, name):
    life = factory.cleared()

    with (
        acting(life.reviewer.pk, prefectures=["75"], scope="system"),
        factory.role(name),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        asked(life, life.reviewer).save(force_insert=True)


def test_nobody_asks_for_themselves_for_another_or_already_answered(db):
    life, second = factory.cleared(), agent("supervisor")

    own = save(asked(life, life.applicant))
    assert refused_to(life.applicant, own) == "an_urgency_is_asked_by_the_office"
    with (
        acting_for(second),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        asked(life, life.reviewer).save(force_insert=True)
    forged = asked(life, life.reviewer, approved_by=second, approved_at=life.clearance.cleared_at)
    assert refused_to(life.reviewer, save(forged)) == "an_urgency_begins_unanswered"
    forged = asked(life, life.reviewer, ground="friend")
    assert refused_to(life.reviewer, save(forged)) == "an_urgency_has_a_known_ground"


def shares_a_phone(person, life):
    """This agent and the person of the case can be called at one number."""
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(person, at=act.now, phones=["0601020304"])
    with acting_for(person):
        keys = sorted(person.contact_keys)
        Case.objects.filter(pk=life.id).update(contact_keys=keys)
    assert keys


def test_nobody_asks_or_agrees_for_someone_close(db, at_desk):
    life, second = factory.cleared(), agent("supervisor")
    shares_a_phone(second, life)

    said = {"number": life.clearance.dossier_number, "ground": "court", "reason": "Jugement."}
    answer = at_desk(second).post(reverse("desk:urgencies"), said)
    assert "un collègue doit s’en occuper" in answer.text
    row = asked(life, life.reviewer)
    with acting_for(life.reviewer):
        row.save(force_insert=True)
    found = Urgency.objects.filter(pk=row.pk)
    assert (
        refused_to(second, lambda: found.update(approved_by=second.pk, approved_at=row.asked_at))
        == "nobody_is_urgent_for_someone_close"
    )


def test_only_somebody_who_waits_is_urgent(places, at_desk):
    life = factory.appointed()

    assert (
        refused_to(life.reviewer, save(asked(life, life.reviewer)))
        == "an_urgency_is_of_somebody_who_waits"
    )
    said = {"number": life.dossier.number, "ground": "court", "reason": "Jugement."}
    answer = at_desk(life.reviewer).post(reverse("desk:urgencies"), said)
    assert "n’attend un rendez-vous sous ce numéro" in answer.text
    with life.desk():
        assert Clearance.objects.live().exists()


def test_the_list_costs_the_same_for_one_or_three(db, at_desk):
    lives, second = [factory.cleared() for _one in range(3)], agent("supervisor")
    browser, counts = at_desk(second), []
    for life in lives:
        with acting_for(life.counter):
            asked(life, life.counter).save(force_insert=True)
        counts.append(queries_of(browser))

    assert counts[0] == counts[-1]


def queries_of(browser):
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(reverse("desk:urgencies")).status_code == 200
    return len(seen)
