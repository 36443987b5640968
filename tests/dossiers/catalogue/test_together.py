"""Which procedures one person may not have under way at once."""

from itertools import permutations

import pytest

from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import CatalogueError
from dossiers.catalogue.together import FILE, compatibility, load_compatibility


def test_the_table_holds_both_ways_and_separates_the_same_reason_alone():
    table = compatibility()
    apart = {
        (one, other)
        for one, other in permutations(catalogue(), 2)
        if other in table.apart_from(one)
    }

    assert apart == {(other, one) for one, other in apart}
    assert {one.rpartition("-")[0] for one, _other in apart} == {
        "student",
        "employee",
        "spouse-of-french",
    }
    assert not table.apart_from("address-change")


MISTAKES = {
    "unknown": ('"student-first", ', '"gardener-first", ', "démarche inconnue « gardener-first »"),
    "alone": ('"student-first", "student-renewal"', '"student-first"', "deux démarches"),
    "said twice": (
        '"employee-first", "employee-renewal"',
        '"student-renewal", "student-first"',
        "sont déjà séparées",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_of_the_table_is_refused(folder, mistake):
    old, new, words = mistake
    text = (folder / FILE).read_text(encoding="utf-8")
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as refused:
        load_compatibility(folder, catalogue())

    assert any(words in problem for problem in refused.value.problems)
