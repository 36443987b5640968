"""The card's maker over real HTTP, with its simulator: ordered once, polled, then announced."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection

from portal.local.card_maker import OrderBook, make_server
from tests.factories.workflows import Life
from workflows import jobs
from workflows.enums import CardOrderState, CaseState
from workflows.models import CardOrder
from workflows.services import producing

pytestmark = pytest.mark.django_db
TOKEN = "test-token-of-the-maker"


class Clock:
    at = 1_000.0

    def __call__(self):
        return self.at


@pytest.fixture
def maker(tmp_path, settings):
    """A maker that needs a minute for a card; `maker.now.at` moves its own clock."""
    book = OrderBook(tmp_path / "cards.sqlite3", delay=60, now=Clock())
    server = make_server(0, book, TOKEN)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.CARD_MAKER_URL = f"http://127.0.0.1:{server.server_address[1]}/"
    settings.CARD_MAKER_TOKEN = TOKEN
    yield book
    server.shutdown()
    server.server_close()


def order_of(life):
    with life.desk():
        return CardOrder.objects.select_related("case").get(case_id=life.id)


def waiting(name):
    """The jobs of this name that wait in the queue, as the worker sees them."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = %s", [name])
        return cursor.fetchone()[0]


@pytest.fixture
def work(as_role):
    """Run a job as the worker does."""

    def run(job, order):
        with as_role("worker"):
            job(card_order_id=str(order.pk))

    return run


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


def test_the_maker_learns_nothing_but_what_it_prints(maker):
    life = Life().granted()

    assert producing.what_to_order(order_of(life)) == {
        "reference": f"{life.id}-{life.case.last_step}",
        "holder_initials": "AE",
        "title_code": "student-renewal",
        "valid_from": "2027-03-01",
        "valid_until": "2028-02-29",
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
