"""What answers are worth under a newer text: kept whole, or said to be lost; never in between."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.catalogue.conditions import is_answered, prune
from dossiers.catalogue.differences import differences
from dossiers.catalogue.fitting import fits, refit
from dossiers.catalogue.schema import Field, Option, Step
from dossiers.catalogue.text import Text
from tests.dossiers.catalogue.test_reference import any_form, form

TODAY = date(2026, 11, 27)
WORDS = Text("Texte", "Text", "نص")


def question(kind="text", name="q", **facts):
    return Field(name=name, kind=kind, label=WORDS, **facts)


def one(*fields):
    """A procedure of one page with these questions."""
    step = Step(code="s", title=WORDS, why=WORDS, fields=fields)
    return replace(form([step]), evidence=())


def carried(old, new, value, raw=None):
    return refit(one(old), one(new), {"q": value}, raw or {}, TODAY)


@given(st.randoms(use_true_random=False))
def test_the_same_text_keeps_every_shown_answer_and_asks_nothing_more(dice):
    procedure, said = any_form(dice)

    fit = refit(procedure, procedure, said, {}, TODAY)

    kept = {n: v for n, v in prune(procedure, said).items() if is_answered(v)}
    assert fit.answers == kept
    assert (fit.again, fit.asked, fit.papers, fit.papers_gone) == ((), (), (), ())


@given(st.randoms(use_true_random=False), st.randoms(use_true_random=False))
def test_every_answer_is_kept_as_it_was_or_said_to_be_lost(dice, other):
    old, said = any_form(dice)
    new, _said = any_form(other)

    fit = refit(old, new, said, {}, TODAY)

    asked = {field.name for field in old.all_fields()}
    answered = {n for n, v in said.items() if n in asked and is_answered(v)}
    lost = {field.name for field in (*fit.gone, *fit.again)}
    assert set(fit.answers) | lost == answered
    assert all(fit.answers[name] == said[name] for name in fit.answers)


OPTIONS = (Option(value="a", label=WORDS), Option(value="b", label=WORDS))
PART = question(name="p", max_length=5)


@pytest.mark.parametrize(
    ("old", "new", "value", "kept"),
    [
        (question(), question(max_length=3), "long", None),
        (question(), question("long_text"), "texte", "texte"),
        (question(), question("date"), "2001-01-01", None),
        (question("choice", options=OPTIONS), question("choice", options=OPTIONS[:1]), "b", None),
        (question("choice", options=OPTIONS), question("choice", options=OPTIONS[:1]), "a", "a"),
        (question("integer"), question("money", maximum=9), 9, 9),
        (question("integer"), question("money", maximum=9), 10, None),
        (question("date", partial=True), question("date"), "2001", None),
        (question("date"), question("date", partial=True), "2001-01-01", "2001-01-01"),
        (question("date"), question("date", must_be="past"), "2027-01-01", None),
        (question("date"), question("date", minimum=date(2002, 1, 1)), "2001-05-01", None),
        (question(none=WORDS), question(none=WORDS), {"none": True}, {"none": True}),
        (question(none=WORDS), question(), {"none": True}, None),
        (question(), question(pattern="[0-9]+"), "abc", None),
        (
            question("list", entry=WORDS, fields=(question(name="p"), question(name="r"))),
            question("list", entry=WORDS, fields=(PART,), maximum=2),
            [{"p": "a", "r": "b"}, {"p": "too long"}, {"p": "c"}],
            [{"p": "a"}],
        ),
    ],
)
def test_an_answer_fits_or_must_be_given_again(old, new, value, kept):
    fit = carried(old, new, value)

    assert fit.answers.get("q") == kept
    assert [field.name for field in fit.again] == ([] if kept == value else ["q"])


def test_an_answer_follows_its_meaning_when_its_question_has_another_name():
    old = question(means="birth_name")
    new = question(name="other", means="birth_name")

    fit = carried(old, new, "Zoé")

    assert fit.answers == {"other": "Zoé"}
    assert fit.keeps_everything


def test_what_was_typed_and_not_understood_stays_as_typed():
    raw = {"q": {"q": "vingt"}}

    assert carried(question("integer"), question("integer"), None, raw).raw == raw
    assert carried(question("integer"), question("date"), None, raw).raw == {}


def test_a_date_fits_when_one_of_its_days_does():
    assert fits(question("date", partial=True, minimum=date(2001, 6, 1)), "2001", TODAY)
    assert not fits(question("date", partial=True, minimum=date(2002, 1, 1)), "2001", TODAY)


def test_the_differences_name_each_thing_once():
    old, new = one(question(), question(name="gone")), one(question(max_length=9), PART)

    assert differences(old, new) == [
        "question changée : q (max_length)",
        "question ajoutée : p",
        "question retirée : gone",
    ]
    assert differences(old, old) == []
    assert differences(None, new) == ["nouvelle démarche"]
