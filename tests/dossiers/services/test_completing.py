"""The prefecture asks again: only what it asks may change, and the answer goes once."""

import datetime as dt

import pytest

from dossiers import events, rules
from dossiers.enums import CompletionOutcome
from dossiers.models import CompletionRequest, Dossier
from dossiers.queries.askable import askable_items
from dossiers.services.completing import (
    CompletionRefused,
    ask_completion,
    close_completion,
    send_completion,
)
from dossiers.services.drafting import Typed, save_answers
from dossiers.services.withdrawing import seal
from portal.core import clock
from portal.core.door import acting
from portal.core.errors import DomainRefusal
from portal.correspondence.models import TimelineLine
from tests.factories.dossiers import filed, give

pytestmark = pytest.mark.django_db
FIELD = {"kind": "field", "code": "birth_city", "why": "La ville ne se lit pas."}
PIECE = {"kind": "evidence", "code": "passport", "why": "La page est coupée."}


def ask(dossier, *items):
    with acting(dossier.applicant_id) as act:
        return ask_completion(
            dossier_id=dossier.pk,
            items=items or (FIELD, PIECE),
            message="Bonjour, il manque deux choses.",
            due_on=clock.legal_day(act.now) + dt.timedelta(days=30),
            at=act.now,
            round_reason="Une page manque encore.",
        )


def answer(dossier, applicant, **typed):
    with acting(applicant.pk) as act:
        return save_answers(dossier_id=dossier.pk, applicant=applicant, typed=typed, at=act.now)


def send(dossier, applicant, **options):
    with acting(applicant.pk) as act:
        return send_completion(
            dossier_id=dossier.pk, applicant=applicant, at=act.now, language="fr", **options
        )


@pytest.fixture
def quiet(monkeypatch):
    """Completion seen from this room alone; the review has its own tests of what follows."""
    heard = []
    monkeypatch.setattr(events.completion_supplied, "announce", lambda **facts: heard.append(facts))
    return heard


def test_asking_opens_one_request_and_tells_the_person(applicant):
    dossier = filed(applicant)

    request = ask(dossier)

    with acting(applicant.pk):
        assert sorted(request.items.values_list("kind", "code")) == [
            ("evidence", "passport"),
            ("field", "birth_city"),
        ]
        assert TimelineLine.objects.filter(kind="dossier_completion_asked").count() == 1
    with pytest.raises(DomainRefusal, match="déjà ouverte"):
        ask(dossier)


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"kind": "field", "code": "unknown", "why": "?"}],
        [{"kind": "evidence", "code": "x", "why": "?"}],
        [{"kind": "evidence", "code": "passport", "why": ""}],
        [{"kind": "evidence", "code": "passport", "reason_code": "unknown"}],
    ],
)
def test_asking_nothing_or_what_does_not_exist_or_without_a_reason_is_refused(applicant, items):
    dossier = filed(applicant)

    with pytest.raises(CompletionRefused), acting(applicant.pk) as act:
        ask_completion(
            dossier_id=dossier.pk,
            items=items,
            message="",
            due_on=clock.legal_day(act.now),
            at=act.now,
        )


def test_only_asked_answers_may_change(applicant):
    dossier = filed(applicant)
    ask(dossier)

    answer(dossier, applicant, birth_city=Typed(value="Ville Neuve"))

    with pytest.raises(rules.DossierClosed, match="ne demande pas"):
        answer(dossier, applicant, birth_name=Typed(value="Autre"))
    with pytest.raises(rules.DossierClosed, match="ne demande pas"):
        give(dossier, applicant, "proof-of-address")


def test_sending_makes_the_next_submission_once(applicant, quiet):
    dossier = filed(applicant)
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed(value="Ville Neuve"))
    piece = give(dossier, applicant, "passport")

    first, second = send(dossier, applicant), send(dossier, applicant)

    assert (first.pk, first.number) == (second.pk, 2)
    assert len(quiet) == 1
    with acting(applicant.pk):
        before = dossier.submissions.get(number=1)
        assert (before.answers["birth_city"], first.answers["birth_city"]) == (
            "Ville-Exemple",
            "Ville Neuve",
        )
        assert str(piece.pk) in {entry["evidence"] for entry in first.evidence}
        assert str(piece.pk) not in {entry["evidence"] for entry in before.evidence}
        request = CompletionRequest.objects.get()
        assert request.outcome == CompletionOutcome.SUPPLIED
        assert not request.items.filter(answered_at=None).exists()


def test_sending_refuses_while_an_asked_answer_is_missing(applicant):
    dossier = filed(applicant)
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed(value=None))

    with pytest.raises(CompletionRefused, match="Ville de naissance"):
        send(dossier, applicant)

    with acting(applicant.pk):
        assert dossier.submissions.count() == 1


def test_what_cannot_be_given_does_not_hold_back_the_rest(applicant, quiet):
    dossier = filed(applicant)
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed(value="Ville-Exemple"))

    with pytest.raises(CompletionRefused, match="nouveau fichier : Passeport"):
        send(dossier, applicant)
    submission = send(dossier, applicant, incomplete=True)

    assert submission.number == 2
    with acting(applicant.pk):
        answered = dict(CompletionRequest.objects.get().items.values_list("code", "answered_at"))
        assert answered["passport"] is None
        assert answered["birth_city"] is not None


def test_sending_nothing_at_all_is_refused(applicant):
    dossier = filed(applicant)
    ask(dossier, PIECE)

    with pytest.raises(CompletionRefused):
        send(dossier, applicant, incomplete=True)


def test_an_answer_that_brings_a_question_opens_it_too(applicant, quiet):
    dossier = filed(applicant)
    ask(dossier, {"kind": "field", "code": "has_children", "why": "À dire."})
    answer(dossier, applicant, has_children=Typed(value=True))

    with pytest.raises(CompletionRefused, match="Vos enfants de moins de 18 ans"):
        send(dossier, applicant)
    children = [{"child_name": "Zoé", "child_birth_date": "2019", "child_nationality": "BR"}]
    answer(dossier, applicant, has_children=Typed(value=True), children=Typed(value=children))
    submission = send(dossier, applicant)

    assert submission.answers["children"] == children


def test_a_piece_asked_outside_the_situation_is_taken(applicant):
    dossier = filed(applicant)
    ask(dossier, {"kind": "evidence", "code": "host-letter", "why": "Vous êtes hébergée."})

    assert give(dossier, applicant, "host-letter").rule_code == "host-letter"


def test_an_expired_request_is_closed_to_the_person(applicant):
    dossier = filed(applicant)
    request = ask(dossier)
    with acting(applicant.pk) as act:
        for _ in range(2):
            close_completion(request_id=request.pk, outcome="expired", at=act.now)

    with pytest.raises(rules.DossierClosed):
        answer(dossier, applicant, birth_city=Typed(value="Trop tard"))
    with pytest.raises(rules.DossierClosed, match="Le délai est passé le"):
        send(dossier, applicant)


def test_a_decided_dossier_takes_nothing_more(applicant):
    dossier = filed(applicant)
    ask(dossier)
    with acting(applicant.pk) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    with pytest.raises(rules.DossierClosed, match="décision"):
        send(dossier, applicant)


def test_askable_items_are_the_questions_shown_and_every_box(applicant):
    dossier = filed(applicant)

    with acting(applicant.pk):
        items = askable_items(Dossier.objects.get(pk=dossier.pk), "en")

    assert ("field", "birth_city", "Town of birth") in items
    assert "children" not in {code for _kind, code, _label in items}
    assert "host-letter" in {code for _kind, code, _label in items}
