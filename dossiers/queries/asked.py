"""Which answers a completion request opens: those asked, and those that they bring."""

from dossiers.catalogue.conditions import is_answered, lacks_answer, shown
from dossiers.enums import ItemKind


def open_questions(procedure, answers, items) -> tuple:
    """The asked questions, and the shown ones that depend on them, in the order of the form.

    An answer that changes may bring a question nobody could have asked: it must be answered too.
    """
    opened = {item.code for item in items if item.kind == ItemKind.FIELD}
    asked = set(opened)
    for field in procedure.all_fields():
        read = (part.fields() for part in field.when.comparisons()) if field.when else ()
        if any(opened & set(names) for names in read):
            opened.add(field.name)
    now = {field.name for _step, fields in shown(procedure, answers).pages for field in fields}
    return tuple(
        field
        for field in procedure.all_fields()
        if field.name in asked or field.name in opened & now
    )


def unanswered_questions(procedure, answers, items) -> tuple:
    """Among them, those that must still be answered."""
    asked = {item.code for item in items if item.kind == ItemKind.FIELD}
    return tuple(
        field
        for field in open_questions(procedure, answers, items)
        if lacks_answer(field, answers)
        or (field.name in asked and not is_answered(answers.get(field.name)))
    )
