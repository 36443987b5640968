"""Fields refuse with a sentence, keep what was typed, and are laid out for every reader."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.forms import DatePartsField, PlainTextField, UploadField


class SmallForm(forms.Form):
    name = PlainTextField(label="Nom", help_text="Comme sur le passeport.")
    nickname = PlainTextField(label="Surnom", required=False)
    born_on = DatePartsField(label="Date de naissance")
    paper = UploadField(label="Passeport")
    answer = forms.ChoiceField(
        label="Réponse", widget=forms.RadioSelect, choices=[("y", "Oui"), ("n", "Non")]
    )


def refusal(field, value):
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Awa\x00", "control_character"),
        ("Awa\x1b[0m", "control_character"),
        ("Awa\u202egnp.exe", "bidi_control"),
        ("\u2066Awa\u2069", "bidi_control"),
        ("a" * 201, "max_length"),
    ],
)
def test_plain_text_refuses_what_cannot_be_read(typed, code):
    assert refusal(PlainTextField(), typed) == code


def test_plain_text_keeps_composed_letters_and_lines():
    field = PlainTextField(rows=3)

    assert field.clean("E\u0301lodie\r\nأوا") == "Élodie\nأوا"


def test_plain_text_says_how_long_the_text_is():
    with pytest.raises(ValidationError) as caught:
        PlainTextField(max_length=5).clean("abcdefgh")

    assert caught.value.messages == ["Ce texte compte 8 caractères ; il peut en compter 5 au plus."]


def test_date_is_made_of_three_parts():
    assert DatePartsField().clean(["1", "02", "1990"]) == dt.date(1990, 2, 1)


def test_optional_date_may_be_empty():
    assert DatePartsField(required=False).clean(["", "", ""]) is None


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["", "", ""], "required"),
        (["1", "", "1990"], "incomplete"),
        (["31", "2", "1990"], "no_such_day"),
        (["x", "2", "1990"], "not_numbers"),
        (["²", "2", "1990"], "not_numbers"),
        (["1", "2", "90"], "short_year"),
        (["1", "2", "1700"], "too_early"),
        (["1", "2", "2031"], "too_late"),
    ],
)
def test_date_refuses_with_the_part_that_is_wrong(parts, code):
    field = DatePartsField(latest=lambda: dt.date(2030, 1, 1))

    assert refusal(field, parts) == code


def test_date_reads_its_boxes_by_name():
    form = SmallForm({"born_on_day": "3", "born_on_month": "4", "born_on_year": "2001"})

    form.is_valid()

    assert form.cleaned_data["born_on"] == dt.date(2001, 4, 3)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("passport.pdf", b"", "empty"),
        ("passport.exe", b"MZ", "unknown_kind"),
        ("passport.pdf", b"x" * 11, "too_heavy"),
    ],
)
def test_upload_refuses_what_cannot_be_kept(name, content, code):
    assert refusal(UploadField(max_bytes=10), SimpleUploadedFile(name, content)) == code


def test_field_links_its_hint_and_its_errors_to_the_control():
    form = SmallForm({}, {})

    html = str(form["name"].as_field_group())

    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_name-hint"' in html
    assert 'id="id_name-error"' in html
    assert "Écrivez une réponse." in html


def test_only_optional_fields_say_so():
    form = SmallForm()

    assert "(facultatif)" in form["nickname"].as_field_group()
    assert "(facultatif)" not in form["name"].as_field_group()


@pytest.mark.parametrize("name", ["born_on", "answer"])
def test_groups_of_controls_have_a_legend(name):
    html = SmallForm()[name].as_field_group()

    assert "<fieldset" in html
    assert "<legend" in html


def test_every_control_has_a_label_of_its_own():
    html = str(SmallForm())

    for identifier in ("id_name", "id_born_on_0", "id_born_on_2", "id_paper", "id_answer_1"):
        assert f'for="{identifier}"' in html
        assert f'id="{identifier}"' in html
