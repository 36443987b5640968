"""The simulated card maker: one order per key, whatever is repeated or lost."""

import json
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.local.card_maker import OrderBook, Refused, make_server

ORDER = {
    "reference": "DOS-TEST-1",
    "holder_initials": "A. Z.",
    "title_code": "student",
    "valid_from": "2030-01-01",
    "valid_until": "2030-12-31",
    "deliver_to": "75",
}


class Clock:
    at = 1000.0

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def book(tmp_path, clock):
    return OrderBook(tmp_path / "cards.sqlite3", delay=60, now=clock)


def test_same_key_gives_the_same_order(book):
    first, taken = book.place("key-1", ORDER)
    second, again = book.place("key-1", ORDER)

    assert (first, second) == (True, False)
    assert taken == again


def test_same_key_at_the_same_moment_gives_one_order(book):
    with ThreadPoolExecutor(8) as callers:
        answers = list(callers.map(lambda _: book.place("key-1", ORDER), range(16)))

    assert sum(taken for taken, _ in answers) == 1
    assert len({status["order"] for _, status in answers}) == 1


def test_same_key_for_another_order_is_refused(book):
    book.place("key-1", ORDER)

    with pytest.raises(Refused, match="another order"):
        book.place("key-1", ORDER | {"reference": "DOS-TEST-2"})


def test_order_is_produced_after_the_delay_and_keeps_its_number(book, clock, tmp_path):
    _, queued = book.place("key-1", ORDER)
    clock.at += 60
    reopened = OrderBook(tmp_path / "cards.sqlite3", delay=60, now=clock)

    assert queued["state"] == "queued"
    assert reopened.status(queued["order"])["state"] == "produced"
    assert reopened.status(queued["order"]) == book.status(queued["order"])


def test_a_cancelled_order_is_never_made_and_never_taken_again(book, clock):
    _, queued = book.place("key-1", ORDER)

    assert book.cancel("key-1") == {"order": queued["order"], "state": "cancelled"}

    clock.at += 60
    assert book.cancel("key-1")["state"] == "cancelled"
    assert book.status(queued["order"]) == {"order": queued["order"], "state": "cancelled"}
    with pytest.raises(Refused, match="was cancelled"):
        book.place("key-1", ORDER)


def test_an_order_cancelled_before_it_arrives_is_refused(book):
    assert book.cancel("key-1") == {"order": "", "state": "cancelled"}

    with pytest.raises(Refused, match="was cancelled"):
        book.place("key-1", ORDER)


def test_a_card_that_is_made_is_not_cancelled_and_says_its_number(book, clock):
    _, queued = book.place("key-1", ORDER)
    clock.at += 60

    said = book.cancel("key-1")

    assert said == book.status(queued["order"]) == book.cancel("key-1")
    assert said["state"] == "produced"


@pytest.mark.parametrize(
    "change", [{"reference": ""}, {"valid_until": "soon"}, {"holder_name": "Test"}]
)
def test_wrong_order_is_refused(book, change):
    with pytest.raises(Refused) as refusal:
        book.place("key-1", ORDER | change)

    assert refusal.value.status == 400


@pytest.fixture
def server(book):
    server = make_server(0, book, "the-token")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def call(url, *, token="the-token", key="key-1", data=None):
    request = urllib.request.Request(
        url,
        data=data if data is None else json.dumps(data).encode(),
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": key},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def test_order_is_placed_then_read(server):
    status, placed = call(f"{server}/orders", data=ORDER)
    repeated, again = call(f"{server}//orders", data=ORDER)
    read, queued = call(f"{server}/orders/{placed['order']}")

    assert (status, repeated, read) == (201, 200, 200)
    assert placed == again == queued == {"order": placed["order"], "state": "queued"}


def test_an_order_is_cancelled_over_http(server):
    _, placed = call(f"{server}/orders", data=ORDER)

    answer = call(f"{server}/cancellations", data={"reference": "key-1"})

    assert answer == (200, {"order": placed["order"], "state": "cancelled"})
    assert call(f"{server}/cancellations", data={})[0] == 400


def test_wrong_token_is_refused(server):
    assert call(f"{server}/cancellations", token="", data={"reference": "key-1"})[0] == 401
    assert call(f"{server}/orders", token="other", data=ORDER)[0] == 401
    assert call(f"{server}/orders/CM-1", token="")[0] == 401


def test_unknown_order_is_not_found(server):
    assert call(f"{server}/orders/CM-unknown") == (404, {"error": "unknown order"})


def test_order_without_a_key_is_refused(server):
    assert call(f"{server}/orders", key="", data=ORDER)[0] == 400
