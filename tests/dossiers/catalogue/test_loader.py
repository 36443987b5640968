import json
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import pytest

from dossiers.catalogue.loader import (
    Catalogue,
    canonical,
    catalogue,
    digest_of,
    from_json,
    load_catalogue,
    to_json,
)
from dossiers.catalogue.schema import CatalogueError
from dossiers.catalogue.text import LANGUAGES, Text

SOURCE_CODES = {
    "address-change": "ADDRESS_CHANGE",
    "duplicate": "DUPLICATE",
    "employee-first": "EMPLOYEE_FIRST",
    "employee-renewal": "EMPLOYEE_RENEW",
    "minor-travel-document": "DCEM",
    "resident-card-renewal": "RESIDENT_CARD_RENEW",
    "spouse-of-french-first": "SPOUSE_OF_FRENCH_FIRST",
    "spouse-of-french-renewal": "SPOUSE_OF_FRENCH_RENEW",
    "student-first": "STUDENT_FIRST",
    "student-renewal": "STUDENT_RENEW",
    "talent-qualified": "TALENT_QUALIFIED",
    "visa-validation": "VLSTS_VALIDATION",
    "visitor": "VISITOR",
}
CODES = list(catalogue())


def every_text(value, place=""):
    """Every Text below an object, with its place."""
    if isinstance(value, Text):
        yield place, value
    elif is_dataclass(value):
        for item in fields(value):
            yield from every_text(getattr(value, item.name), f"{place}.{item.name}")
    elif isinstance(value, tuple):
        for i, item in enumerate(value):
            yield from every_text(item, f"{place}[{i}]")


def test_the_thirteen_procedures_of_the_sources_are_declared(procedures):
    assert isinstance(procedures, Mapping)
    found = {code: item.source_code for code, item in procedures.items()}
    assert {code: found[code] for code in SOURCE_CODES} == SOURCE_CODES
    assert len(set(found.values())) == len(found)


def test_the_files_are_read_once():
    assert catalogue() is catalogue()


@pytest.mark.parametrize("code", CODES)
def test_a_stored_version_rebuilds_the_same_procedure(procedures, code):
    stored = json.loads(json.dumps(to_json(procedures[code])))

    rebuilt = from_json(stored)

    assert rebuilt == procedures[code]
    assert digest_of(rebuilt) == procedures.digest(code)


@pytest.mark.parametrize("code", CODES)
def test_the_digest_does_not_depend_on_the_order_of_keys(procedures, code):
    def shuffled(value):
        if isinstance(value, dict):
            items = list(value.items())
            random.Random(7).shuffle(items)
            return {key: shuffled(item) for key, item in items}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert digest_of(from_json(shuffled(to_json(procedures[code])))) == procedures.digest(code)


def test_one_changed_word_changes_the_digest_of_that_procedure_only(procedures, folder):
    path = folder / "duplicate.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("abîmé", "endommagé", 1), "utf-8")

    changed = load_catalogue(folder)

    assert changed.digest("duplicate") != procedures.digest("duplicate")
    assert changed.digest("student-renewal") == procedures.digest("student-renewal")


def test_the_canonical_text_is_one_line_without_escapes(procedures):
    text = canonical(procedures["student-renewal"])
    assert "\n" not in text
    assert "études" in text
    assert "دراستكم" in text


def test_an_optional_attribute_left_alone_is_not_stored(procedures):
    stored = to_json(procedures["student-renewal"])
    assert "other_windows" not in stored
    assert "hint" not in stored["steps"][0]["fields"][3]


def test_a_stored_version_that_is_not_one_is_refused():
    with pytest.raises(CatalogueError) as refused:
        from_json({"code": "x", "colour": "blue"})
    assert "version: colour: clé inconnue" in refused.value.problems


@pytest.mark.parametrize("code", CODES)
def test_every_sentence_has_three_different_languages(procedures, code):
    found = list(every_text(procedures[code], code))
    assert len(found) > 80
    for place, text in found:
        for language in LANGUAGES:
            assert text.get(language).strip(), f"{place}.{language}"
        assert any("\u0600" <= letter <= "\u06ff" for letter in text.ar), place
        assert not any("\u0600" <= letter <= "\u06ff" for letter in text.fr + text.en), place


@pytest.mark.parametrize("code", CODES)
def test_placeholders_of_the_messages_are_the_same_in_every_language(procedures, code):
    for place, text in every_text(procedures[code], code):
        marks = [
            sorted(name for name in ("{opens_on}", "{closes_on}", "{late_until}") if name in words)
            for words in (text.fr, text.en, text.ar)
        ]
        assert marks[0] == marks[1] == marks[2], place


def most_seen(step):
    """The questions that one person may see: of those that each hang on one option, one."""
    of_one_option, others = {}, 0
    for field in step.fields:
        size = len(field.fields) or 1
        if getattr(field.when, "operator", None) == "equals":
            options = of_one_option.setdefault(field.when.field, Counter())
            options[field.when.value] += size
        else:
            others += size
    return others + sum(max(options.values()) for options in of_one_option.values())


@pytest.mark.parametrize("code", CODES)
def test_a_page_has_one_theme_and_three_to_seven_fields(procedures, code):
    sizes = {step.code: most_seen(step) for step in procedures[code].steps}
    assert {step: size for step, size in sizes.items() if not 3 <= size <= 7} == {}


@pytest.mark.parametrize("code", CODES)
def test_every_demand_names_the_law_or_owns_to_be_recalled(procedures, code):
    for rule in procedures[code].evidence:
        assert rule.legal or rule.confidence == "recalled", rule.code


def test_finding_by_name_code_and_meaning(procedures):
    renewal = procedures["student-renewal"]
    assert renewal.step("studies").title.fr == "Vos études"
    assert renewal.field("institution").kind == "text"
    assert renewal.evidence_rule("enrolment").essential is True
    assert renewal.meaning("birth_name").name == "birth_name"
    assert renewal.meaning("entered_on") is None
    for find in (renewal.step, renewal.field, renewal.evidence_rule):
        with pytest.raises(KeyError):
            find("nothing")


def test_a_choice_knows_its_labels(procedures):
    housing = procedures["duplicate"].field("housing")
    assert housing.label_of("hotel").en == "In a hotel"
    assert housing.label_of("castle") is None


@pytest.mark.parametrize(
    ("asked", "given"), [("fr", "a"), ("en-GB", "b"), ("ar", "c"), ("de", "a"), (None, "a")]
)
def test_a_text_falls_back_on_french(asked, given):
    assert Text("a", "b", "c").get(asked) == given


def test_an_empty_folder_is_an_empty_catalogue(tmp_path):
    assert dict(load_catalogue(tmp_path)) == {}
    assert len(Catalogue([])) == 0


def test_an_authority_is_of_the_residence_or_national(folder, spoil, procedures):
    national = {code for code, item in procedures.items() if item.authority == "national"}
    assert national == {"visa-validation"}

    residence, national = 'authority = "residence"', 'authority = "national"'
    assert spoil("duplicate.toml", residence, national) == ()
    assert load_catalogue(folder)["duplicate"].authority == "national"

    (problem,) = spoil("duplicate.toml", national, 'authority = "town-hall"')
    assert problem.startswith("duplicate.toml: authority")
