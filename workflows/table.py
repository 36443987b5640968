"""The machine read as a table: its moves, the jumps it allows, who may make each."""

from workflows.machine import CaseMachine

OPEN = "open"
"""The first step of every case, written when the dossier is filed; it has no source."""


def moves(machine=CaseMachine):
    """Every move as (name, source, target, plan), in the order of life."""
    for name, method in vars(machine).items():
        for plan in getattr(getattr(method, "_django_fsm", None), "transitions", {}).values():
            # without a target the case stays where it is
            for target in getattr(plan.target, "allowed_states", [plan.target or plan.source]):
                yield name, str(plan.source), str(target), plan


def plan_of(case, name):
    """What the machine says of this move from the case's present state, None when impossible."""
    table = getattr(case, name)._django_fsm  # noqa: SLF001 -- django-fsm keeps it there
    return table.get_transition(case.state)


def rule_of(name):
    """Who may make a move, whatever the state: every row of a move has the same rule."""
    return next(plan.permission for found, _s, _t, plan in moves() if found == name)


def edges(machine=CaseMachine):
    """The jumps that the database allows, sorted for the trigger."""
    return sorted({(source, target) for _name, source, target, _plan in moves(machine)})


CLEARING = sorted({name for name, _s, _t, plan in moves() if plan.custom.get("clears")})
"""The only moves after which a person may come; the third gives again what one of the two gave."""
