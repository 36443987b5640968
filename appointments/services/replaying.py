"""A run made again from what it kept: the same decisions, or exactly what differs."""

import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import sha256
from itertools import zip_longest

from appointments import ordering
from appointments.enums import IssueOutcome
from appointments.models import IssueDecision, IssueRun, ShortNoticeOffer
from appointments.ordering import FreeSeat, Given, Ranked, Waiting

SHOWN_AT_MOST = 20


@dataclass(frozen=True)
class Inputs:
    """All that a run looks at, besides its seed. `is_near`: it offers what near seats are left."""

    at: datetime
    today: date
    waiting: list[Waiting]
    seats: list[FreeSeat]
    is_near: bool = False


def canonical(inputs: Inputs) -> bytes:
    """One text for one set of inputs, whatever the order in which they were read."""
    return json.dumps(
        {
            "at": inputs.at.isoformat(),
            "today": inputs.today.isoformat(),
            "is_near": inputs.is_near,
            "waiting": [
                _flat(one) for one in sorted(inputs.waiting, key=lambda one: one.clearance_id)
            ],
            "seats": [
                _flat(one)
                for one in sorted(inputs.seats, key=lambda one: (one.slot_id, one.number))
            ],
        },
        separators=(",", ":"),
        default=_plain,
    ).encode()


def _flat(one: Waiting | FreeSeat) -> list:
    """In the order of the fields; runs older than couples say nothing of them, as who has none."""
    values = [getattr(one, name) for name in _NAMES[type(one)]]
    return values[:-1] if isinstance(one, Waiting) and not one.couple else values


_NAMES = {kind: [one.name for one in fields(kind)] for kind in (Waiting, FreeSeat)}


def _plain(value):
    return sorted(value) if isinstance(value, frozenset) else value.isoformat()


def pack(inputs: Inputs) -> tuple[bytes, str]:
    """The bytes to keep, and the digest that the run seals."""
    text = canonical(inputs)
    return zlib.compress(text, 1), sha256(text).hexdigest()


def unpack(packed: bytes) -> Inputs:
    """The inputs as they were."""
    said = json.loads(zlib.decompress(packed))
    return Inputs(
        at=datetime.fromisoformat(said["at"]),
        today=date.fromisoformat(said["today"]),
        waiting=[_waiting(one) for one in said["waiting"]],
        seats=[_seat(one) for one in said["seats"]],
        is_near=said["is_near"],
    )


def _waiting(values: list) -> Waiting:
    names = _NAMES[Waiting]
    said = dict(zip(names, [*values, ""][: len(names)], strict=True))
    moment = datetime.fromisoformat
    said |= {
        "filed_at": moment(said["filed_at"]),
        "cleared_on": date.fromisoformat(said["cleared_on"]),
        "deadline_on": said["deadline_on"] and date.fromisoformat(said["deadline_on"]),
        "avoid": frozenset(date.fromisoformat(day) for day in said["avoid"]),
        "busy": tuple((moment(starts), moment(ends)) for starts, ends in said["busy"]),
        "sites": tuple(said["sites"]),
        "blocked": frozenset(said["blocked"]),
        "accepted": said["accepted"] and tuple(said["accepted"]),
        "declined": frozenset(date.fromisoformat(day) for day in said["declined"]),
    }
    return Waiting(**said)


def _seat(values: list) -> FreeSeat:
    said = dict(zip(_NAMES[FreeSeat], values, strict=True))
    said |= {
        "starts_at": datetime.fromisoformat(said["starts_at"]),
        "ends_at": datetime.fromisoformat(said["ends_at"]),
        "day": date.fromisoformat(said["day"]),
        "interpreters": frozenset(said["interpreters"]),
    }
    return FreeSeat(**said)


def decide(inputs: Inputs, seed: str) -> list[Given]:
    """Everybody in order, each with a seat or the reason for none. No table is read.

    Who said yes to a seat is served whatever they missed before they were asked.
    """
    may = [
        seat
        for seat in inputs.seats
        if ordering.may_be_given(
            seat, urgent=False, accepted=False, today=inputs.today, at=inputs.at
        )
    ]
    ranked = ordering.in_order(
        inputs.waiting,
        today=inputs.today,
        seed=seed,
        urgencies=ordering.urgencies_at_most(len(may)),
    )
    served: Iterable[Ranked] = (
        one for one in ranked if one.waiting.accepted or ordering.may_be_served(one.waiting)
    )
    made = ordering.give(
        served, inputs.seats, today=inputs.today, at=inputs.at, offering=inputs.is_near
    )
    given = {one.ranked.rank: one for one in made}
    return [given.get(one.rank) or Given(one, None, "missed_twice") for one in ranked]


def sealed(*said: str) -> str:
    """The digest of what is said, as the database computes it again (`appointments_sealed`)."""
    return sha256("|".join(said).encode()).hexdigest()


