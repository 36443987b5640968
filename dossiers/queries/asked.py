"""Which answers a completion request opens: those asked, and those that they bring."""

from dossiers.catalogue.conditions import is_answered, prune, visible_fields
from dossiers.enums import ItemKind


def open_questions(procedure, answers, items) -> tuple:
    """The asked questions, and the shown ones that depend on them, in the order of the form.

    An answer that changes may bring a question nobody could have asked: it must be answered too.
    """
    opened = {item.code for item in items if item.kind == ItemKind.FIELD}
    asked = set(opened)
    for field in procedure.all_fields():
        if field.when and any(part.field in opened for part in field.when.comparisons()):
            opened.add(field.name)
    kept = prune(procedure, answers)
    shown = {field.name for step in procedure.steps for field in visible_fields(step, kept)}
    return tuple(
        field
        for field in procedure.all_fields()
        if field.name in asked or field.name in opened & shown
    )


def unanswered_questions(procedure, answers, items) -> tuple:
    """Among them, those that must still be answered."""
    asked = {item.code for item in items if item.kind == ItemKind.FIELD}
    return tuple(
        field
        for field in open_questions(procedure, answers, items)
        if (field.required or field.name in asked) and not is_answered(answers.get(field.name))
    )
