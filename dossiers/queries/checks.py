"""What a reviewer verifies before a decision, with what the dossier holds to prove it."""

from dataclasses import dataclass
from datetime import date

from dossiers.catalogue.conditions import card_is_made, holds, prune
from dossiers.catalogue.durations import TitleEnd, allowed_ends, computed_end
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Ground
from dossiers.models import Dossier, Evidence
from dossiers.queries.answers import short_language, show


@dataclass(frozen=True)
class CheckLine:
    """One condition of the law, in words; `papers` are (file, label), `answers` (label, value)."""

    code: str
    label: str
    legal: tuple[str, ...]
    confidence: str
    applies: bool
    outcomes: tuple[str, ...]
    ground: str
    asks_for_a_paper: bool
    papers: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str], ...]


def filed_answers(dossier: Dossier) -> dict:
    """The answers last filed, without those to hidden questions."""
    last = dossier.submissions.order_by("-number").first()
    return prune(dossier.procedure, last.answers if last else dossier.answers)


def checklist_of(dossier: Dossier, language: str | None = None) -> tuple[CheckLine, ...]:
    """The checks of the dossier's own text, in the order of the file; none before they existed."""
    language, procedure = language or short_language(), dossier.procedure
    if not procedure.checks:
        return ()
    answers, papers = filed_answers(dossier), _papers(dossier, language)
    asked = {field.name: field for field in procedure.all_fields()}
    return tuple(
        CheckLine(
            code=check.code,
            label=check.label.get(language),
            legal=check.legal,
            confidence=check.confidence,
            applies=holds(check.when, answers),
            outcomes=check.outcomes,
            ground=check.ground or "",
            asks_for_a_paper=bool(check.evidence),
            papers=_ordered(papers, check.evidence),
            answers=tuple(
                (asked[name].label.get(language), show(asked[name], answers[name], language))
                for name in check.fields
                if name in answers
            ),
        )
        for check in procedure.checks
    )


def labels_of_checks(dossier: Dossier, language: str | None = None) -> dict:
    """The words and the articles of each check: {code: (label, legal, confidence)}."""
    language = language or short_language()
    return {
        check.code: (check.label.get(language), check.legal, check.confidence)
        for check in dossier.procedure.checks
    }


def _papers(dossier, language) -> list[tuple[str, str, str]]:
    """(box, file, label) of what was last filed; a file that was taken out proves nothing."""
    labels = {rule.code: rule.label.get(language) for rule in dossier.procedure.evidence}
    rows = Evidence.objects.filter(dossier=dossier, removed_at=None, first_submission__isnull=False)
    return [
        (row.rule_code, str(row.file_id), f"{labels[row.rule_code]} ({row.position + 1})")
        for row in rows.order_by("rule_code", "position", "pk")
        if row.rule_code in labels
    ]


def _ordered(papers, wanted) -> tuple[tuple[str, str], ...]:
    """Every paper of the dossier, those that the check names first."""
    found = sorted(papers, key=lambda paper: paper[0] not in wanted)
    return tuple((file, label) for _box, file, label in found)


def grounds_of(dossier: Dossier) -> tuple[Ground, ...]:
    """The library of texts for this procedure; a text published before it has today's."""
    known = dossier.procedure.grounds
    if known or dossier.procedure_code not in catalogue():
        return known
    return catalogue()[dossier.procedure_code].grounds


def makes_card(dossier: Dossier) -> bool:
    """Whether a grant of what was last filed has a card made."""
    return card_is_made(dossier.procedure, filed_answers(dossier))


def title_end_of(dossier: Dossier, starts_on: date) -> TitleEnd | None:
    """The end that the rule of the dossier's text gives, None when it leaves a choice."""
    return computed_end(dossier.procedure, filed_answers(dossier), starts_on)


def allowed_title_ends(dossier: Dossier, starts_on: date) -> tuple[TitleEnd, ...]:
    """The lengths that the text offers besides."""
    return tuple(allowed_ends(dossier.procedure, starts_on))


def title_category_of(dossier: Dossier) -> str:
    """What the title is called, in French as on the letter; that of the title replaced if none."""
    category = dossier.procedure.title_months.category
    if category:
        return category.get("fr")
    kind = dossier.procedure.meaning("title_kind")
    answer = filed_answers(dossier).get(kind.name) if kind else None
    return show(kind, answer, "fr") if answer else dossier.procedure.title.get("fr")
