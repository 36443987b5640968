"""Invented cases, as many as one likes: seasonal, of every age, each with a life that may happen.

Pure and seeded: the same seed gives the same people, days and outcomes. Names, numbers and
addresses are visibly invented. A life is a script of moves with the days on which they happen,
cut at the case's age, so that what is stored is what the machine would have left.
"""

import datetime as dt
import random
from bisect import bisect
from dataclasses import dataclass, field
from itertools import accumulate

from workflows import deadlines
from workflows.enums import BEFORE_DECISION, IN_REVIEW, CaseState

S = CaseState
UTC = dt.UTC
# Filings by month: students before September, first titles until December.
SEASON = (7, 7, 7, 7, 7, 9, 9, 10, 14, 10, 8, 5)
# The offices around Paris receive more than their population says.
CROWDED = {"75": 3.0, "92": 2.0, "93": 3.0, "94": 2.0, "95": 2.0, "91": 1.5, "69": 1.5, "13": 1.5}
AGENTS_PER_CASES = 900

RENEWAL = (("acknowledge", 12), ("propose", 35), ("grant", 2), ("start_production", 0))
CARD = (("mark_card_ready", 21), ("hand_over", 18))
LIVES = {
    "renewal": (34, "grant", (*RENEWAL, *CARD)),
    "renewal completed": (
        16,
        "grant",
        (("ask_completion", 9), ("receive_completion", 14), *RENEWAL, *CARD),
    ),
    "first title": (
        20,
        "grant",
        (
            ("acknowledge", 15),
            ("propose", 60),
            ("grant", 3),
            ("require_biometrics", 0),
            ("take_biometrics", 24),
            *CARD,
        ),
    ),
    "first title after an opinion": (
        8,
        "grant",
        (
            ("acknowledge", 15),
            ("ask_opinion", 10),
            ("receive_opinion", 22),
            ("propose", 30),
            ("grant", 3),
            ("require_biometrics", 0),
            ("take_biometrics", 24),
            *CARD,
        ),
    ),
    "moved to another office": (4, "grant", (("reroute", 8), *RENEWAL, *CARD)),
    "refusal": (6, "refuse", (("acknowledge", 15), ("propose", 80), ("refuse", 5))),
    "closure": (
        4,
        "close",
        (("ask_completion", 10), ("receive_completion", 31), ("propose", 12), ("close", 4)),
    ),
    "withdrawal": (3, "", (("acknowledge", 14), ("withdraw", 20))),
    "silence": (5, "", (("acknowledge", 25),)),
}
"""Each life with its weight, its outcome, and its moves with the usual days between them."""

TARGETS = {
    "acknowledge": S.UNDER_REVIEW,
    "ask_completion": S.COMPLETION_REQUESTED,
    "ask_opinion": S.OPINION_REQUESTED,
    "receive_opinion": S.UNDER_REVIEW,
    "propose": S.DECISION_PROPOSED,
    "grant": S.GRANTED,
    "refuse": S.REFUSED,
    "close": S.CLOSED,
    "start_production": S.IN_PRODUCTION,
    "require_biometrics": S.BIOMETRICS_DUE,
    "take_biometrics": S.IN_PRODUCTION,
    "mark_card_ready": S.CARD_READY,
    "hand_over": S.HANDED_OVER,
    "withdraw": S.WITHDRAWN,
    "reroute": S.RECEIVED,
}
PORTAL_MOVES = {"open", "route", "start_production", "require_biometrics", "mark_card_ready"}
SIGNING = {"grant", "refuse", "close"}
ROLES = {
    "withdraw": "applicant",
    "receive_completion": "applicant",
    "take_biometrics": "counter_agent",
    "hand_over": "counter_agent",
} | dict.fromkeys(SIGNING, "signatory")
_KEPT = {
    "ask_completion": ("request", "asked_at", "asked_by"),
    "ask_opinion": ("opinion", "opinion_at", "opinion_by"),
    "propose": ("proposal", "proposed_at", "proposed_by"),
    "start_production": ("order", "ordered_at", "ordered_by"),
    "take_biometrics": ("order", "ordered_at", "ordered_by"),
} | dict.fromkeys(SIGNING, ("decision", "decided_at", "decided_by"))
"""The record that a move leaves: the names of its identifier, its moment and its author."""
_MOMENTS = {
    "acknowledge": "complete_at",
    "receive_opinion": "opinion_settled_at",
    "mark_card_ready": "produced_at",
} | dict.fromkeys(("refuse", "close", "hand_over", "withdraw"), "ended_at")


