"""What may be asked of a person again: the answers that their form shows, then each box."""

from collections.abc import Iterable
from uuid import UUID

from dossiers.catalogue.conditions import visible_fields, visible_steps
from dossiers.catalogue.schema import Procedure
from dossiers.enums import ItemKind
from dossiers.models import Dossier, Submission
from dossiers.queries.answers import short_language

Item = tuple[str, str, str]
"""(kind, code, label)."""


def askable_of(procedure: Procedure, answers: dict, language: str) -> list[Item]:
    """What these answers of this procedure allow to ask again."""
    fields = [
        (ItemKind.FIELD.value, field.name, field.label.get(language))
        for step in visible_steps(procedure, answers)
        for field in visible_fields(step, answers)
    ]
    pieces = [
        (ItemKind.EVIDENCE.value, rule.code, rule.label.get(language))
        for rule in procedure.evidence
    ]
    return fields + pieces


def askable_in_common(dossier_ids: Iterable[UUID], language: str | None = None) -> list[Item]:
    """What may be asked of every one of these dossiers, in the order of the first: two statements.

    A question that one person's form does not show is left out for all.
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
        askable_of(found[pk].procedure, filed.get(pk, found[pk].answers), language)
        for pk in wanted
        if pk in found
    ]
    if not lists:
        return []
    shared = set.intersection(*({item[:2] for item in items} for items in lists))
    return [item for item in lists[0] if item[:2] in shared]
