"""Memory does not grow with the file: fifty megabytes go in and out in a few."""

import tracemalloc
import uuid

import pytest

from portal.vault import storage

pytestmark = pytest.mark.django_db
PIECE, SIZE = 64 * 1024, 50 * 1024 * 1024
MOST = 32 * 1024 * 1024


def pieces():
    return (number.to_bytes(8) * (PIECE // 8) for number in range(SIZE // PIECE))


@pytest.fixture
def peak():
    """The most that Python held at once since the last question."""
    tracemalloc.start()

    def ask():
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        return most

    yield ask
    tracemalloc.stop()


def test_fifty_megabytes_go_in_and_out_in_less_than_thirty_two(each_store, peak):
    subject_id = uuid.uuid4()
    storage.put(b"warm", subject_id=subject_id, kind="evidence")
    idle = peak()

    kept = storage.put(pieces(), subject_id=subject_id, kind="evidence")
    taken_in = peak() - idle
    given = 0
    for piece in storage.open_range(
        kept.key, subject_id=subject_id, kind="evidence", size=kept.size
    ):
        given += len(piece)
    given_out = peak() - idle

    assert kept.size == given == SIZE
    assert taken_in < MOST
    assert given_out < MOST
    storage.discard(kept.key, kind="evidence")