def seal_of_decision(before: str, one: IssueDecision) -> str:
    return sealed(
        before,
        str(one.rank),
        str(one.priority_class),
        str(int(one.is_capped)),
        str(one.clearance_id),
        str(one.outcome),
        str(one.appointment_id or ""),
    )


def seal_of_offer(before: str, one: ShortNoticeOffer) -> str:
    return sealed(
        before,
        str(one.rank),
        str(one.clearance_id),
        str(one.slot_id),
        str(one.seat_number),
        str(one.pk),
    )


def seal_of_run(run: IssueRun) -> str:
    """The seal of all that a run says; runs older than offers said nothing of them."""
    offers = [str(int(run.is_near)), run.offers_digest] if run.offers_digest else []
    return sealed(
        run.previous_digest,
        run.rule_version,
        run.seed,
        str(run.waiting),
        str(run.issued),
        run.inputs_digest,
        run.decisions_digest,
        run.next_seed_digest,
        *offers,
    )


def differences(run: IssueRun) -> Iterator[str]:
    """What a replay of this run finds otherwise than its rows say; nothing when identical.

    Somebody found "elsewhere" was expected at another prefecture when the row was written: the
    replay has a seat for them, and that is no difference.
    """
    if run.rule_version not in ordering.REPLAYS:
        yield f"rules: made by {run.rule_version}, replayed by {ordering.RULE_VERSION}"
        return
    packed = bytes(run.inputs.packed)
    inputs = unpack(packed)
    if sha256(canonical(inputs)).hexdigest() != run.inputs_digest:
        yield "inputs: not those that the run sealed"
    decided = decide(inputs, run.seed)
    rows = run.decisions.select_related("appointment").order_by("rank")
    for made, row in zip_longest(decided, rows):
        again, kept = _said_by_replay(made), _said_by_row(row)
        if again != kept and not _is_elsewhere(again, kept):
            yield f"rank {(again or kept)[0]}: replayed {again}, kept {kept}"
    yield from _other_offers(run, decided)


def _other_offers(run: IssueRun, decided: list[Given]) -> Iterator[str]:
    made = [
        (one.ranked.rank, one.ranked.waiting.clearance_id, one.offered.slot_id, one.offered.number)
        for one in decided
        if one.offered is not None
    ]
    kept = [
        (one.rank, str(one.clearance_id), str(one.slot_id), one.seat_number)
        for one in run.offers.order_by("rank")
    ]
    for again, row in zip_longest(made, kept):
        if again != row:
            yield f"offer: replayed {again}, kept {row}"


def _said_by_replay(made: Given | None) -> tuple:
    if made is None:
        return ()
    one, seat = made.ranked, made.seat
    place = f"{seat.slot_id}/{seat.number}" if seat else ""
    outcome = IssueOutcome.SEAT.value if seat else made.reason
    return (one.rank, one.priority_class, one.capped, one.waiting.clearance_id, outcome, place)


def _said_by_row(row: IssueDecision | None) -> tuple:
    if row is None:
        return ()
    seat = row.appointment
    place = f"{seat.slot_id}/{seat.seat_number}" if seat else ""
    clearance = str(row.clearance_id)
    return (row.rank, row.priority_class, row.is_capped, clearance, row.outcome, place)


def _is_elsewhere(again: tuple, kept: tuple) -> bool:
    return (
        bool(again and kept)
        and kept[4] == IssueOutcome.ELSEWHERE
        and (again[:4], again[4]) == (kept[:4], IssueOutcome.SEAT)
    )


def broken_links(prefecture_code: str) -> Iterator[str]:
    """Where the chain of runs and decisions of a prefecture is broken; nothing when whole."""
    runs = IssueRun.objects.filter(prefecture_code=prefecture_code).order_by("started_at", "pk")
    following = {run.previous_digest: run for run in runs}
    before, seen, drawn = "", 0, ""
    while before in following:
        run = following.pop(before)
        seen += 1
        if run.digest != seal_of_run(run):
            yield f"run {run.pk}: its seal is another"
        if drawn and drawn != sealed(run.seed):
            yield f"run {run.pk}: its seed is not the one that was drawn"
        link = run.inputs_digest
        for row in run.decisions.order_by("rank") if link else ():
            if row.digest != seal_of_decision(link, row):
                yield f"run {run.pk}, rank {row.rank}: its seal is another"
                break
            link = row.digest
        if link != run.decisions_digest:
            yield f"run {run.pk}: its decisions are not those that it sealed"
        yield from _broken_offers(run)
        before, drawn = run.digest, run.next_seed_digest
    for run in following.values():
        yield f"run {run.pk}: follows a run that is not there"


def _broken_offers(run: IssueRun) -> Iterator[str]:
    link = run.decisions_digest
    for row in run.offers.order_by("rank"):
        if row.digest != seal_of_offer(link, row):
            yield f"run {run.pk}, offer of rank {row.rank}: its seal is another"
        link = row.digest
    if run.offers_digest and link != run.offers_digest:
        yield f"run {run.pk}: its offers are not those that it sealed"
