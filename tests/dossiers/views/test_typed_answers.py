"""Typed answers on their pages, without a line of script: lines, codes, dates, lists."""

import pytest
from django.urls import reverse

from dossiers.models import Dossier
from portal.core.door import acting
from tests.dossiers.views.test_steps import step_url, stored
from tests.factories.dossiers import draft

pytestmark = pytest.mark.django_db

LINES = "P<BRAEXEMPLE<<ADA<INVENTEE<<<<<<<<<<<<<<<<<<\nZZ000001<3BRA9905049F3001019<<<<<<<<<<<<<<<6"


def keep(dossier, **answers):
    with acting(dossier.applicant_id):
        Dossier.objects.filter(pk=dossier.pk).update(answers=answers)


def values_of(response):
    """What the page would post back, read from its form."""
    form = response.context["form"]
    return {bound.name: bound.value() for bound in form}


def test_the_lines_of_a_passport_fill_what_is_empty_and_nothing_else(signed_in, typed):
    seen = signed_in.get(step_url(typed)).context["seen"]
    typed_now = {"passport_lines": LINES, "birth_name": "Autre", "seen": seen}

    page = signed_in.post(step_url(typed), typed_now | {"fill": "passport_lines"})

    said = values_of(page)
    assert said["given_names"] == {"text": "ADA INVENTEE", "none": False}
    assert said["birth_date"] == ["04", "05", "1999"]
    assert said["nationality"] == "BR"
    assert said["passport_number"] == "ZZ000001"
    assert said["passport_ends_on"] == ["01", "01", "2030"]
    assert said["sex"] == "f"
    assert said["birth_name"] == "Autre"
    assert "EXEMPLE" in page.context["form"].errors["birth_name"][0]
    # proposed, not kept: the person has not read it yet
    assert stored(typed).answers == {"birth_name": "Autre", "passport_lines": LINES}


def test_the_same_name_with_its_accents_is_no_difference(signed_in, typed):
    page = signed_in.post(
        step_url(typed),
        {"passport_lines": LINES, "given_names": "Àda Inventée", "fill": "passport_lines"},
    )

    assert not page.context["form"].errors
    assert values_of(page)["given_names"]["text"] == "Àda Inventée"


def test_lines_that_are_not_read_say_why_and_stay_as_typed(signed_in, typed):
    page = signed_in.post(
        step_url(typed),
        {"passport_lines": LINES.replace("ZZ000001", "ZZ000002"), "fill": "passport_lines"},
    )

    assert "numéro du document" in page.context["form"].errors["passport_lines"][0]
    assert "ZZ000002" in page.text
    assert stored(typed).answers == {}


def test_the_button_is_never_the_one_that_a_key_presses(signed_in, typed):
    page = signed_in.get(step_url(typed)).text

    assert page.index('name="continue"') < page.index('name="fill"')


def test_one_name_only_is_an_answer(signed_in, typed):
    signed_in.post(step_url(typed), {"given_names": "", "given_names_none": "1", "later": "1"})

    assert stored(typed).answers == {"given_names": {"none": True}}
    page = signed_in.get(step_url(typed))
    assert 'name="given_names_none" value="1" id="id_given_names_none" checked' in page.text
    assert (
        "Mon passeport porte un seul nom"
        in signed_in.get(reverse("dossiers:check", args=[typed.pk])).text
    )


def test_a_name_and_no_name_are_not_both_kept(signed_in, typed):
    page = signed_in.post(step_url(typed), {"given_names": "Ada", "given_names_none": "1"})

    assert "décochez" in page.context["form"].errors["given_names"][0]
    assert stored(typed).raw_answers["given_names"] == {
        "given_names": "Ada",
        "given_names_none": "1",
    }


@pytest.mark.parametrize(
    ("parts", "kept", "shown"),
    [
        (("", "", "1985"), "1985", "1985 (jour et mois inconnus)"),
        (("00", "00", "1985"), "1985", "1985 (jour et mois inconnus)"),
        (("", "3", "1985"), "1985-03", "mars 1985 (jour inconnu)"),
        (("7", "3", "1985"), "1985-03-07", "7 mars 1985"),
    ],
)
def test_a_birth_may_be_known_in_part(signed_in, typed, parts, kept, shown):
    names = ("birth_date_day", "birth_date_month", "birth_date_year")
    signed_in.post(step_url(typed), dict(zip(names, parts, strict=True)) | {"later": "1"})

    assert stored(typed).answers == {"birth_date": kept}
    assert shown in signed_in.get(reverse("dossiers:check", args=[typed.pk])).text
    page = signed_in.get(step_url(typed))
    again = page.context["form"]["birth_date"].field.widget.decompress(kept)
    assert [part.lstrip("0") for part in again] == [part.lstrip("0") for part in parts]


@pytest.mark.parametrize("parts", [("7", "", "1985"), ("", "13", "1985"), ("", "", "85")])
def test_a_date_that_is_no_part_of_one_is_refused_and_kept_as_typed(signed_in, typed, parts):
    names = ("birth_date_day", "birth_date_month", "birth_date_year")

    page = signed_in.post(step_url(typed), dict(zip(names, parts, strict=True)))

    assert "birth_date" in page.context["form"].errors
    assert "birth_date" in stored(typed).raw_answers


@pytest.mark.parametrize(
    ("name", "wrong", "right", "kept"),
    [
        ("visa", "12345", "fra 990 000 001", "FRA990000001"),
        ("stamp", "123", "1265 0000 0000 0016", "1265000000000016"),
        ("employer", "732 829 320 00075", "732 829 320 00074", "73282932000074"),
    ],
)
def test_printed_numbers_are_read_kindly_and_proven(signed_in, typed, name, wrong, right, kept):
    page = signed_in.post(step_url(typed, "papers"), {name: wrong})
    assert page.context["form"].errors[name]

    signed_in.post(step_url(typed, "papers"), {name: right})
    assert stored(typed).answers[name] == kept


def test_what_the_house_answers_cannot_be_typed_over(signed_in, typed, applicant):
    keep(typed, account_mail="vrai@exemple.fr")

    signed_in.post(
        step_url(typed, "papers"), {"account_mail": "faux@exemple.fr", "seen": "r0 account_mail=1"}
    )

    assert stored(typed).answers == {"account_mail": "vrai@exemple.fr"}
    page = signed_in.get(step_url(typed, "papers"))
    assert 'value="vrai@exemple.fr"' in page.text
    assert "disabled" in page.text


def test_a_hidden_answer_is_not_stored_whatever_is_posted(signed_in, typed):
    keep(typed, with_children=False)

    signed_in.post(
        step_url(typed, "children"),
        {
            "with_children": "no",
            "children-count": "1",
            "children-0-child_name": "Zoé",
            "children-0-seen": "child_name",
            "later": "1",
        },
    )

    assert stored(typed).answers == {"with_children": False}


def test_an_answer_hidden_by_another_page_is_taken_out(signed_in, applicant):
    dossier = draft(applicant, housing="hosted", host_name="Un hôte")

    signed_in.post(step_url(dossier, "address"), {"housing": "own", "seen": "", "later": "1"})

    assert stored(dossier).answers["housing"] == "own"
    assert "host_name" not in stored(dossier).answers


def test_while_what_decides_is_not_understood_nothing_is_taken_out(signed_in, typed):
    keep(typed, birth_date="2015-01-01", guardian="Une tutrice")

    signed_in.post(step_url(typed), {"birth_date_year": "quinze", "later": "1"})

    assert stored(typed).answers == {"guardian": "Une tutrice"}
    assert "birth_date" in stored(typed).raw_answers
