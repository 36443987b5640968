"""What an agent may ask again, with what was given and what a good one looks like."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from dossiers.catalogue.conditions import evidence_for
from dossiers.catalogue.conditions import shown as shown_now
from dossiers.catalogue.schema import Procedure
from dossiers.enums import ItemKind
from dossiers.models import Dossier, Evidence, Submission
from dossiers.queries.answers import short_language, show
from dossiers.queries.manifests import named


@dataclass(frozen=True)
class Askable:
    """One answer or one box, in the words of the page.

    `is_expected` is false for a box that the answers do not call for: it is folded away.
    """

    kind: str
    code: str
    label: str
    given: tuple[str, ...]
    example: str
    essential: bool
    is_expected: bool


def askable(dossier: Dossier, language: str | None = None) -> list[Askable]:
    """Every question shown for the last filed answers, then every box of the procedure."""
    last = dossier.submissions.order_by("-number").first()
    answers = last.answers if last else dossier.answers
    names = _names_of_files(dossier, last)
    return _askable_of(dossier.procedure, answers, names, language or short_language())


def askable_in_common(dossier_ids: Iterable[UUID], language: str | None = None) -> list[Askable]:
    """What may be asked of every one of these dossiers, in the order of the first: two statements.

    A question that one person's form does not show is left out for all, and what each person
    gave is not shown: it differs.
    """
    language = language or short_language()
    wanted = list(dossier_ids)
    found = Dossier.objects.in_bulk(wanted)
    filed = {
        last.dossier_id: last.answers
        for last in Submission.objects.filter(dossier_id__in=wanted)
        .order_by("dossier_id", "-number")
        .distinct("dossier_id")
    }
    lists = [
        _askable_of(found[pk].procedure, filed.get(pk, found[pk].answers), None, language)
        for pk in wanted
        if pk in found
    ]
    if not lists:
        return []
    shared = set.intersection(*({(one.kind, one.code) for one in items} for items in lists))
    return [one for one in lists[0] if (one.kind, one.code) in shared]


def _askable_of(procedure: Procedure, answers: dict, names: dict | None, language: str):
    """The items of one form; without `names`, nothing of what the person gave is shown."""
    shows, names = names is not None, names or {}
    fields = [
        Askable(
            kind=ItemKind.FIELD.value,
            code=field.name,
            label=field.label.get(language),
            given=tuple(filter(None, [shows and show(field, answers.get(field.name), language)])),
            example=field.hint.get(language) if field.hint else "",
            essential=field.required,
            is_expected=True,
        )
        for _step, questions in shown_now(procedure, answers).pages
        for field in questions
    ]
    expected = {rule.code for rule in evidence_for(procedure, answers)}
    boxes = [
        Askable(
            kind=ItemKind.EVIDENCE.value,
            code=rule.code,
            label=rule.label.get(language),
            given=tuple(names.get(rule.code, ())),
            example=rule.example.get(language),
            essential=rule.essential,
            is_expected=rule.code in expected or rule.code in names,
        )
        for rule in procedure.evidence
    ]
    return fields + boxes


def askable_items(dossier: Dossier, language: str | None = None) -> list[tuple[str, str, str]]:
    """The same as (kind, code, label)."""
    return [(one.kind, one.code, one.label) for one in askable(dossier, language)]


def _names_of_files(dossier, last) -> dict[str, list[str]]:
    if last is not None:
        names: dict[str, list[str]] = {}
        for entry in named(last.evidence):
            names.setdefault(entry["rule"], []).append(entry["name"])
        return names
    found: dict[str, list[str]] = {}
    held = Evidence.objects.filter(dossier=dossier).given().select_related("file")
    for evidence in held:
        found.setdefault(evidence.rule_code, []).append(evidence.file.shown_name)
    return found
