"""What the reviewer verified, made into rows that the proposal is proposed with."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from dossiers import api as dossiers
from workflows.enums import CheckAnswer, Outcome
from workflows.models import Case, CheckResult, Proposal
from workflows.models.base import about
from workflows.services.moves import MoveRefused


@dataclass(frozen=True)
class Checked:
    """The reviewer's answer to one check, with the paper or the note that supports it."""

    code: str
    answer: str
    paper_id: UUID | None = None
    note: str = ""


def results(case: Case, outcome: str, given: Iterable[Checked]) -> list[CheckResult]:
    """The rows of the checklist, unsaved. Raises MoveRefused with a sentence for each fault.

    A grant needs every applicable check met, a refusal one that is not; a closure has none,
    for its dossier may be incomplete.
    """
    if outcome == Outcome.CLOSE:
        return []
    answers = {checked.code: checked for checked in given}
    rows, faults = [], []
    for position, line in enumerate(dossiers.checklist_of(case.dossier), start=1):
        checked = answers.get(line.code) if line.applies else None
        if line.applies:
            faults += _faults(line, checked)
        rows.append(_row(case, line, position, checked))
    faults = faults or _contradictions(case, outcome, rows)
    if faults:
        raise MoveRefused(*faults)
    return rows


def keep(rows: list[CheckResult], proposal: Proposal) -> None:
    """Write the rows with their proposal: the database refuses them at any other moment."""
    for row in rows:
        row.proposal = proposal
    CheckResult.objects.bulk_create(rows)


def _row(case, line, position, checked) -> CheckResult:
    found = checked or Checked(line.code, CheckAnswer.NOT_APPLICABLE)
    return CheckResult(
        **about(case),
        case=case,
        position=position,
        code=line.code,
        answer=found.answer,
        by_rule=not line.applies,
        paper_id=found.paper_id,
        note=found.note,
    )


def _faults(line, checked) -> list[str]:
    """What is missing in one answer, in words."""
    if checked is None or checked.answer not in CheckAnswer.values:
        return [_("Répondez à cette vérification : « %(check)s ».") % {"check": line.label}]
    if checked.answer == CheckAnswer.NOT_APPLICABLE and not checked.note:
        return [_("Dites pourquoi « %(check)s » est sans objet.") % {"check": line.label}]
    known = {file for file, _label in line.papers}
    if checked.paper_id is not None and str(checked.paper_id) not in known:
        return [_("La pièce choisie pour « %(check)s » n’est pas dans ce dossier.") % _of(line)]
    proven = checked.paper_id or checked.note or not line.asks_for_a_paper
    if checked.answer == CheckAnswer.MET and not proven:
        return [_("Indiquez la pièce qui prouve « %(check)s », ou une note.") % _of(line)]
    return []


def _of(line) -> dict:
    return {"check": line.label}


def _contradictions(case, outcome, rows) -> list[str]:
    """The checklist and the outcome say the same."""
    lines = {line.code: line for line in dossiers.checklist_of(case.dossier)} if rows else {}
    failing = [
        lines[row.code]
        for row in rows
        if row.answer == CheckAnswer.NOT_MET and outcome in lines[row.code].outcomes
    ]
    if outcome == Outcome.GRANT:
        return [
            _("Une décision favorable demande que « %(check)s » soit remplie.") % _of(line)
            for line in failing
        ]
    if outcome == Outcome.REFUSE and rows and not failing:
        return [_("Un refus repose sur une vérification non remplie : aucune ne l’est ici.")]
    return []
