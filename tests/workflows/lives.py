"""One case among many people: the acts that each may try, and how to read all that was kept."""

import contextlib
import itertools

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import connection

from dossiers.services.completing import send_completion
from dossiers.services.drafting import Typed, save_answers
from dossiers.services.withdrawing import withdraw_dossier
from portal.accounts.enums import Role
from portal.core.door import acting, acting_for, also
from portal.core.errors import DomainRefusal
from tests.factories.workflows import Life, agent, amended, applicant, filed_dossier
from workflows.enums import ROUTING_DESK, OpinionAnswer, Outcome
from workflows.models import CardOrder, Case
from workflows.routing import Route
from workflows.services import (
    assigning,
    balancing,
    deciding,
    opinions,
    rerouting,
    retracting,
    running,
    transferring,
    withdrawing,
)
from workflows.services.moves import advance
from workflows.services.producing import MakerAnswer, note_produced, note_sent

REFUSALS = (DomainRefusal, PermissionDenied, ObjectDoesNotExist)
OFFICES = ("75", "34")
PAPEETE = "98735"
PORTAL = "portal"
PEOPLE = (
    "applicant",
    "stranger",
    "both_hats",
    *(
        f"{role}_{office}"
        for office in OFFICES
        for role in ("reviewer", "signatory", "supervisor", "counter_agent")
    ),
)
ACTORS = (PORTAL, *PEOPLE)
_numbers = itertools.count(1)


class World:
    """A filed case and everybody who could have something to do with it."""

    def __init__(self, *, without_an_office: bool = False):
        self.life = Life()
        if without_an_office:
            self._start_where_no_office_is_competent()
        self.people = {
            "applicant": self.life.applicant,
            "stranger": applicant(),
            "both_hats": agent(Role.REVIEWER.value, Role.SIGNATORY.value, office=OFFICES[0]),
        }
        for office in OFFICES:
            # the reviewer of the first office is the one who has the case
            for role in (Role.REVIEWER, Role.SIGNATORY, Role.SUPERVISOR, Role.COUNTER_AGENT):
                self.people[f"{role.value}_{office}"] = agent(role.value, office=office)
        self.people[f"reviewer_{OFFICES[0]}"] = self.life.reviewer

    def _start_where_no_office_is_competent(self):
        self.life.dossier = filed_dossier(commune=PAPEETE)
        self.life.applicant = self.life.dossier.applicant
        with as_worker():
            self.life.id = Case.objects.get(dossier=self.life.dossier).pk

    def attempt(self, move: str, actor: str, choice: int) -> bool:
        """Whether the act was made; a refusal is an answer, any other error is a bug."""
        person = self.people.get(actor)
        try:
            if person is None:
                BY_THE_PORTAL.get(move, _nobody(move))(self, choice)
            else:
                (SERVICES | ACTS)[move](self, person, choice)
        except REFUSALS:
            return False
        return True

    def second(self, move: str, actor: str) -> None:
        """An act of somebody whose page is older than the last step. Raises a refusal."""
        person = self.people[actor]
        with acting_for(person) as act:
            seen = Case.objects.get(pk=self.life.id).last_step - 1
            advance(case_id=self.life.id, move=move, actor=person, at=act.now, seen=seen)

    def run_daily(self) -> None:
        """What today's date asks for, as the worker does it."""
        with as_worker() as act:
            for task in list(running.what_is_due(act.now)):
                running.run(task, at=act.now)
            for one in balancing.what_should_move(act.now):
                balancing.hand_over(one, at=act.now)

    @property
    def case(self) -> Case:
        """The case wherever it is now."""
        with as_worker():
            return Case.objects.get(pk=self.life.id)

    def as_agent(self, person):
        """The same life, every part of the desk played by this person.

        Nobody is given the case: whoever has not got it is refused by the service.
        """
        life = self.life
        life._reviewer = life.signatory = life.counter = life.supervisor = person
        return life


