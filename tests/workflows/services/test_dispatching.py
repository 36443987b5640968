"""A card follows its person: told to its maker, or sent on by the office where it is."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.db.utils import InternalError, ProgrammingError

from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence.models import TimelineLine
from portal.local.card_maker import OrderBook
from tests.factories.appointments import role as take
from tests.factories.workflows import Life, agent
from tests.workflows.lives import as_worker
from tests.workflows.services.test_producing import order_of, waiting
from workflows import api, jobs
from workflows.enums import CardOrderState, CaseState
from workflows.models import CardDispatch, CardOrder, Case, Step
from workflows.services import dispatching, producing, transferring
from workflows.services.moves import MoveRefused, advance
from workflows.services.producing import MakerAnswer

pytestmark = pytest.mark.django_db


def moved(life, office):
    """The person has moved: the portal transfers the case, in their own act."""
    with acting_for(life.applicant) as act:
        transferring.transfer(
            case_id=life.id, prefecture_code=office, reason="Déménagement.", at=act.now
        )
    return life


def made(life, *, delivered_to=""):
    """The maker took the order and delivered."""
    with as_worker() as act:
        order = CardOrder.objects.get(case_id=life.id)
        producing.note_sent(card_order_id=order.pk, answer=MakerAnswer("M1", "taken"), at=act.now)
        producing.note_produced(
            card_order_id=order.pk, card_number="X1", at=act.now, delivered_to=delivered_to
        )
    return life


def order(life):
    with as_worker():
        return CardOrder.objects.get(case_id=life.id)


def dispatches(life):
    with as_worker():
        found = CardDispatch.objects.filter(order__case=life.id).order_by("asked_at", "pk")
        return [(one.from_code, one.to_code, one.dropped_at is None) for one in found]


def lines(life):
    with acting(life.applicant.pk):
        found = TimelineLine.objects.filter(dossier_id=life.dossier.pk).order_by("at", "id")
        return [line.kind for line in found]


def note(act, life, person, **which):
    with as_worker():
        found = CardDispatch.objects.on_their_way().get(order__case=life.id)
    with acting_for(person) as present:
        act(dispatch_id=found.pk, actor=person, at=present.now)


@pytest.fixture
def life():
    return Life().granted()


@pytest.fixture
def there():
    return agent("counter_agent", office="34")


def test_an_order_that_is_not_sent_yet_names_its_first_office_for_ever(life, maker, work):
    before = producing.what_to_order(order_of(life))
    moved(life, "34")

    with as_worker():
        kept = CardOrder.objects.select_related("case").get(case_id=life.id)
        assert producing.what_to_order(kept) == before
    work(jobs.order_card, kept)
    assert waiting("workflows.redirect_card") == 1
    work(jobs.redirect_card, kept)
    assert order(life).delivery_code == "34"
    maker.now.at += 60
    work(jobs.poll_card, kept)

    kept = order(life)
    assert (kept.state, kept.place_code, kept.delivery_code) == ("produced", "34", "34")
    assert dispatches(life) == []


def test_a_card_being_made_is_delivered_where_the_person_lives_now(life, maker, work):
    work(jobs.order_card, order_of(life))

    moved(life, "34")
    work(jobs.redirect_card, order(life))
    work(jobs.redirect_card, order(life))
    maker.now.at += 60
    work(jobs.poll_card, order(life))

    kept = order(life)
    assert (kept.ordered_for, kept.delivery_code, kept.place_code) == ("75", "34", "34")
    with as_worker():
        assert Case.objects.get(pk=life.id).state == CaseState.CARD_READY
    assert "card_sent_on" not in lines(life)


def test_a_card_made_before_its_maker_was_told_is_sent_on(life, maker, work):
    work(jobs.order_card, order_of(life))
    maker.now.at += 60
    moved(life, "34")

    work(jobs.redirect_card, order(life))
    work(jobs.poll_card, order(life))

    assert order(life).place_code == "75"
    assert dispatches(life) == [("75", "34", True)]
    assert lines(life)[-2:] == ["case_mark_card_ready", "card_sent_on"]


def test_the_poll_tells_the_maker_when_nobody_did(life, maker, work):
    work(jobs.order_card, order_of(life))
    moved(life, "34")

    work(jobs.poll_card, order(life))

    assert order(life).delivery_code == "34"


def test_a_made_card_is_sent_received_and_only_then_handed_over(life, there):
    made(life)
    moved(life, "34")
    with acting_for(there) as act, pytest.raises(MoveRefused, match="autre préfecture"):
        advance(case_id=life.id, move="hand_over", actor=there, at=act.now)
    assert "Elle est envoyée à" in sentence(life)

    note(dispatching.send, life, life.counter)
    with pytest.raises(MoveRefused, match="déjà noté"):
        note(dispatching.send, life, life.counter)
    assert order(life).place_code == ""
    note(dispatching.receive, life, there)

    assert order(life).place_code == "34"
    assert lines(life)[-2:] == ["card_sent_on", "card_arrived"]
    assert "Venez la retirer" in sentence(life)
    with acting_for(there) as act:
        advance(case_id=life.id, move="hand_over", actor=there, at=act.now)
    with as_worker():
        acts = JournalLine.objects.filter(act__startswith="card.").order_by("position")
        assert {line.act for line in acts} >= {"card.dispatch", "card.send", "card.receive"}


def sentence(life):
    with acting(life.applicant.pk):
        return api.case_of(life.dossier.pk).sentence


def test_the_office_that_sends_reads_a_number_and_nothing_of_the_case(life, there):
    case = made(life).case
    moved(life, "34")

    with acting_for(life.counter):
        (card,) = api.cards_on_their_way(life.counter)
        assert (card.number, card.is_to_send, card.holder, card.dossier_number) == (
            "X1",
            True,
            "",
            "",
        )
        assert api.count_cards(life.counter) == (1, 0)
        assert not Case.objects.exists()
    with acting_for(there):
        (card,) = api.cards_on_their_way(there)
        assert (card.number, card.is_to_send) == ("X1", False)
        assert (card.holder, card.dossier_number) == (case.holder_name, case.dossier_number)
        assert api.count_cards(there) == (0, 1)
    stranger = agent("counter_agent", office="69")
    with acting_for(stranger):
        assert api.cards_on_their_way(stranger) == []
        assert not CardDispatch.objects.exists()


def test_only_the_counters_of_the_two_offices_note_it(life, there):
    made(life)
    moved(life, "34")

    for act, person in (
        (dispatching.send, there),
        (dispatching.receive, life.counter),
        (dispatching.send, agent("counter_agent", office="69")),
    ):
        with pytest.raises(CardDispatch.DoesNotExist):
            note(act, life, person)
    with pytest.raises(PermissionDenied):
        note(dispatching.send, life, life.supervisor)


def test_who_comes_back_before_the_card_left_finds_it_where_it_was(life):
    made(life)

    moved(moved(life, "34"), "75")

    assert dispatches(life) == [("75", "34", False)]
    assert order(life).place_code == "75"
    life.handed_over()


def test_who_moves_again_has_the_card_sent_straight_there(life):
    made(life)

    moved(moved(life, "34"), "69")

    assert sorted(dispatches(life)) == [("75", "34", False), ("75", "69", True)]


def test_who_moves_again_while_it_travels_has_it_sent_on_from_where_it_arrives(life, there):
    made(life)
    moved(life, "34")
    note(dispatching.send, life, life.counter)

    moved(life, "69")
    note(dispatching.receive, life, there)

    assert sorted(dispatches(life)) == [("34", "69", True), ("75", "34", True)]
    with acting_for(there):
        (card,) = api.cards_on_their_way(there)
        assert (card.is_to_send, card.holder) == (True, "")
    note(dispatching.send, life, there)
    last = agent("counter_agent", office="69")
    note(dispatching.receive, life, last)
    assert order(life).place_code == "69"


def test_a_title_that_falls_keeps_its_card_where_it_is(life):
    made(life)
    moved(life, "34")
    life.office = "34"
    life.supervisor, life.signatory = (
        agent(role, office="34") for role in ("supervisor", "signatory")
    )
    life._reviewer = agent(office="34")

    life.retraction_proposed().observations_sent().retracted()

    assert order(life).state == CardOrderState.REVOKED
    assert dispatches(life) == [("75", "34", False)]


def test_a_withdrawal_that_an_agent_prepares_holds_nobody_back(life):
    life.retraction_proposed()

    moved(life, "34")

    signatory = agent("signatory", office="34")
    with acting_for(signatory):
        case = Case.objects.get(pk=life.id)
        retraction = case.retractions.get()
        assert (case.state, retraction.settled_at) == (CaseState.IN_PRODUCTION, None)
        assert retraction.invitation.prefecture_code == "34"
    with life.desk():
        assert not Case.objects.exists()


def test_a_grant_that_waits_for_a_supply_goes_with_its_reviewer_drawn_anew(there):
    life = Life().acknowledged().supply_asked().proposed("grant").signed()
    reviewer = agent(office="34")

    moved(life, "34")

    with acting_for(reviewer):
        case = Case.objects.get(pk=life.id)
        assert (case.state, case.reviewer_id) == (CaseState.GRANTED, reviewer.pk)
        assert Step.objects.get(case=case, move="transfer").office_code == "75"
    with life.desk():
        assert not Case.objects.exists()


@pytest.mark.parametrize("state", ["received", "refused", "handed_over"])
def test_nothing_else_is_transferred(state):
    life = Life()
    if state == "refused":
        life.acknowledged().proposed("refuse").signed()
    if state == "handed_over":
        life.granted().card_ready().handed_over()

    with pytest.raises(MoveRefused, match="reste à la préfecture"):
        moved(life, "34")


def test_to_the_same_office_or_to_none_is_refused(life):
    for office, words in (("75", "a déjà le dossier"), ("99X", "n’existe pas")):
        with pytest.raises(MoveRefused, match=words):
            moved(life, office)


def raw(statement, *, actor=None, offices=(), role="web", values=()):
    """Raw SQL in the name of somebody, with deferred rules asked at once."""
    scope = "system" if role == "worker" else ""
    with (
        acting(actor, prefectures=offices, scope=scope),
        take(role),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, values)
        cursor.execute("set constraints all immediate")


REFUSED = (IntegrityError, InternalError, ProgrammingError)


@pytest.mark.parametrize("role", ["web", "worker"])
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("update workflows_carddispatch set to_code = '69'", "never_rewritten|never rewritten"),
        ("update workflows_carddispatch set card_number = 'X2'", "never rewritten"),
        ("delete from workflows_carddispatch", "never rewritten|permission denied"),
        ("update workflows_carddispatch set dropped_at = now()", "a_card_follows_its_case"),
        (
            "update workflows_carddispatch set sent_at = now(), sent_by_id = portal_actor()",
            "a_card_is_sent_by_the_office_that_has_it|a_card_is_sent_by_somebody",
        ),
        (
            "update workflows_carddispatch"
            " set received_at = now(), received_by_id = portal_actor()",
            "a_card_is_received_by_the_office_that_awaits_it|a_card_is_received_by_somebody",
        ),
        ("update workflows_cardorder set place_code = '34'", "a card moves with its dispatches"),
        ("update workflows_cardorder set ordered_for = '34'", "never changed"),
        (
            "insert into workflows_carddispatch (id, order_id, from_code, to_code)"
            " select gen_random_uuid(), id, '75', '34' from workflows_cardorder",
            "a_card_is_on_one_way_at_a_time",
        ),
    ],
)
def test_the_database_refuses_to_bend_the_way_of_a_card(life, statement, words, role):
    made(life)
    moved(life, "34")

    with pytest.raises(REFUSED, match=words):
        raw(statement, actor=life.supervisor.pk, offices=["75", "34"], role=role)


def test_the_database_hands_no_card_over_where_it_is_not(life, there):
    made(life)
    moved(life, "34")

    with pytest.raises(IntegrityError, match="not in this office"):
        raw(
            "insert into workflows_step (id, dossier_id, applicant_id, prefecture_code, case_id,"
            " number, move, source, target, actor_id, role, office_code, reason,"
            " submission_number, clears) select gen_random_uuid(), dossier_id, applicant_id, '34',"
            " id, last_step + 1, 'hand_over', 'card_ready', 'handed_over', %s, 'counter_agent',"
            " '34', '', submission_number, false from workflows_case",
            actor=there.pk,
            offices=["34"],
            values=[there.pk],
        )


@pytest.mark.parametrize(
    ("office_code", "role"), [("75", "reviewer"), ("75", "system"), ("34", "system")]
)
def test_no_agent_writes_a_transfer_by_hand(life, office_code, role):
    made(life)
    actor = life.supervisor.pk if role != "system" else None

    with pytest.raises(IntegrityError, match="another office, by the portal alone"):
        raw(
            "insert into workflows_step (id, dossier_id, applicant_id, prefecture_code, case_id,"
            " number, move, source, target, actor_id, role, office_code, reason,"
            " submission_number, clears) select gen_random_uuid(), dossier_id, applicant_id, '75',"
            " id, last_step + 1, 'transfer_visit', 'card_ready', 'card_ready', %s, %s, %s, '',"
            " submission_number, true from workflows_case",
            actor=life.supervisor.pk,
            offices=["75"],
            values=[actor, role, office_code],
        )


def test_the_maker_says_where_a_card_that_is_made_went(tmp_path):
    book = OrderBook(tmp_path / "cards.sqlite3", delay=60, now=lambda: clock[0])
    clock = [0.0]
    asked = {
        "reference": "k",
        "holder_initials": "A",
        "title_code": "x",
        "valid_from": "2030-01-01",
        "valid_until": "2030-12-31",
        "deliver_to": "75",
    }
    _taken, placed = book.place("k", asked)

    assert book.redirect("k", "34")["state"] == "redirected"
    assert book.place("k", asked)[0] is False
    clock[0] = 60.0
    assert book.redirect("k", "69") == book.status(placed["order"])
    assert book.status(placed["order"])["deliver_to"] == "34"


def test_the_order_of_a_day_is_kept(life):
    """Dates of a dispatch are the database's own, whatever is passed."""
    made(life)
    moved(life, "34")
    with as_worker() as act:
        (found,) = CardDispatch.objects.all().order_by("pk")
        assert found.asked_at == act.now
    with acting_for(life.counter) as act:
        found.sent_at, found.sent_by = act.now - dt.timedelta(days=9), life.counter
        found.save(update_fields=["sent_at", "sent_by"])
        found.refresh_from_db()
        assert found.sent_at == act.now
