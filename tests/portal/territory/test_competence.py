"""Every commune routes to exactly one office, or to the sentence that says why not."""

import pytest

from portal.territory import api

STRADDLING = {
    "01200": {"01", "74"},
    "01410": {"01", "39"},
    "01590": {"01", "39"},
    "05110": {"04", "05"},
    "05130": {"04", "05"},
    "05160": {"04", "05"},
    "05700": {"05", "26"},
    "06260": {"04", "06"},
    "13780": {"13", "83"},
    "21340": {"21", "71"},
    "33220": {"24", "33"},
    "37160": {"37", "86"},
    "42620": {"03", "42"},
    "43450": {"15", "43"},
    "48250": {"07", "48"},
    "52100": {"51", "52"},
}


def test_all_communes_and_arrondissements_are_loaded(db):
    assert api.Commune.objects.count() == 35_014


def test_every_commune_has_one_office_or_a_reason(db):
    rows = api.Commune.objects.values_list("department__law_applies", "department__prefecture_id")

    assert {(applies, code is not None) for applies, code in rows} == {(True, True), (False, False)}


@pytest.mark.parametrize(
    ("insee", "office"),
    [
        ("75056", "75"),
        ("75112", "75"),
        ("13205", "13"),
        ("69383", "69"),
        ("2A004", "2A"),
        ("2B033", "2B"),
        ("97105", "971"),
        ("97701", "978"),
        ("97801", "978"),
        ("34172", "34"),
    ],
)
def test_competence_follows_the_insee_code(db, insee, office):
    assert api.competent_prefecture(insee).prefecture_code == office


@pytest.mark.parametrize("insee", ["98735", "98818", "98613"])
def test_a_territory_outside_the_law_gets_an_answer_and_no_office(db, insee):
    competence = api.competent_prefecture(insee)

    assert competence.prefecture_code is None
    assert "ses propres règles" in competence.reason


@pytest.mark.parametrize(("postcode", "departments"), STRADDLING.items())
def test_a_postcode_that_straddles_gives_communes_of_each_side(db, postcode, departments):
    found = {commune.department_id for commune in api.search_communes(postcode)}

    assert found == departments


@pytest.mark.parametrize(
    ("department", "prefix"),
    [("75", "750"), ("2A", "201"), ("2B", "202"), ("971", "971"), ("01", "010")],
)
def test_number_prefix_of_a_department(db, department, prefix):
    assert api.number_prefix(department) == prefix


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("montpellier", "Montpellier"),
        ("MONTPELIER", "Montpellier"),
        ("st denis", "Saint-Denis"),
        ("evry", "Évry-Courcouronnes"),
        ("75112", "Paris 12e Arrondissement"),
        ("saint jean de moriene", "Saint-Jean-de-Maurienne"),  # two slips
        ("bignen", "Bignan"),
    ],
)
def test_search_forgives_accents_case_and_slips(db, typed, name):
    assert name in [commune.name for commune in api.search_communes(typed)]


@pytest.mark.parametrize("typed", ["", "   ", "%", "zzqqxxyy", "';--", "\u202e", "99999"])
def test_search_finds_nothing_rather_than_fail(db, typed):
    assert api.search_communes(typed) == []


def test_a_long_name_with_a_slip_is_not_compared_with_every_saint(db):
    found = api.search_communes("saint-martin-d'arossa", limit=20)

    assert found[0].name == "Saint-Martin-d'Arrossa"
    assert len(found) < 10, [commune.name for commune in found]
