"""What an agent may do with a case now, and the sentence when they may not."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import clock
from workflows.enums import RETRACTABLE, CaseState, Outcome
from workflows.models import Case
from workflows.queries.names import move_label, whose_it_is
from workflows.queries.retractions import why_not
from workflows.rules import has_typed, is_close, is_somebody_elses, role_for
from workflows.table import plan_of, rule_of

# The desk's acts in the order of life, with the page where each is made.
PAGES = {
    "acknowledge": "desk:acknowledge",
    "ask_completion": "desk:ask_completion",
    "ask_opinion": "desk:ask_opinion",
    "receive_opinion": "desk:receive_opinion",
    "ask_supply": "desk:ask_supply",
    "confirm_supply": "desk:confirm_supply",
    "propose": "desk:propose",
    "sign": "desk:sign",
    "reroute": "desk:reroute",
    "reopen": "desk:reopen",
    "retract": "desk:retract",
}
_LABELS = {
    "sign": gettext_lazy("Signer ou renvoyer"),
    "ask_supply": gettext_lazy("Redemander ce qui est attendu"),
}
_OF_A_SUPPLY = {"ask_supply", "confirm_supply"}
"""Acts shown only while a grant waits; before it, the page of a completion request does both."""
_SIGNING = {Outcome.GRANT: "grant", Outcome.REFUSE: "refuse", Outcome.CLOSE: "close"}


@dataclass(frozen=True)
class Act:
    """One act of the desk for one person: possible, or blocked with its reasons."""

    move: str
    label: str
    url: str
    reasons: tuple[str, ...]

    @property
    def is_possible(self):
        return not self.reasons


def acts_for(case: Case, person) -> list[Act]:
    """Every act of this person's roles on this case; those of other roles are not shown."""
    acts = []
    for page, name in PAGES.items():
        if page in _OF_A_SUPPLY and not case.supply_awaited:
            continue
        move = _signing_move(case) if page == "sign" else page
        rule = rule_of(move)
        if not set(rule.roles) & person.roles:
            continue
        acts.append(
            Act(
                move=page,
                label=str(_LABELS.get(page) or move_label(page)),
                url=reverse(name, args=[case.pk]),
                reasons=tuple(blocked(case, move, person)),
            )
        )
    if case.state in RETRACTABLE and rule_of("reopen")(case, person):
        acts.append(
            Act(
                move="propose_retraction",
                label=_("Proposer le retrait du titre"),
                url=reverse("desk:propose_retraction", args=[case.pk]),
                reasons=tuple(why_not(case, clock.today())),
            )
        )
    return acts


def blocked(case: Case, move: str, person) -> list[str]:
    """Why this move cannot be made now; empty when it can."""
    plan = plan_of(case, move)
    if plan is None:
        return [
            _("Pas à cette étape : le dossier est « %(state)s ».")
            % {"state": CaseState(case.state).label}
        ]
    if role_for(plan.permission, case, person) is None:
        if is_somebody_elses(plan.permission, case, person):
            return [whose_it_is(case)]
        if has_typed(case, person):
            return [
                _("Vous avez rempli cette demande au guichet : une autre personne s’en charge.")
            ]
        if is_close(case, person):
            return [
                _(
                    "Une adresse, un téléphone ou une adresse e-mail de ce dossier est aussi la "
                    "vôtre : une autre personne doit s’en charger."
                )
            ]
        if person.pk == case.proposed_by_id:
            return [_("Vous avez proposé cette décision : une autre personne doit la signer.")]
        return [_("Cet acte revient à une autre personne.")]
    failing = [guard for guard in plan.conditions if not guard(case)]
    power = plan.custom.get("under")
    if power is not None and not power(case, person):
        failing.append(power)
    return [str(guard.reason) for guard in failing]


def may_act(case: Case, move: str, person) -> bool:
    """Whether the person may make this move at all, whatever the state of the case."""
    return role_for(rule_of(move), case, person) is not None


def is_elsewhere(case: Case, move: str, person) -> bool:
    """Whether only one thing keeps this reviewer from the move: the case is a colleague's."""
    return is_somebody_elses(rule_of(move), case, person)


def _signing_move(case: Case) -> str:
    return _SIGNING.get(case.proposed_outcome, "grant")
