"""A filed request changes until it is decided: prepared apart, sent once."""

import pytest
from django.db import IntegrityError, transaction

from dossiers import events
from dossiers.enums import OTHER_DOCUMENT
from dossiers.models import Amendment, Dossier, Evidence, Submission
from dossiers.queries.amending import frozen_names, working_copy
from dossiers.rules import DossierClosed
from dossiers.services import amending
from dossiers.services.amending import AmendmentRefused
from dossiers.services.drafting import Typed
from dossiers.services.withdrawing import seal, withdraw_dossier
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence.models import OutgoingMail, TimelineLine
from portal.vault import api as vault
from portal.vault.models import StoredFile
from tests.dossiers.services.test_completing import answer, ask
from tests.dossiers.services.test_completing import send as send_completion
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed, give, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """Amendments seen from this room alone; the review has its own tests of what follows."""
    said = []
    monkeypatch.setattr(events.dossier_amended, "announce", lambda **facts: said.append(facts))
    monkeypatch.setattr(events.completion_supplied, "announce", lambda **facts: None)
    return said


@pytest.fixture
def dossier(applicant, heard):
    return filed(applicant)


def change(dossier, **answers):
    typed = {n: v if isinstance(v, Typed) else Typed(v) for n, v in answers.items()}
    with acting(dossier.applicant_id) as act:
        return amending.change_answers(
            dossier_id=dossier.pk, applicant=dossier.applicant, typed=typed, at=act.now
        )


def add(dossier, rule_code="passport", *, name="neuf.jpg", **facts):
    kept = vault.keep(picture(name), subject_id=dossier.pk)
    with acting(dossier.applicant_id) as act:
        return amending.add_file(
            dossier_id=dossier.pk,
            applicant=dossier.applicant,
            rule_code=rule_code,
            kept=kept,
            at=act.now,
            **facts,
        )


def send(dossier, *, seen=None, sworn=True, amendment=None):
    with acting(dossier.applicant_id) as act:
        amendment = amendment or Amendment.objects.being_made().get(dossier=dossier)
        return amending.send_amendment(
            dossier_id=dossier.pk,
            applicant=dossier.applicant,
            amendment_id=amendment.pk,
            seen=amendment.revision if seen is None else seen,
            sworn=sworn,
            at=act.now,
            language="fr",
        )


def submissions(dossier):
    with acting(dossier.applicant_id):
        return list(Submission.objects.filter(dossier=dossier).order_by("number"))


def test_only_what_changed_differs_and_it_is_sworn(dossier, heard):
    change(dossier, usage_name="Neuve")

    filing = send(dossier)

    first, second = submissions(dossier)
    assert second == filing
    assert second.answers == first.answers | {"usage_name": "Neuve"}
    assert second.evidence == first.evidence != []
    assert second.sworn_text == first.sworn_text
    assert [facts["submission"] for facts in heard] == [second]


def test_nothing_is_filed_before_it_is_sent_and_what_is_given_up_never_is(dossier, applicant):
    change(dossier, usage_name="Neuve")
    added = add(dossier)
    assert len(submissions(dossier)) == 1

    with acting(applicant.pk) as act:
        amending.drop_amendment(dossier_id=dossier.pk, applicant=applicant, at=act.now)
        assert working_copy(dossier).amendment is None
        assert StoredFile.objects.get(pk=added.file_id).removed_at is not None
        given_up = Amendment.objects.get(dossier=dossier)
        assert given_up.changes == {}
    with pytest.raises(AmendmentRefused, match="abandonnés"):
        send(dossier, amendment=given_up)


def test_sending_twice_files_once(dossier, heard):
    working, _conflicts = change(dossier, usage_name="Neuve")

    assert send(dossier) == send(dossier, amendment=working.amendment)

    assert len(submissions(dossier)) == 2
    assert len(heard) == 1


