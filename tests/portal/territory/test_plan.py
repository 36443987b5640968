"""The plan of a site: distances and directions that one can walk by, from coordinates alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.territory.plan import MARGIN, SIZE, Point, distance, draw, heading

SITE = Point(43.611, 3.877)
NORTH_250M = Point(43.611 + 250 / 111_195, 3.877)


def test_a_degree_of_latitude_is_known():
    assert distance(Point(43, 3), Point(44, 3)) == pytest.approx(111_195, abs=5)
    assert distance(SITE, SITE) == 0


def test_one_walks_from_the_landmark_to_the_site():
    plan = draw(SITE, [("Arrêt", NORTH_250M)])

    [mark] = plan.marks
    assert (mark.metres, mark.minutes, mark.direction) == (250, 4, "s")
    assert mark.x == SIZE / 2
    assert mark.y < SIZE / 2


@pytest.mark.parametrize(
    ("north", "east", "way"),
    [(1, 0, "n"), (1, 1, "ne"), (0, 1, "e"), (-1, 1, "se"), (-1, 0, "s"), (-1, -1, "sw")]
    + [(0, -1, "w"), (1, -1, "nw")],
)
def test_the_eight_ways(north, east, way):
    origin = Point(0, 0)

    assert heading(origin, Point(north * 0.001, east * 0.001)) == way


def test_the_nearest_six_are_shown_nearest_first():
    around = [(f"n{i}", Point(43.611 + i / 5000, 3.877)) for i in range(9, 0, -1)]

    plan = draw(SITE, around)

    assert [mark.name for mark in plan.marks] == ["n1", "n2", "n3", "n4", "n5", "n6"]
    assert [mark.number for mark in plan.marks] == [1, 2, 3, 4, 5, 6]


def test_nothing_near_gives_no_plan():
    assert draw(SITE, []) is None
    assert draw(SITE, [("Ailleurs", Point(48.8, 2.3))]) is None


near = st.floats(-0.03, 0.03)


@given(st.lists(st.tuples(near, near), min_size=1, max_size=8))
def test_every_mark_stays_on_the_drawing(offsets):
    around = [
        (f"n{i}", Point(SITE.latitude + north, SITE.longitude + east))
        for i, (north, east) in enumerate(offsets)
    ]
    plan = draw(SITE, around)

    for mark in plan.marks if plan else ():
        assert MARGIN - 1 <= mark.x <= SIZE - MARGIN + 1
        assert MARGIN - 1 <= mark.y <= SIZE - MARGIN + 1