@dataclass(frozen=True)
class Office:
    """An office with its agents' identifiers by role, and communes that belong to it."""

    code: str
    department: str
    communes: tuple[str, ...]
    weight: float
    agents: dict = field(default_factory=dict)
    service: int | None = None


@dataclass
class Step:
    """One move of a life; `at` is when."""

    id: str
    number: int
    move: str
    source: str
    target: str
    role: str
    actor: int | None
    office: str
    at: dt.datetime


@dataclass
class Life:
    """Everything that one case has been through until now."""

    serial: int
    case: str
    dossier: str
    person: str
    submission: str
    applicant: int
    office: Office
    first_office: Office
    commune: str
    procedure: str
    outcome: str
    filed_at: dt.datetime
    limit: deadlines.TimeLimit
    steps: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    pauses: list = field(default_factory=list)
    hands: list = field(default_factory=list)
    """Who had the case: identifier, agent, since, until, why, why not any more."""

    @property
    def state(self) -> str:
        return self.steps[-1].target

    @property
    def reviewer(self) -> int | None:
        """Whose case it is; nobody's once the review has ended."""
        return self.hands[-1][1] if self.hands and self.hands[-1][3] is None else None


class Population:
    """Draws lives one after the other, from a seed and the day on which the story is told."""

    def __init__(self, *, seed: int, now: dt.datetime, offices: list, limits: dict, years: float):
        self.dice = random.Random(seed)
        self.now, self.offices, self.limits = now, offices, limits
        self.days = int(365 * years)
        self.last_day = deadlines.legal_day(now) - dt.timedelta(days=1)
        self._office_bounds = list(accumulate(office.weight for office in offices))
        self._kinds = list(LIVES.values())
        self._life_bounds = list(accumulate(weight for weight, _outcome, _moves in self._kinds))
        by_day = (SEASON[self._day(n).month - 1] for n in range(self.days))
        self._day_bounds = list(accumulate(by_day))

    def life(self, serial: int, applicant: int) -> Life:
        """The next case."""
        dice = self.dice
        office = self.offices[self._drawn(self._office_bounds)]
        _weight, outcome, moves = self._kinds[self._drawn(self._life_bounds)]
        first = any(move == "require_biometrics" for move, _days in moves)
        procedure = "spouse-of-french-first" if first else "student-renewal"
        rerouted = moves[0][0] == "reroute"
        life = Life(
            serial=serial,
            case=self._identifier(),
            dossier=self._identifier(),
            person=self._identifier(),
            submission=self._identifier(),
            applicant=applicant,
            office=office,
            first_office=self._another(office, serial) if rerouted else office,
            commune=dice.choice(office.communes),
            procedure=procedure,
            outcome=outcome,
            filed_at=self._filed_at(),
            limit=self.limits[procedure],
        )
        self._live(life, moves)
        return life

    def _another(self, office, serial):
        found = self.offices[serial % len(self.offices)]
        return found if found is not office else self.offices[serial % len(self.offices) - 1]

    def _live(self, life, moves):
        """Open, route, then every move of the script whose day has come."""
        at = life.filed_at
        self._step(life, "open", "", S.FILED, at)
        self._step(life, "route", S.FILED, S.RECEIVED, at)
        self._hand_over(life, "route", at)
        life.facts["back_to"] = ""
        for move, days in moves:
            if days:
                at += dt.timedelta(days=max(1, int(days * self.dice.expovariate(1.0) + 0.5)))
            if at >= self.now:
                break
            source = life.state
            if move in ("ask_completion", "propose"):
                life.facts["back_to"] = source
            if move == "reroute":
                life.facts["back_to"] = S.RECEIVED
            target = TARGETS.get(move) or life.facts["back_to"]
            self._step(life, move, source, target, at)
            self._keep(life, move, at)
            self._hand_over(life, move, at)

    def _hand_over(self, life, move, at):
        """A reviewer is drawn when the case arrives, and has it until the review ends."""
        if life.hands and life.hands[-1][3] is None:
            if move != "reroute" and life.state in IN_REVIEW:
                return
            life.hands[-1][3] = at
            life.hands[-1][5] = "rerouted" if move == "reroute" else "closed"
        if move in ("route", "reroute"):
            office = life.first_office if move == "route" else life.office
            agent = self.dice.choice(office.agents["reviewer"])
            why = "routed" if move == "route" else "rerouted"
            life.hands.append([self._identifier(), agent, at, None, why, ""])

    def _step(self, life, move, source, target, at):
        role = "system" if move in PORTAL_MOVES else ROLES.get(move, "reviewer")
        office = life.office
        if move == "open":
            office = None
        elif move in ("route", "reroute"):
            office = life.first_office if move == "reroute" else None
        actor = None
        if role == "applicant":
            actor = life.applicant
        elif role == "reviewer":
            actor = life.reviewer
        elif role != "system":
            actor = self.dice.choice((office or life.office).agents[role])
        life.steps.append(
            Step(
                id=self._identifier(),
                number=len(life.steps) + 1,
                move=move,
                source=str(source),
                target=str(target),
                role=role,
                actor=actor,
                office=office.code if office else None,
                at=at,
            )
        )

    def _keep(self, life, move, at):
        """What a move leaves besides its step."""
        facts, step = life.facts, life.steps[-1]
        if move in _KEPT:
            prefix, date, author = _KEPT[move]
            facts.setdefault(prefix, self._identifier())
            facts.setdefault(date, at)
            facts.setdefault(author, step.actor)
        if move == "ask_completion":
            asked_on = deadlines.legal_day(at)
            due_on = asked_on + dt.timedelta(days=30)
            life.pauses.append([facts["request"], asked_on, due_on, None])
        elif move == "receive_completion":
            life.pauses[-1][3] = at
        elif move in ("start_production", "take_biometrics"):
            facts["order_step"] = step
        if move in _MOMENTS:
            facts.setdefault(_MOMENTS[move], at)

    def _filed_at(self):
        day = self._day(self._drawn(self._day_bounds))
        minutes = int(self.dice.gauss(14 * 60, 180)) % (24 * 60)
        return dt.datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=UTC)

    def _day(self, number):
        return self.last_day - dt.timedelta(days=number)

    def _drawn(self, bounds):
        return bisect(bounds, self.dice.random() * bounds[-1])

    def _identifier(self):
        return "%032x" % (self.dice.getrandbits(128) & ~(0xF << 76) | 4 << 76)