@contextlib.contextmanager
def as_worker():
    """The worker's role and its wide sight, for the jobs and for the reader of this test."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("set local role portal_worker")
    try:
        with acting(None, scope="system") as act:
            yield act
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f"set local role {before}")


def _pick(choices, choice):
    return list(choices)[choice % len(choices)]


def _made_by(service):
    """An act that the factory makes as every other test does, by whoever tries it."""
    return lambda world, person, choice: service(world.as_agent(person), choice)


def _with(service, **facts):
    """A service of the review, called with the step that the person sees now."""

    def act(world, person, choice):
        with acting_for(person) as present:
            seen = Case.objects.get(pk=world.life.id).last_step
            known = {name: value(choice) for name, value in facts.items()}
            service(case_id=world.life.id, actor=person, at=present.now, seen=seen, **known)

    return act


def _route(world, person, choice):
    with also_at_the_desk(person) as present:
        seen = Case.objects.get(pk=world.life.id).last_step
        rerouting.route(
            case_id=world.life.id,
            prefecture_code=_pick(OFFICES, choice),
            reason="Exemple.",
            actor=person,
            at=present.now,
            seen=seen,
        )


@contextlib.contextmanager
def also_at_the_desk(person):
    """The door as the routing page opens it."""
    with acting_for(person), also(ROUTING_DESK) as act:
        yield act


def _supply(world, person, choice):
    """Answer what was asked and send it, from the person's own pages."""
    with acting_for(person) as act:
        common = {"dossier_id": world.life.dossier.pk, "applicant": person, "at": act.now}
        number = f"ZZ{next(_numbers):06d}"
        save_answers(typed={"passport_number": Typed(value=number)}, **common)
        send_completion(language="fr", **common)


def _amend(world, person, choice):
    """Change the address inside the commune, from the person's own pages."""
    amended(world.life, person)


def _withdraw(world, person, choice):
    """The person withdraws the dossier, and the case follows; anybody else tries the case."""
    with acting_for(person) as act:
        if person == world.people["applicant"]:
            withdraw_dossier(dossier_id=world.life.dossier.pk, applicant=person, at=act.now)
        else:
            withdrawing.withdraw(case_id=world.life.id, actor=person, at=act.now)


def _answer(world, person, _choice):
    """The person says what they think of a withdrawal that is prepared."""
    with acting_for(person) as act:
        retracting.answer(
            case_id=world.life.id, text="Je conteste.", assisted_by="", applicant=person, at=act.now
        )


def _give_away(world, person, _choice):
    with acting_for(person) as act:
        case = Case.objects.get(pk=world.life.id)
        assigning.give_away(
            case_id=case.pk,
            holder=case.reviewer_id or 0,
            reason="Exemple.",
            actor=person,
            at=act.now,
            seen=case.last_step,
        )


def _take_next(_world, person, _choice):
    with acting_for(person) as act:
        if assigning.take_next(actor=person, at=act.now) is None:
            raise _NothingDone


def _unaided(move, **facts):
    """A move that has no service for people: tried without any."""

    def act(world, person, choice):
        with acting_for(person) as present:
            advance(case_id=world.life.id, move=move, actor=person, at=present.now, **facts)

    return act


