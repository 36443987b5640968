"""A maker of cards that answers over HTTP, and the worker that asks it."""

import threading

import pytest

from portal.local.card_maker import OrderBook, make_server

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


@pytest.fixture
def work(as_role):
    """Run a job as the worker does."""

    def run(job, order):
        with as_role("worker"):
            job(card_order_id=str(order.pk))

    return run
