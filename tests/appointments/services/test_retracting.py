"""A granted title is withdrawn by two people, after the answer: everything falls, or nothing."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, connection
from django.urls import reverse

from appointments.models import Appointment, Clearance
from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.correspondence.api import Letter, OutgoingMail, TimelineLine
from portal.correspondence.rendering import page
from tests.factories import appointments as visits
from tests.factories.workflows import GROUNDS, Life, agent, empower
from tests.hostile.browsers import Browsers
from tests.workflows.models.test_proofs import sql
from tests.workflows.views.test_acts import day, post
from workflows.enums import CardOrderState, CaseState
from workflows.models import CardOrder, Case, Decision, Retraction
from workflows.services import deciding, retracting
from workflows.services.moves import MoveRefused, advance

pytestmark = pytest.mark.django_db


def own_browser(person):
    """A browser in which this person is signed in at the public door."""
    return Browsers({"me": person}).of("me")


@pytest.fixture
def life():
    return Life().granted()


def everything(life):
    """Each record that hangs on a decision, as it stands."""
    with life.desk():
        life.dossier.refresh_from_db()
        return {
            "state": life.case.state,
            "decisions": list(Decision.objects.order_by("pk").values_list("pk", "revoked_at")),
            "letters": list(Letter.objects.order_by("pk").values_list("pk", "revoked_at")),
            "orders": list(CardOrder.objects.order_by("pk").values_list("pk", "state")),
            "clearances": list(Clearance.objects.order_by("pk").values_list("pk", "revoked_at")),
            "appointments": list(Appointment.objects.order_by("pk").values_list("pk", "state")),
            "sealed": life.dossier.sealed_at,
            "retractions": list(Retraction.objects.order_by("pk").values_list("settled_how")),
        }


def test_the_title_falls_with_its_letter_visit_appointment_and_card(places):
    life = Life().granted().card_ready()
    visits.run()
    filed_at = life.case.filed_at
    life.retraction_proposed().observations_sent("Je conteste.", "Maître Exemple").retracted()

    after, case = everything(life), life.case
    assert (case.state, case.outcome, case.filed_at) == (CaseState.UNDER_REVIEW, "", filed_at)
    assert (case.title_ends_on, case.card_number, case.decided_by_id) == (None, "", None)
    assert all(revoked for _pk, revoked in after["decisions"] + after["clearances"])
    assert {state for _pk, state in after["appointments"]} == {"revoked"}
    assert {state for _pk, state in after["orders"]} == {CardOrderState.REVOKED}
    assert after["sealed"] is None
    with life.desk():
        assert Letter.objects.get(kind="decision").revoked_at is not None
        text = page(Letter.objects.get(kind="retraction"))
        kinds = set(TimelineLine.objects.values_list("kind", flat=True))
    for said in ("L. 242-1", GROUNDS["grounds_fact"], "tribunal administratif", "par délégation"):
        assert said in text
    assert {"case_retract", "appointment_revoked", "observations_received"} <= kinds
    assert life.proposed("grant").signed().case.state == CaseState.IN_PRODUCTION


@pytest.mark.parametrize(
    "broken",
    [
        "portal.correspondence.api.revoke_letter",
        "dossiers.api.unseal",
        "portal.correspondence.api.tell",
        "appointments.services.notices.withdraw_letter",
        "appointments.services.notices.tell_about",
        "workflows.services.moves._record",
    ],
)
def test_a_failure_between_any_two_leaves_everything_as_it_was(places, monkeypatch, broken):
    life = Life().granted().card_ready()
    visits.run()
    life.retraction_proposed().observations_sent()
    before = everything(life)

    def fail(*_args, **_facts):
        raise OSError("cut")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="cut"):
        life.retracted()

    assert everything(life) == before
    assert {state for _pk, state in before["appointments"]} == {"issued"}


@pytest.mark.parametrize(
    "broken", ["portal.correspondence.api.revoke_letter", "dossiers.api.unseal"]
)
def test_a_failure_while_reopening_leaves_everything_as_it_was(monkeypatch, broken):
    life = Life().acknowledged().proposed("refuse").signed()
    before = everything(life)

    def fail(*_args, **_facts):
        raise OSError("cut")

    monkeypatch.setattr(broken, fail)
    with pytest.raises(OSError, match="cut"):
        life._do(life.supervisor, deciding.reopen, reason="Erreur.")

    assert everything(life) == before


def test_the_signature_waits_for_the_answer_or_the_end_of_the_delay(life, move_clock):
    life.retraction_proposed()

    with pytest.raises(MoveRefused, match="peut encore répondre"):
        life.retracted()
    move_clock(dt.timedelta(days=15))
    with pytest.raises(MoveRefused, match="peut encore répondre"):
        life.retracted()
    move_clock(dt.timedelta(days=1))

    assert life.retracted().case.state == CaseState.UNDER_REVIEW


def test_after_four_months_a_title_is_no_longer_withdrawn(life, move_clock):
    life.retraction_proposed().observations_sent()
    move_clock(dt.timedelta(days=130))

    with pytest.raises(MoveRefused, match="quatre mois"):
        life.retracted()
    life._do(life.signatory, retracting.drop_retraction, note="Trop tard.")
    with pytest.raises(MoveRefused, match="quatre mois"):
        life.retraction_proposed()

    assert life.case.state == CaseState.IN_PRODUCTION


def test_who_proposed_the_withdrawal_does_not_sign_it(life):
    life.supervisor = agent(Role.SUPERVISOR.value, Role.SIGNATORY.value)
    life.retraction_proposed().observations_sent()
    life.signatory = life.supervisor

    with pytest.raises(MoveRefused, match="ne pas l’avoir proposé"):
        life.retracted()


def test_only_a_supervisor_proposes_and_leaves_fifteen_days(life):
    life.supervisor, boss = life.reviewer, life.supervisor
    with pytest.raises(PermissionDenied):
        life.retraction_proposed()
    life.supervisor = boss
    with pytest.raises(MoveRefused, match="quinze jours"):
        life.retraction_proposed(days=14)
    refused = Life().acknowledged().proposed("refuse").signed()
    with pytest.raises(MoveRefused, match="à cette étape"):
        refused.retraction_proposed()


def test_a_card_is_handed_over_while_a_withdrawal_waits_and_is_asked_back_when_it_is_signed(life):
    life.card_ready().retraction_proposed()
    with life.desk():
        invited = page(Letter.objects.get(kind="observations_invited"))

    life.handed_over()
    life.observations_sent().retracted()

    case = life.case
    assert (case.state, case.ended_at, case.card_number) == (CaseState.UNDER_REVIEW, None, "")
    assert "votre carte vous est remise comme prévu" in invited
    with life.desk():
        text = page(Letter.objects.get(kind="retraction"))
    assert "Rapportez-la à la préfecture" in text


def test_a_card_that_was_never_given_is_not_asked_back(life):
    life.retraction_proposed().observations_sent().retracted()

    with life.desk():
        assert "Rapportez-la" not in page(Letter.objects.get(kind="retraction"))


def test_one_withdrawal_waits_at_a_time(life):
    life.retraction_proposed()

    with pytest.raises(MoveRefused, match="attend déjà"):
        life.retraction_proposed()


def test_a_withdrawal_that_is_dropped_leaves_the_title_and_tells_the_person(life):
    life.retraction_proposed()
    before = life.case.last_step

    life._do(life.signatory, retracting.drop_retraction, note="Le titre est légal.")

    assert (life.case.state, life.case.last_step) == (CaseState.IN_PRODUCTION, before)
    with acting(life.applicant.pk):
        assert OutgoingMail.objects.filter(subject__contains="reste accordé").count() == 1


def test_the_person_answers_once_and_nobody_else_does(life):
    life.retraction_proposed()
    owner, life.applicant = life.applicant, life.reviewer
    with pytest.raises((PermissionDenied, Case.DoesNotExist)):
        life.observations_sent()
    life.applicant = owner
    life.observations_sent("Une fois.")

    with pytest.raises(MoveRefused, match="déjà répondu"):
        life.observations_sent("Deux fois.")


def test_a_withdrawn_title_without_its_retraction_is_refused(life, monkeypatch):
    life.retraction_proposed().observations_sent()

    def forge():
        with acting_for(life.signatory) as act, connection.cursor() as cursor:
            advance(case_id=life.id, move="retract", actor=life.signatory, at=act.now)
            cursor.execute("set constraints all immediate")

    with pytest.raises(IntegrityError, match="no signed retraction is behind this move"):
        forge()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update workflows_retraction set grounds_fact = 'x'", "never changed"),
        ("update workflows_retraction set signer_id = proposed_by_id", "two_people_make"),
        (
            "update workflows_retraction set settled_at = now(), settled_how = 'signed'",
            "a_signed_retraction_has_its_signature",
        ),
        (
            "update workflows_retraction set settled_at = now(), settled_how = 'dropped'",
            "a_dropped_retraction_says_why",
        ),
        ("update workflows_observationinvitation set due_on = due_on - 9", "never changed"),
        ("update workflows_observationinvitation set text = 'x'", "an_answered_invitation"),
    ],
)
def test_the_database_refuses_to_bend_a_withdrawal(life, statement, words):
    life.retraction_proposed()

    with pytest.raises(DatabaseError, match=words):
        sql(life, statement)


def test_an_answer_is_never_rewritten(life):
    life.retraction_proposed().observations_sent()

    with pytest.raises(DatabaseError, match="never changed"):
        sql(life, "update workflows_observationinvitation set text = 'autre'")


def test_two_people_withdraw_over_http_and_the_person_answers(life, at_desk):
    boss, signatory = at_desk(life.supervisor), at_desk(life.signatory)
    due = day("due_on", clock.today() + dt.timedelta(days=20))

    offered = boss.get(reverse("desk:case", args=[life.id]))
    post(boss, "desk:propose_retraction", life, **GROUNDS, **due)
    blocked = signatory.get(reverse("desk:retract", args=[life.id]))
    refused = post(signatory, "desk:retract", life, answer="sign", read_everything="on")
    client = own_browser(life.applicant)
    address = reverse("workflows:observations", args=[life.dossier.pk])
    space = client.get(reverse("space:dossier", args=[life.dossier.pk]))
    asked = client.get(address)
    sent = client.post(address, {"text": "Voici ma réponse.", "assisted_by": "Association"})
    kept = client.get(address)
    sheet = signatory.get(reverse("desk:retract", args=[life.id]))
    done = post(signatory, "desk:retract", life, answer="sign", read_everything="on")

    assert "Proposer le retrait du titre" in offered.text
    assert "La personne peut encore répondre" in blocked.text
    assert "La personne peut encore répondre" in refused.text
    assert address in space.text
    assert GROUNDS["grounds_fact"] in asked.text
    assert sent.status_code == 302
    assert "Voici ma réponse." in kept.text
    assert "Association" in sheet.text
    assert done.status_code == 302
    assert life.case.state == CaseState.UNDER_REVIEW


def test_a_stranger_and_another_office_find_nothing(life, at_desk):
    life.retraction_proposed()
    client = own_browser(Life().applicant)
    away = agent(Role.SIGNATORY.value, office="34")
    empower(away, "34")

    address = reverse("workflows:observations", args=[life.dossier.pk])
    assert client.get(address).status_code == 404
    assert at_desk(away).get(reverse("desk:retract", args=[life.id])).status_code == 404
    assert at_desk(life.reviewer).get(reverse("desk:retract", args=[life.id])).status_code == 403
