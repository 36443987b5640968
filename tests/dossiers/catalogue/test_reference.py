"""What a form shows, against a slow and obvious reading of it, and what that costs."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from dossiers.catalogue.comparing import AllOf, AnyOf, Comparison, Not
from dossiers.catalogue.conditions import missing, prune, shown
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Field, Step
from dossiers.catalogue.text import Text

WORDS = Text("Texte", "Text", "نص")
VALUES = ("a", "b", True, False, 1, 0)


def form(steps):
    """A procedure with these steps and nothing else that matters here."""
    return replace(catalogue()["student-renewal"], steps=tuple(steps))


def any_condition(dice, names, depth=3):
    """Any condition on fields of these names, a few levels deep."""
    word = dice.choice(("not", "all", "any", "", "", "") if depth else ("",))
    if word == "not":
        return Not(any_condition(dice, names, depth - 1))
    if word:
        parts = [any_condition(dice, names, depth - 1) for _ in range(dice.randint(1, 3))]
        return (AllOf if word == "all" else AnyOf)(tuple(parts))
    operator = dice.choice(("equals", "not_equals", "in", "filled"))
    value = {
        "in": (dice.choice(VALUES), dice.choice(VALUES)),
        "filled": dice.choice((True, False)),
    }.get(operator, dice.choice(VALUES))
    return Comparison(dice.choice(names), operator, value)


def any_form(dice):
    """Pages of fields, each depending or not on fields before it, and answers to some."""
    names: list[str] = []
    steps = []

    def when():
        return any_condition(dice, list(names)) if names and dice.random() < 0.6 else None

    for place in range(dice.randint(1, 4)):
        on, fields = when(), []
        for number in range(dice.randint(1, 5)):
            name, required = f"f{place}_{number}", dice.random() < 0.5
            fields.append(
                Field(name=name, kind="text", label=WORDS, when=when(), required=required)
            )
            names.append(name)
        steps.append(Step(code=f"s{place}", title=WORDS, why=WORDS, fields=tuple(fields), when=on))
    asked = [name for name in [*names, "unknown"] if dice.random() < 0.8]
    return form(steps), {name: dice.choice((*VALUES, "", None)) for name in asked}


def true_of(condition, procedure, answers):
    """The words of the rule, one by one, each answer looked for again from the beginning."""
    if condition is None:
        return True
    if isinstance(condition, Not):
        return not true_of(condition.condition, procedure, answers)
    if isinstance(condition, AllOf):
        return all(true_of(part, procedure, answers) for part in condition.conditions)
    if isinstance(condition, AnyOf):
        return any(true_of(part, procedure, answers) for part in condition.conditions)
    said = answers.get(condition.field) if is_shown(procedure, condition.field, answers) else None
    if condition.operator == "filled":
        return (said not in (None, "")) is condition.value
    if said is None or said == "":
        return False
    wanted = condition.value if condition.operator == "in" else (condition.value,)
    among = any(type(said) is type(value) and said == value for value in wanted)
    return not among if condition.operator == "not_equals" else among


def is_shown(procedure, name, answers):
    """Whether the page and the question are, by reading their two conditions."""
    for step in procedure.steps:
        for field in step.fields:
            if field.name == name:
                return true_of(step.when, procedure, answers) and true_of(
                    field.when, procedure, answers
                )
    return False


@settings(max_examples=300)
@given(st.randoms(use_true_random=False))
def test_a_form_shows_what_a_slow_reading_of_it_shows(dice):
    procedure, said = any_form(dice)
    expected = [f.name for f in procedure.all_fields() if is_shown(procedure, f.name, said)]

    found = shown(procedure, said)

    assert [f.name for _step, fields in found.pages for f in fields] == expected
    assert prune(procedure, said) == {n: v for n, v in said.items() if n in expected}
    asked = {field.name for _step, field in missing(procedure, said)}
    assert asked == {
        f.name
        for f in procedure.all_fields()
        if f.name in expected and f.required and said.get(f.name) in (None, "")
    }


class Counted(Mapping):
    """Answers that count how often they are read."""

    def __init__(self, said):
        self.said, self.reads = said, 0

    def __getitem__(self, name):
        self.reads += 1
        return self.said[name]

    def get(self, name, default=None):
        self.reads += 1
        return self.said.get(name, default)

    def __iter__(self):
        return iter(self.said)

    def __len__(self):
        return len(self.said)


class CountedComparison(Comparison):
    """A comparison that counts how often any of its kind is made."""

    made = 0

    def holds(self, answers):
        type(self).made += 1
        return super().holds(answers)


def long_form(fields: int, conditional: int):
    """One page of ten fields after the other; the last ones each depend on the one before."""
    steps, names = [], [f"f{n}" for n in range(fields)]
    for start in range(0, fields, 10):
        asked = tuple(
            Field(
                name=names[n],
                kind="text",
                label=WORDS,
                when=AllOf((CountedComparison(names[n - 1], "filled", True),))
                if n >= fields - conditional
                else None,
            )
            for n in range(start, min(start + 10, fields))
        )
        steps.append(Step(code=f"s{start}", title=WORDS, why=WORDS, fields=asked))
    return form(steps), dict.fromkeys(names, "a")


def work_of(fields, conditional):
    """Reads of the answers and comparisons made, to show the whole form once."""
    procedure, said = long_form(fields, conditional)
    counted, CountedComparison.made = Counted(said), 0
    found = shown(procedure, counted)
    assert len(found.answers) == fields
    return counted.reads + CountedComparison.made


def test_the_work_follows_the_fields_and_the_conditions_never_their_product():
    one, two, four = work_of(300, 200), work_of(600, 400), work_of(1200, 800)

    assert one <= 2 * (300 + 200)
    assert two <= 2 * one
    assert four <= 4 * one
