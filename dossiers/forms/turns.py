"""Which questions a page shows, decided before any of them is checked, one after the other."""

from django.core.exceptions import ValidationError

from dossiers.catalogue.conditions import holds
from dossiers.forms.posting import to_answer


def shown_in_turn(questions, data, kept, *, build, was_shown, under="", always=frozenset()):
    """The questions that these posted answers show, in order; `kept` follows what they say.

    Only an answer on which another question depends is read here. One that is not understood
    leaves the page as the answer kept before shows it. `always` are shown whatever is said.
    """
    asked_of = {
        name
        for question in questions
        for condition in question.conditions()
        for comparison in condition.comparisons()
        for name in comparison.fields()
    }
    shown = []
    for question in questions:
        if question.name not in always and not holds(question.when, kept):
            kept.pop(question.name, None)
            continue
        shown.append(question)
        if question.name in asked_of and was_shown(question) and not question.filled_from:
            field = build(question)
            value = field.widget.value_from_datadict(data, {}, f"{under}{question.name}")
            try:
                kept[question.name] = to_answer(field.clean(value))
            except ValidationError as error:
                if error.code == "required":
                    kept.pop(question.name, None)
    return shown