def test_it_is_told_and_journaled_without_an_answer(dossier):
    change(dossier, usage_name="Neuve")
    send(dossier)

    with acting(dossier.applicant_id):
        kinds = TimelineLine.objects.filter(dossier_id=dossier.pk).values_list("kind", flat=True)
        assert "dossier_amended" in kinds
        mails = OutgoingMail.objects.filter(recipient=dossier.applicant)
        assert "Votre demande est modifiée" in mails.values_list("subject", flat=True)
    assert set(JournalLine.objects.get(act="dossier.amended").facts) == {"submission"}


@pytest.mark.parametrize("name", ["birth_name", "birth_date", "nationality", "foreigner_number"])
def test_what_says_whose_request_it_is_does_not_change_here(dossier, name):
    with pytest.raises(AmendmentRefused, match="ne change pas ici"):
        change(dossier, **{name: "FR"})


def test_a_passport_is_renewed_by_who_has_a_number_for_life(dossier):
    change(dossier, passport_number="ZZ000042")

    assert send(dossier).answers["passport_number"] == "ZZ000042"


def test_who_is_known_by_their_passport_alone_keeps_it(dossier):
    answers = submissions(dossier)[0].answers

    assert "passport_number" not in frozen_names(dossier.procedure, answers)
    del answers["foreigner_number"]
    assert "passport_number" in frozen_names(dossier.procedure, answers)


def test_a_decided_request_changes_no_more_and_says_what_to_do(dossier):
    working, _conflicts = change(dossier, usage_name="Neuve")
    with acting(dossier.applicant_id) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    for act_of in (
        lambda: change(dossier, usage_name="Autre"),
        lambda: add(dossier),
        lambda: send(dossier),
    ):
        with pytest.raises(DossierClosed, match="a reçu une décision"):
            act_of()
    assert len(submissions(dossier)) == 1


def test_the_database_alone_refuses_an_amendment_after_the_decision(dossier):
    change(dossier, usage_name="Neuve")
    with acting(dossier.applicant_id) as act:
        seal(dossier_id=dossier.pk, at=act.now)
        row = Amendment.objects.get(dossier=dossier)
        row.revision += 1
        with pytest.raises(IntegrityError, match="decided"), transaction.atomic():
            row.save()


def test_a_request_given_up_changes_no_more(dossier, applicant):
    with acting(applicant.pk) as act:
        withdraw_dossier(dossier_id=dossier.pk, applicant=applicant, at=act.now)

    with pytest.raises(DossierClosed, match="abandonnée"):
        change(dossier, usage_name="Neuve")


def test_the_request_of_somebody_else_does_not_exist(dossier):
    with acting(dossier.applicant_id) as act, pytest.raises(Dossier.DoesNotExist):
        amending.change_answers(
            dossier_id=dossier.pk,
            applicant=UserFactory(),
            typed={"usage_name": Typed("Autre")},
            at=act.now,
        )


def test_nothing_to_send_is_refused(dossier):
    change(dossier, usage_name="Neuve")
    change(dossier, usage_name="")

    with pytest.raises(AmendmentRefused, match="Rien ne change"):
        send(dossier)


@pytest.mark.parametrize(
    ("facts", "sentence"), [({"seen": 0}, "autre onglet"), ({"sworn": False}, "sur l’honneur")]
)
def test_what_was_not_read_and_sworn_is_not_sent(dossier, facts, sentence):
    change(dossier, usage_name="Neuve")

    with pytest.raises(AmendmentRefused, match=sentence):
        send(dossier, **facts)
    assert len(submissions(dossier)) == 1


def test_another_tab_is_seen(dossier):
    change(dossier, usage_name="Neuve")

    _working, conflicts = change(dossier, usage_name=Typed("Autre", seen="0" * 12))

    assert conflicts == ("usage_name",)
    assert send(dossier).answers["usage_name"] == "Neuve"


def test_a_question_that_the_change_opens_must_be_answered(dossier):
    change(dossier, housing="hosted")

    with pytest.raises(AmendmentRefused, match="Il manque"):
        send(dossier)


def test_where_no_office_answers_nothing_is_sent(dossier):
    change(dossier, postcode="98714", commune="98735")

    with pytest.raises(AmendmentRefused, match="ses propres règles"):
        send(dossier)


