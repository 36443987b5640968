"""Write docs/state-machine.md from the machine, so that the page never lies."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from workflows import events
from workflows.enums import CaseState
from workflows.machine import CaseMachine
from workflows.queries.names import role_label
from workflows.queries.progress import NEXT_ACTOR, SENTENCES
from workflows.table import moves

PAGE = Path(settings.ROOT) / "docs" / "state-machine.md"
HEAD = """# The machine of a case

Generated from `workflows/machine.py` by `manage.py describe_machine`; a test compares. Implicit
refusal is a date beside the state, not a state. The state of a case is proven by its last step:
see `docs/decisions/0004-state-proven-by-the-database.md`.
"""


class Command(BaseCommand):
    help = "Write docs/state-machine.md from workflows/machine.py."

    def add_arguments(self, parser):
        parser.add_argument("--stdout", action="store_true", help="print instead of writing")

    def handle(self, *, stdout=False, **_options):
        text = describe()
        if stdout:
            self.stdout.write(text, ending="")
        else:
            PAGE.write_text(text, encoding="utf-8")


def describe() -> str:
    """The whole page, in French words for states and moves."""
    with translation.override("fr"):
        return "\n".join([HEAD, *_diagram(), "", *_states(), "", *_table(), ""])


def _diagram():
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield "    [*] --> filed : open"
    for name, source, target, _plan in moves():
        yield f"    {source} --> {target} : {name}"
    yield "    archived --> [*]"
    yield "```"


def _states():
    yield "| state | in French | next | what the person reads |"
    yield "|---|---|---|---|"
    for state in CaseState:
        read = str(SENTENCES[state]).replace("%(due)s", "…")
        yield f"| `{state.value}` | {state.label} | {NEXT_ACTOR[state].value} | {read} |"


def _table():
    yield "| move | from → to | who | facts needed | says | law and reason |"
    yield "|---|---|---|---|---|---|"
    for name, source, target, plan in moves():
        yield (
            "| "
            + " | ".join(
                [
                    f"`{name}`<br>{plan.custom['label']}",
                    f"{source} → {target}",
                    ", ".join(role_label(role) for role in plan.permission.roles),
                    "<br>".join(str(guard.reason) for guard in _asked(plan)) or "–",
                    _said(plan),
                    (getattr(CaseMachine, name).__doc__ or "").strip().splitlines()[0],
                ]
            )
            + " |"
        )


def _asked(plan):
    power = plan.custom.get("under")
    return [*plan.conditions, power] if power else plan.conditions


def _said(plan):
    if "announces" not in plan.custom:
        return "–"
    names = {id(value): name for name, value in vars(events).items()}
    said = f"`{names[id(plan.custom['announces'])]}`"
    return said + (" (clears one visit)" if plan.custom.get("clears") else "")
