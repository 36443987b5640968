"""Every kind of question becomes a field that reads kindly and refuses plainly."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test.html import parse_html
from django.utils import translation

from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import Field
from dossiers.catalogue.text import Text
from dossiers.forms.answers import read_seen
from dossiers.forms.builder import BUILDERS, form_field
from dossiers.forms.posting import as_posted, from_answer, posted_names, to_answer
from dossiers.queries.countries import STATELESS, country_choices

TODAY = dt.date(2026, 11, 23)


def question(kind, **facts):
    return Field(name="q", kind=kind, label=Text("Question", "Question", "سؤال"), **facts)


def clean(kind, value, **facts):
    return form_field(question(kind, **facts), today=TODAY, language="fr").clean(value)


def test_every_question_of_every_procedure_has_a_field_in_each_language():
    for procedure in catalogue().values():
        for field in procedure.all_fields():
            for language in ("fr", "en", "ar"):
                built = form_field(field, today=TODAY, language=language)
                assert built.label == field.label.get(language)
                assert built.required == field.required


def test_every_kind_of_the_catalogue_is_built():
    kinds = set(Field.__dataclass_fields__["kind"].type.__args__)

    assert set(BUILDERS) == kinds


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("text", "  Zoë  ", "Zoë"),
        ("foreigner_number", "99 00-00.0001", "9900000001"),
        ("passport_number", "ab 12 345", "AB12345"),
        ("photo_code", "exemple 00000-00000 00001", "EXEMPLE000000000000001"),
        ("phone", "+212 (6) 12-34.56 78", "+212612345678"),
        ("integer", " 1 200 ", 1200),
        ("money", "870 €", 870),
        ("yes_no", "no", False),
        ("country", "BR", "BR"),
        ("email", "a@exemple.fr", "a@exemple.fr"),
    ],
)
def test_what_is_typed_is_read_kindly(kind, typed, kept):
    assert clean(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("foreigner_number", "12345"),
        ("foreigner_number", "٩٩٠٠٠٠٠٠٠١"),
        ("passport_number", "AB/12é"),
        ("phone", "appelez-moi"),
        ("integer", "douze"),
        ("integer", "-3"),
        ("integer", "9" * 5000),
        ("money", "1e9"),
        ("yes_no", "peut-être"),
        ("country", "ZZ"),
        ("email", "pas une adresse"),
        ("text", "a\x00b"),
        ("text", "a\u202eb"),
        ("text", "x" * 201),
        ("long_text", "x" * 2001),
    ],
)
def test_what_cannot_be_understood_is_refused_once(kind, typed):
    with pytest.raises(ValidationError) as refusal:
        clean(kind, typed)

    assert len(refusal.value.messages) == 1


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"must_be": "past"}, "2026-11-24"),
        ({"must_be": "future"}, "2026-11-22"),
        ({"minimum": dt.date(2020, 1, 1)}, "2019-12-31"),
        ({"maximum": dt.date(2030, 1, 1)}, "2030-01-02"),
        ({}, "9999-12-31"),
    ],
)
def test_a_date_outside_its_bounds_is_refused(facts, day):
    year, month, date = day.split("-")

    with pytest.raises(ValidationError):
        clean("date", [date, month, year], **facts)


def test_a_stateless_person_has_a_nationality_to_choose():
    assert clean("country", STATELESS, means="nationality") == STATELESS
    with pytest.raises(ValidationError):
        clean("country", STATELESS)


def test_countries_are_in_the_order_of_the_language():
    french = [name for _code, name in country_choices("fr")]

    assert french.index("Égypte") < french.index("Émirats arabes unis") < french.index("Espagne")
    assert len(country_choices("ar")) == len(french)


@pytest.mark.parametrize(
    ("kind", "answer"), [("date", "2001-04-12"), ("yes_no", True), ("text", "Zoë"), ("integer", 3)]
)
def test_an_answer_shown_and_posted_untouched_is_the_same_answer(kind, answer):
    field = question(kind)
    posted = as_posted(field, answer)
    built = form_field(field, today=TODAY, language="fr")

    value = built.widget.value_from_datadict(posted, {}, "q")

    assert set(posted) == set(posted_names(field))
    assert to_answer(built.clean(value)) == answer
    assert from_answer(field, answer) is not None


def test_marks_of_a_page_are_read_and_noise_is_ignored():
    assert read_seen("r12 a=1f b=2e c= =d noise") == {"a": "1f", "b": "2e"}


def test_the_list_of_countries_is_drawn_as_django_draws_it():
    bound = form_field(question("country"), today=TODAY, language="fr")
    plain = forms.Select(choices=list(bound.choices))

    for chosen in ("BR", "", None, '"><script>'):
        for attrs in ({"id": "q", "aria-invalid": "true", "placeholder": False}, {}):
            drawn = bound.widget.render("q", chosen, attrs)
            as_django = plain.render("q", chosen, attrs)
            assert parse_html(drawn) == parse_html(as_django)


def test_the_list_says_choose_in_the_language_of_the_page():
    field = form_field(question("country"), today=TODAY, language="fr")
    with translation.override("fr"):
        french = field.widget.render("q", None)
    with translation.override("ar"):
        arabic = field.widget.render("q", None)

        expected = translation.gettext("Choisir")

    assert ">Choisir<" in french
    assert f">{expected}<" in arabic