def silence_of(life: Life) -> dt.date:
    """The date of implicit refusal, from the same pure function as the portal's."""
    return deadlines.implicit_refusal(
        starts_on=deadlines.legal_day(life.filed_at),
        limit=life.limit,
        pauses=[
            deadlines.pause_of_request(
                asked_on=asked_on,
                due_on=due_on,
                supplied_on=deadlines.legal_day(closed_at) if closed_at else None,
            )
            for _request, asked_on, due_on, closed_at in life.pauses
        ],
    ).on


def due_of(life: Life, silence: dt.date) -> deadlines.DueDate | None:
    """What is due next and by which rule, as `workflows.services.timing` says it."""
    if life.state == S.COMPLETION_REQUESTED:
        return deadlines.DueDate(life.pauses[-1][2], "completion", "CRPA L.114-5")
    if life.state == S.OPINION_REQUESTED:
        opinion_due = life.facts["opinion_at"].date() + dt.timedelta(days=30)
        if opinion_due < silence:
            return deadlines.DueDate(opinion_due, "opinion", "")
    if life.state in BEFORE_DECISION:
        return deadlines.DueDate(silence, life.limit.code, life.limit.article)
    return None


def power_of(signatory: int) -> str:
    """The identifier of the one delegation that a signatory holds."""
    return f"{signatory:032x}"
