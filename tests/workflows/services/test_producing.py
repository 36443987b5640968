"""The card's maker over real HTTP, with its simulator: ordered once, polled, then announced."""

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import IntegrityError, connection
from django.urls import reverse

from portal.core.door import acting
from portal.core.models import JournalLine
from tests.factories.workflows import Life
from tests.workflows.models.test_proofs import sql
from workflows import jobs
from workflows.enums import CardOrderState, CaseState
from workflows.models import CardOrder
from workflows.services import producing, running

pytestmark = pytest.mark.django_db
TOKEN = "test-token-of-the-maker"


def order_of(life):
    with life.desk():
        return CardOrder.objects.select_related("case").get(case_id=life.id)


def waiting(name):
    """The jobs of this name that wait in the queue, as the worker sees them."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = %s", [name])
        return cursor.fetchone()[0]


def test_a_grant_enqueues_one_order():
    life = Life().granted()

    assert order_of(life).state == CardOrderState.TO_SEND
    assert waiting("workflows.order_card") == 1


def test_an_order_is_sent_once_however_often_the_job_runs(maker, work):
    life = Life().granted()

    work(jobs.order_card, order_of(life))
    first = order_of(life)
    work(jobs.order_card, first)

    assert (first.state, first.maker_order) == (CardOrderState.SENT, order_of(life).maker_order)
    assert waiting("workflows.poll_card") == 1


def test_an_answer_lost_on_the_way_does_not_make_a_second_card(maker, work):
    life = Life().granted()
    lost = producing.send_order(order_of(life))

    work(jobs.order_card, order_of(life))

    assert order_of(life).maker_order == lost.order


def test_a_card_that_is_not_made_yet_is_asked_about_again(maker, work):
    life = Life().granted()
    work(jobs.order_card, order_of(life))

    work(jobs.poll_card, order_of(life))

    assert life.case.state == CaseState.IN_PRODUCTION
    assert waiting("workflows.poll_card") == 2


def test_a_card_that_is_made_makes_the_case_ready(maker, work):
    life = Life().granted()
    work(jobs.order_card, order_of(life))
    maker.now.at += 61

    work(jobs.poll_card, order_of(life))
    work(jobs.poll_card, order_of(life))

    case = life.case
    assert (case.state, case.card_number[:3]) == (CaseState.CARD_READY, "SIM")
    assert order_of(life).state == CardOrderState.PRODUCED
    with life.desk():
        assert case.steps.filter(move="mark_card_ready", clears=True).count() == 1


def withdrawn(life):
    """The title is taken back by two people."""
    return life.retraction_proposed().observations_sent().retracted()


def test_a_title_taken_back_cancels_its_card_at_the_maker(maker, work):
    life = Life().granted()
    work(jobs.order_card, order_of(life))
    withdrawn(life)
    asked = order_of(life)
    assert (asked.awaits_cancelling, waiting("workflows.cancel_card")) == (True, 1)

    for _ in range(2):
        work(jobs.cancel_card, asked)

    order = order_of(life)
    assert (order.state, order.maker_said) == (CardOrderState.REVOKED, "cancelled")
    assert producing.ask_state(order.maker_order).state == "cancelled"
    assert JournalLine.objects.filter(act="card.cancel_cancelled").count() == 1


def test_an_order_that_was_on_its_way_when_the_title_fell_makes_no_card(maker, work):
    life = Life().granted()
    on_its_way = order_of(life)
    withdrawn(life)
    work(jobs.cancel_card, order_of(life))

    with pytest.raises(producing.MakerUnavailable, match="409"):
        producing.send_order(on_its_way)
    work(jobs.order_card, order_of(life))

    assert order_of(life).maker_said == "cancelled"


def test_a_card_made_meanwhile_is_said_to_be_made(maker, work, at_desk):
    life = Life().granted()
    work(jobs.order_card, order_of(life))
    withdrawn(life)
    maker.now.at += 61

    work(jobs.cancel_card, order_of(life))

    order = order_of(life)
    assert (order.maker_said, order.card_number[:3]) == ("produced", "SIM")
    page = at_desk(life.supervisor).get(reverse("desk:case", args=[life.id])).content.decode()
    assert "Une carte a déjà été fabriquée" in page
    assert order.card_number in page


def test_a_card_that_had_arrived_is_said_to_be_made_without_asking(maker, work):
    life = Life().granted()
    work(jobs.order_card, order_of(life))
    maker.now.at += 61
    work(jobs.poll_card, order_of(life))

    withdrawn(life)

    assert (order_of(life).maker_said, waiting("workflows.cancel_card")) == ("produced", 0)


def test_a_maker_that_was_away_is_asked_again_to_cancel(maker, work, settings, as_role):
    life = Life().granted()
    work(jobs.order_card, order_of(life))
    withdrawn(life)
    url, settings.CARD_MAKER_URL = settings.CARD_MAKER_URL, "http://127.0.0.1:9/"
    with pytest.raises(producing.MakerUnavailable):
        work(jobs.cancel_card, order_of(life))
    settings.CARD_MAKER_URL = url

    with as_role("worker"), acting(None, scope="system") as act:
        later = act.now + dt.timedelta(days=3)
        due = running.due_after("ask_maker", running.NOWHERE, at=later)
        for order_id in due:
            running.run(running.Task("ask_maker", order_id), at=later)

    assert due == [order_of(life).pk]
    assert waiting("workflows.cancel_card") == 2


def test_the_maker_says_nothing_of_an_order_that_stands():
    life = Life().granted()

    with pytest.raises(IntegrityError, match="the_maker_answers_once_about_a_revoked_order"):
        sql(life, "update workflows_cardorder set maker_said = 'cancelled', maker_said_at = now()")


def test_the_maker_learns_nothing_but_what_it_prints(maker):
    life = Life().granted()

    assert producing.what_to_order(order_of(life)) == {
        "reference": f"{life.id}-{life.case.last_step}",
        "holder_initials": "AE",
        "title_code": "student-renewal",
        "valid_from": "2027-03-01",
        "valid_until": "2028-02-29",
        "deliver_to": "75",
    }


@pytest.mark.parametrize(
    "change", [{"CARD_MAKER_TOKEN": "wrong"}, {"CARD_MAKER_URL": "http://127.0.0.1:9/"}]
)
def test_a_maker_that_refuses_or_is_away_leaves_the_order_to_send(maker, settings, work, change):
    life = Life().granted()
    for name, value in change.items():
        setattr(settings, name, value)

    with pytest.raises(producing.MakerUnavailable):
        work(jobs.order_card, order_of(life))

    assert order_of(life).state == CardOrderState.TO_SEND


def test_an_address_that_is_not_http_is_refused(settings):
    settings.CARD_MAKER_URL = "file:///etc/"

    with pytest.raises(producing.MakerUnavailable, match="not http"):
        producing.ask_state("x")


@pytest.fixture
def answering(settings):
    """A maker that answers each request with this status, headers and body; it notes them."""
    servers = []

    def start(status, *, headers=None, body=b""):
        seen = []

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self):
                seen.append(self.path)
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Answer)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        settings.CARD_MAKER_URL = f"http://127.0.0.1:{server.server_address[1]}/"
        settings.CARD_MAKER_TOKEN = TOKEN
        return seen

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_token_follows_no_redirect(answering):
    seen = answering(302, headers={"Location": "/elsewhere"})

    with pytest.raises(producing.MakerUnavailable, match="302"):
        producing.ask_state("x")

    assert seen == ["/orders/x"]


def test_a_rejected_order_is_a_failure(answering):
    answering(200, body=b'{"order": "x", "state": "rejected"}')

    with pytest.raises(producing.MakerUnavailable, match="rejected"):
        producing.ask_state("x")


def test_prints_taken_at_the_counter_order_the_card():
    life = Life(procedure="spouse-of-french-first").granted()

    life.prints_taken()

    assert order_of(life).idempotency_key == f"{life.id}-{life.case.last_step}"
