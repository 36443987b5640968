"""The public finder: a tree of data that leads somewhere, whatever is answered."""

import pytest

from dossiers.catalogue.finding import FILE, finder, load_finder, walk
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.schema import CatalogueError


def every_walk(answers=()):
    """Each road from the first question to its end."""
    found = walk(finder(), dict(answers))
    if found.question is None:
        yield found
        return
    for choice in found.question.choices:
        yield from every_walk((*answers, (found.question.code, choice.value)))


def test_every_road_ends_and_every_procedure_is_at_the_end_of_one():
    roads = list(every_walk())

    assert all((road.procedure is None) is not (road.ending is None) for road in roads)
    assert {road.procedure for road in roads if road.procedure} == set(catalogue())
    assert {road.ending.code for road in roads if road.ending} == {
        ending.code for ending in finder().endings
    }


def test_what_was_chosen_is_said_to_the_procedure():
    road = walk(finder(), {"document": "card", "event": "ending", "card": "visitor"})

    assert (road.procedure, road.answers) == ("visitor", {"arrived_with": "visitor_card"})


def test_noise_in_the_address_asks_the_question_again():
    road = walk(finder(), {"document": "card", "event": "<script>", "card": "visitor"})

    assert road.question.code == "event"
    assert [choice.value for _question, choice in road.made] == ["card"]


MISTAKES = {
    "a question that does not exist": ('next = "visa"', 'next = "passport"', "question inconnue"),
    "a procedure that does not exist": (
        'procedure = "duplicate"',
        'procedure = "copy"',
        "démarche inconnue « copy »",
    ),
    "two ends": (
        'ending = "lost-abroad"',
        'ending = "lost-abroad"\nprocedure = "duplicate"',
        "un seul des trois",
    ),
    "a road that turns round": ('procedure = "duplicate"', 'next = "event"', "y ramène"),
    "an answer that is not an option": (
        'value = "visitor_card"',
        'value = "garden_card"',
        "n'est pas une option de « arrived_with »",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_of_the_tree_is_refused_with_its_place(folder, mistake):
    old, new, words = mistake
    text = (folder / FILE).read_text(encoding="utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(CatalogueError) as refused:
        load_finder(folder, catalogue())

    assert any(words in problem for problem in refused.value.problems)