def test_what_was_typed_and_not_understood_is_kept_and_not_sent(dossier):
    working, _conflicts = change(
        dossier, phone=Typed(raw={"phone": "abc"}), usage_name=Typed("Neuve")
    )

    assert working.raw_answers == {"phone": {"phone": "abc"}}
    with pytest.raises(AmendmentRefused, match="À corriger"):
        send(dossier)


def test_an_open_completion_is_left_as_it_is(dossier, applicant):
    """What it holds is not sent by an amendment, what it asks is answered there alone."""
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed("Neuve"))
    give(dossier, applicant, "passport")
    with pytest.raises(AmendmentRefused, match="répondant à sa demande"):
        add(dossier, "passport")

    change(dossier, usage_name="Neuve")
    second = send(dossier)

    first = submissions(dossier)[0]
    assert second.answers == first.answers | {"usage_name": "Neuve"}
    assert second.evidence == first.evidence
    third = send_completion(dossier, applicant)
    assert (third.answers["birth_city"], third.answers["usage_name"]) == ("Neuve", "Neuve")
    assert len(third.evidence) == len(first.evidence) + 1


def test_a_change_is_laid_over_what_was_filed_meanwhile(dossier, applicant):
    change(dossier, usage_name="Neuve")
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed("Neuve"))
    give(dossier, applicant, "passport")
    send_completion(dossier, applicant)

    filing = send(dossier)

    assert (filing.answers["birth_city"], filing.answers["usage_name"]) == ("Neuve", "Neuve")


def test_a_document_takes_the_place_of_another_which_stays_in_what_was_filed(dossier):
    first = submissions(dossier)[0]
    old = next(entry for entry in first.evidence if entry["rule"] == "passport")

    added = add(dossier, replaces=old["evidence"])
    second = send(dossier)

    now = [entry["evidence"] for entry in second.evidence if entry["rule"] == "passport"]
    assert now == [str(added.pk)]
    assert len(second.evidence) == len(first.evidence)
    with acting(dossier.applicant_id):
        assert Evidence.objects.get(pk=old["evidence"]).removed_at is not None
        assert Evidence.objects.get(pk=added.pk).first_submission == 2
        assert StoredFile.objects.get(pk=old["file"]).removed_at is None


def test_a_document_that_nobody_asked_for_says_what_it_is(dossier):
    with pytest.raises(AmendmentRefused, match="en une phrase"):
        add(dossier, OTHER_DOCUMENT)

    add(dossier, OTHER_DOCUMENT, note="Lettre de mon école")

    entry = send(dossier).evidence[-1]
    assert (entry["rule"], entry["note"]) == (OTHER_DOCUMENT, "Lettre de mon école")


def test_the_office_sees_no_file_before_it_is_sent(dossier):
    added = add(dossier)
    with acting(dossier.applicant_id):
        office = Dossier.objects.get(pk=dossier.pk).prefecture_code
        assert office
        assert StoredFile.objects.get(pk=added.file_id).prefecture_code is None

    send(dossier)

    with acting(None, prefectures=[office]):
        assert StoredFile.objects.filter(pk=added.file_id).exists()


def test_a_box_takes_no_more_files_than_it_may(dossier):
    for _ in range(dossier.procedure.evidence_rule("passport").max_files - 1):
        add(dossier)

    with pytest.raises(AmendmentRefused, match="le maximum"):
        add(dossier)


def test_a_file_that_was_sent_is_not_taken_out(dossier, applicant):
    added, other = add(dossier), add(dossier)
    with acting(applicant.pk) as act:
        facts = {"dossier_id": dossier.pk, "applicant": applicant, "at": act.now}
        for _ in range(2):
            amending.remove_file(added_id=other.pk, **facts)
    send(dossier)

    with acting(applicant.pk) as act, pytest.raises(AmendmentRefused, match="déjà envoyé"):
        amending.remove_file(added_id=added.pk, **facts | {"at": act.now})