SERVICES = {
    "route": _route,
    "ask_completion": _made_by(lambda life, n: life.completion_asked(days=1 + n % 40)),
    "receive_completion": _supply,
    "ask_supply": _made_by(lambda life, n: life.supply_asked(days=1 + n % 40)),
    "receive_supply": _supply,
    "receive_amendment": _amend,
    "confirm_supply": _made_by(lambda life, _n: life.supply_confirmed()),
    "acknowledge": _made_by(lambda life, _n: life.acknowledged()),
    "ask_opinion": _made_by(lambda life, _n: life.opinion_asked()),
    "receive_opinion": _with(
        opinions.receive_opinion,
        answer=lambda n: _pick(OpinionAnswer.values, n),
        text=lambda _n: "Exemple.",
    ),
    "propose": _made_by(lambda life, n: life.proposed(_pick(Outcome.values, n))),
    "send_back": _with(deciding.send_back, note=lambda _n: "À revoir."),
    "grant": _made_by(lambda life, _n: life.signed()),
    "refuse": _made_by(lambda life, _n: life.signed()),
    "close": _made_by(lambda life, _n: life.signed()),
    "record": _unaided("record"),
    "start_production": _unaided("start_production"),
    "require_biometrics": _unaided("require_biometrics"),
    "take_biometrics": _made_by(lambda life, _n: life.prints_taken()),
    "mark_card_ready": _unaided("mark_card_ready", card_number="X1"),
    "hand_over": _made_by(lambda life, _n: life.handed_over()),
    "withdraw": _withdraw,
    "reroute": _with(
        rerouting.reroute,
        prefecture_code=lambda n: _pick(OFFICES, n),
        reason=lambda _n: "Déménagement.",
    ),
    "reopen": _with(deciding.reopen, reason=lambda _n: "Réexamen."),
    "retract": _made_by(lambda life, _n: life.retracted()),
    "archive": _unaided("archive"),
    "transfer": _unaided("transfer", route=Route("residence", "34")),
    "transfer_visit": _unaided("transfer_visit", route=Route("residence", "34")),
}
"""How a person tries each move of the machine: a new move needs its line here."""

ACTS = {
    "propose_retraction": _made_by(lambda life, n: life.retraction_proposed(days=15 + n % 20)),
    "answer_retraction": _answer,
    "drop_retraction": _with(retracting.drop_retraction, note=lambda _n: "Titre régulier."),
    "take_next": _take_next,
    "give_away": _give_away,
}
"""What people do to a case besides moving it."""
USUAL = {
    "propose_retraction": "supervisor",
    "answer_retraction": "applicant",
    "drop_retraction": "signatory",
    "take_next": "reviewer",
    "give_away": "supervisor",
}
"""Who does each of these when all is well."""


def _the_maker_delivers(world, choice):
    """The maker takes the order, then says that the card is made."""
    with as_worker() as act:
        order = CardOrder.objects.filter(case_id=world.life.id).order_by("-ordered_at").first()
        if order is None:
            raise CardOrder.DoesNotExist
        note_sent(card_order_id=order.pk, answer=MakerAnswer("M1", "taken"), at=act.now)
        if note_produced(card_order_id=order.pk, card_number="X1", at=act.now) is None:
            raise _NothingDone


class _NothingDone(DomainRefusal):
    """A job found nothing to do."""


def _daily(world, _choice):
    world.run_daily()


def _to_an_office(service):
    """The portal itself gives the case to an office, in the act of the person who has moved."""

    def act(world, choice):
        with acting_for(world.life.applicant) as present:
            service(
                case_id=world.life.id,
                prefecture_code=_pick(OFFICES, choice),
                reason="Déménagement.",
                actor=None,
                at=present.now,
                seen=None,
            )

    return act


def _the_person_moved(world, choice):
    """The granted case goes to the office of a declared address, in the person's own act."""
    with acting_for(world.life.applicant) as present:
        transferring.transfer(
            case_id=world.life.id,
            prefecture_code=_pick(OFFICES, choice),
            reason="Déménagement.",
            at=present.now,
        )


BY_THE_PORTAL = {
    "route": _to_an_office(rerouting.route),
    "reroute": _to_an_office(rerouting.reroute),
    "mark_card_ready": _the_maker_delivers,
    "transfer": _the_person_moved,
    "transfer_visit": _the_person_moved,
    "receive_completion": _daily,
    "archive": _daily,
}
"""The jobs by which the portal makes a move; it tries every other one without a person."""


def _nobody(move):
    def act(world, _choice):
        with as_worker() as present:
            advance(case_id=world.life.id, move=move, actor=None, at=present.now)

    return act
