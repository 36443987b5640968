"""Two people decide: proposal, signature, what follows, and what is taken back."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.correspondence.api import Letter, OutgoingMail
from portal.correspondence.rendering import page, pdf
from tests.factories.workflows import GROUNDS, Life, agent
from workflows.enums import CaseState
from workflows.models import CardOrder, Case, Decision, Proposal
from workflows.queries.drift import recount_batch
from workflows.services import deciding, silence
from workflows.services.moves import CaseHasMoved, MoveRefused
from workflows.services.running import NOWHERE

pytestmark = pytest.mark.django_db


def sign(life, person):
    with acting_for(person) as act:
        seen = Case.objects.get(pk=life.id).last_step
        return deciding.sign(case_id=life.id, actor=person, at=act.now, seen=seen)


def test_a_grant_is_signed_written_told_and_followed_by_production():
    life = Life().acknowledged().proposed("grant", months=24).signed()

    with life.desk():
        decision, order = Decision.objects.get(), CardOrder.objects.get()
        letter = Letter.objects.get(kind="decision")
    case = life.case
    assert (case.state, case.outcome) == (CaseState.IN_PRODUCTION, "grant")
    assert (case.title_starts_on, case.title_ends_on) == (dt.date(2027, 3, 1), dt.date(2029, 2, 28))
    assert (decision.proposer_id, decision.signer_id) == (life.reviewer.pk, life.signatory.pk)
    assert decision.letter_id == letter.pk
    assert order.idempotency_key == f"{life.id}-{case.last_step}"
    with acting(life.applicant.pk):
        mail = OutgoingMail.objects.get(recipient=life.applicant, subject__contains="décision")
    assert case.holder_name not in mail.body


def test_a_decision_seals_the_dossier():
    life = Life().acknowledged().proposed("refuse").signed()

    with life.desk():
        life.dossier.refresh_from_db()
    assert life.dossier.sealed_at is not None


def test_who_proposed_does_not_sign():
    both = agent(Role.REVIEWER.value, Role.SIGNATORY.value)
    life = Life()
    life.reviewer = both
    life.acknowledged().proposed("refuse")

    with pytest.raises(PermissionDenied):
        sign(life, both)

    assert life.case.state == CaseState.DECISION_PROPOSED
    with life.desk():
        assert not Decision.objects.exists()


def test_a_signatory_of_another_office_does_not_find_the_case():
    life = Life().acknowledged().proposed("refuse")

    with pytest.raises(Case.DoesNotExist):
        sign(life, agent(Role.SIGNATORY.value, office="34"))


def test_a_proposal_sent_back_keeps_its_note_and_may_be_made_again():
    life = Life().acknowledged().proposed("refuse")

    life._do(life.signatory, deciding.send_back, note="Motif en fait trop court.")
    life.proposed("grant").signed()

    with life.desk():
        proposals = Proposal.objects.order_by("made_at", "settled_at")
        assert {(p.settled_how, p.sent_back_note) for p in proposals} == {
            ("sent_back", "Motif en fait trop court."),
            ("signed", ""),
        }


def test_an_incomplete_dossier_may_only_be_closed():
    life = Life()

    with pytest.raises(MoveRefused, match="complet"):
        life.proposed("refuse")
    life.proposed("close").signed()

    assert life.case.state == CaseState.CLOSED


def test_a_closure_sent_back_returns_where_it_was():
    life = Life().proposed("close")

    life._do(life.signatory, deciding.send_back, note="Demandez d’abord un complément.")

    assert life.case.state == CaseState.RECEIVED


def test_a_title_has_a_duration_that_the_procedure_offers():
    life = Life().acknowledged()

    with pytest.raises(MoveRefused, match="durée"):
        life.proposed("grant", months=120)

    with life.desk():
        assert not Proposal.objects.exists()
    assert life.case.state == CaseState.UNDER_REVIEW


def test_a_duplicate_ends_the_same_day_as_the_old_title():
    life = Life(procedure="duplicate").acknowledged()
    draft = life.draft("grant", months=None, title_starts_on=dt.date(2026, 12, 1))

    life._do(life.reviewer, deciding.propose, draft=draft).signed()

    assert life.case.title_ends_on == dt.date(2027, 2, 28)


def test_signing_twice_signs_once():
    life = Life().acknowledged().proposed("refuse").signed()

    with pytest.raises((CaseHasMoved, MoveRefused)):
        sign(life, life.signatory)

    with life.desk():
        assert Decision.objects.count() == 1


def test_reopening_takes_the_letter_back_and_keeps_the_filing_date():
    life = Life().acknowledged().proposed("refuse").signed()
    filed_at = life.case.filed_at

    life._do(life.supervisor, deciding.reopen, reason="Pièce mal lue.")

    case = life.case
    assert (case.state, case.filed_at, case.outcome) == (CaseState.UNDER_REVIEW, filed_at, "")
    with life.desk():
        life.dossier.refresh_from_db()
        assert life.dossier.sealed_at is None
        assert Letter.objects.get(kind="decision").revoked_at is not None
        assert Decision.objects.get().revoked_at is not None
    assert life.proposed("grant").signed().case.state == CaseState.IN_PRODUCTION


def test_silence_is_counted_anew_from_the_day_of_the_reopening(as_role, move_clock):
    life = Life().acknowledged().proposed("refuse").signed()
    old_day = life.case.implicit_refusal_on
    move_clock(dt.timedelta(days=120))

    life._do(life.supervisor, deciding.reopen, reason="Pièce mal lue.")

    case, today = life.case, clock.today()
    assert case.clock_restarted_on == today
    assert old_day < today < case.implicit_refusal_on == case.due_on
    with as_role("worker"), acting(None, scope="system"):
        assert recount_batch(NOWHERE, 100).drifted == ()
    with acting(None, prefectures=[life.office]) as act:
        assert silence.flag(case.pk, at=act.now) is False


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("grant", "Votre titre sera valable du 1er mars 2027"),
        ("refuse", "deux mois"),
        ("close", "classé sans suite"),
    ],
)
def test_the_letter_gives_reasons_dates_and_ways_of_appeal(outcome, words):
    life = Life().acknowledged().proposed(outcome).signed()

    with life.desk():
        text = page(Letter.objects.get(kind="decision"))

    assert words.replace("1er", "1er") in text or words.replace("1er", "1") in text
    for said in (*GROUNDS.values(), life.signatory.display_name, "Pour le préfet de police"):
        assert said in text
    assert ("tribunal administratif" in text) == (outcome != "grant")


def test_the_letter_becomes_a_pdf():
    life = Life().acknowledged().proposed("refuse").signed()

    with life.desk():
        assert pdf(Letter.objects.get(kind="decision")).startswith(b"%PDF")
