"""What is sealed opens whole or in part, for its dossier and under its name; or not at all."""

import itertools
import os
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.vault.errors import Unreadable
from portal.vault.sealing import (
    HEADER,
    SEGMENT,
    TAG,
    Seal,
    Span,
    opened,
    opened_whole,
    sealed,
    sealed_size,
    segments,
)

KEY, SUBJECT, NAME = os.urandom(32), uuid.uuid4(), "evidence/2026-11-23/1.abc"
SEAL = Seal.of(KEY, subject_id=SUBJECT, name=NAME)
SIZES = [1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, 3 * SEGMENT + 17]
STEP = SEGMENT + TAG


def content(size):
    return os.urandom(min(size, 4096)) * (size // 4096 + 1)


def close(data, seal=SEAL):
    return b"".join(sealed([data], seal))


def read(kept, size, start=0, stop=None, seal=SEAL):
    span = Span(size, start, size if stop is None else stop)
    return b"".join(opened([kept[span.begins_at : span.ends_at]], seal, span))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_sealed_opens_whole_and_says_nothing_of_itself(size):
    data = content(size)[:size]

    kept = close(data)

    assert len(kept) == sealed_size(size)
    assert kept.startswith(HEADER)
    assert data[:32] not in kept or size < 16
    assert b"".join(opened_whole([kept], SEAL)) == data


@settings(max_examples=60, deadline=None)
@given(
    size=st.sampled_from(SIZES),
    bounds=st.tuples(st.integers(0, 4 * SEGMENT), st.integers(1, 4 * SEGMENT)),
)
def test_any_part_opens_alone(size, bounds):
    data = content(size)[:size]
    start = bounds[0] % size
    stop = min(start + bounds[1], size)

    assert read(close(data), size, start, stop) == data[start:stop]


def test_a_part_asks_the_store_for_its_own_segments_only():
    span = Span(10 * SEGMENT, 3 * SEGMENT + 5, 3 * SEGMENT + 10)

    assert (span.begins_at, span.ends_at) == (len(HEADER) + 3 * STEP, len(HEADER) + 4 * STEP)


@settings(max_examples=40, deadline=None)
@given(place=st.integers(0, sealed_size(2 * SEGMENT + 9) - 1), bit=st.integers(0, 7))
def test_a_bit_flipped_anywhere_is_seen_and_nothing_of_its_segment_is_given(place, bit):
    data = content(2 * SEGMENT + 9)[: 2 * SEGMENT + 9]
    kept = bytearray(close(data))
    kept[place] ^= 1 << bit
    given_out = []

    with pytest.raises(Unreadable):
        given_out.extend(opened_whole([bytes(kept)], SEAL))

    before = max(place - len(HEADER), 0) // STEP * SEGMENT
    assert b"".join(given_out) == data[:before]


@pytest.mark.parametrize("left", [0, 4, len(HEADER), len(HEADER) + 3, STEP, len(HEADER) + STEP])
def test_an_object_cut_at_any_place_does_not_open(left):
    size = 2 * SEGMENT
    kept = close(content(size)[:size])[:left]

    with pytest.raises(Unreadable):
        b"".join(opened_whole([kept], SEAL))
    with pytest.raises(Unreadable):
        read(kept, size)


def test_a_longer_object_does_not_open():
    with pytest.raises(Unreadable):
        b"".join(opened_whole([close(b"short") + b"more"], SEAL))


def test_segments_do_not_change_places():
    size = 3 * SEGMENT
    kept = close(content(size)[:size])
    parts = [kept[len(HEADER) + i * STEP :][:STEP] for i in range(3)]

    for order in itertools.permutations(range(3)):
        if order != (0, 1, 2):
            mixed = HEADER + b"".join(parts[i] for i in order)
            with pytest.raises(Unreadable):
                b"".join(opened_whole([mixed], SEAL))


@pytest.mark.parametrize(
    "other",
    [
        Seal.of(KEY, subject_id=uuid.uuid4(), name=NAME),
        Seal.of(KEY, subject_id=SUBJECT, name=NAME + "d"),
        Seal.of(os.urandom(32), subject_id=SUBJECT, name=NAME),
    ],
)
def test_another_dossier_another_name_or_another_key_opens_nothing(other):
    with pytest.raises(Unreadable):
        b"".join(opened_whole([close(b"a passport")], other))


def test_two_objects_of_the_same_bytes_have_nothing_in_common():
    data = content(SEGMENT)[:SEGMENT]
    other = Seal.of(KEY, subject_id=SUBJECT, name="evidence/2026-11-23/1.other")

    one, two = close(data)[len(HEADER) :], close(data, other)[len(HEADER) :]

    assert not {one[i : i + 16] for i in range(0, len(one), 16)} & {
        two[i : i + 16] for i in range(0, len(two), 16)
    }


@settings(max_examples=50, deadline=None)
@given(chunks=st.lists(st.binary(max_size=50), max_size=20), length=st.integers(1, 30))
def test_pieces_hold_the_same_bytes_whatever_they_came_in(chunks, length):
    pieces = list(segments(chunks, length))

    assert b"".join(pieces) == b"".join(chunks)
    assert all(len(piece) == length for piece in pieces[:-1])
    assert all(pieces)


def test_one_segment_is_in_memory_at_a_time():
    """The source is asked for its next piece only once the pieces before were taken away."""
    asked = []

    def source():
        for number in range(40):
            asked.append(number)
            yield bytes(SEGMENT)

    taken = sealed(source(), SEAL)
    next(taken)
    for number in range(1, 38):
        next(taken)
        assert len(asked) <= number + 2
