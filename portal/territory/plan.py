"""A plan of how to find a site, drawn by us from coordinates: nothing is fetched from anybody.

It shows the site in the middle, the landmarks that the office named around it, circles of
distance and the north. Pure: the same points always give the same drawing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import asin, atan2, ceil, cos, degrees, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_000
WALKING_M_PER_MINUTE = 75
SHOWN_AT_MOST = 6
SIZE = 300
MARGIN = 26
CIRCLES_M = (100, 200, 300, 500, 750, 1000, 2000, 5000)
POINTS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


@dataclass(frozen=True, order=True)
class Point:
    """A place on the ground: degrees of latitude and longitude (WGS 84)."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class SitePlan:
    """What is drawn: the marks, nearest first, and the circles as (metres, radius)."""

    marks: tuple["Mark", ...]
    rings: tuple[tuple[int, float], ...]
    site: Point


@dataclass(frozen=True)
class Mark:
    """A landmark seen from the site: its number on the plan, how far, which way."""

    number: int
    name: str
    metres: int
    minutes: int
    direction: str
    """From the landmark towards the site: one of POINTS."""
    x: float
    y: float


def distance(one: Point, other: Point) -> float:
    """Metres between two points, on the sphere (haversine)."""
    lat1, lat2 = radians(one.latitude), radians(other.latitude)
    half_lat = sin((lat2 - lat1) / 2)
    half_lon = sin(radians(other.longitude - one.longitude) / 2)
    chord = sqrt(half_lat**2 + cos(lat1) * cos(lat2) * half_lon**2)
    return 2 * EARTH_RADIUS_M * asin(min(1.0, chord))


def heading(origin: Point, goal: Point) -> str:
    """Which way to walk from one point to another, as one of eight."""
    east = radians(goal.longitude - origin.longitude) * cos(radians(origin.latitude))
    north = radians(goal.latitude - origin.latitude)
    return POINTS[round(degrees(atan2(east, north)) / 45) % 8]


def draw(site: Point, landmarks: Iterable[tuple[str, Point]]) -> SitePlan | None:
    """The plan of a site with its nearest landmarks; None without one near enough to help."""
    known = sorted((distance(site, point), name, point) for name, point in landmarks)
    near = [one for one in known if one[0] <= CIRCLES_M[-1]][:SHOWN_AT_MOST]
    if not near:
        return None
    circles = _circles(near[-1][0])
    scale = (SIZE / 2 - MARGIN) / circles[-1]
    return SitePlan(
        marks=tuple(
            Mark(
                number=number,
                name=name,
                metres=max(10, round(metres / 10) * 10),
                minutes=max(1, ceil(metres / WALKING_M_PER_MINUTE)),
                direction=heading(point, site),
                x=round(SIZE / 2 + _east(site, point) * scale, 1),
                y=round(SIZE / 2 - _north(site, point) * scale, 1),
            )
            for number, (metres, name, point) in enumerate(near, start=1)
        ),
        rings=tuple((metres, round(metres * scale, 1)) for metres in circles),
        site=site,
    )


def _circles(farthest: float) -> list[int]:
    """Three circles at most, up to the first that holds every landmark."""
    last = next(metres for metres in CIRCLES_M if metres >= farthest)
    return [metres for metres in CIRCLES_M if metres <= last][-3:]


def _east(site: Point, point: Point) -> float:
    turn = radians(point.longitude - site.longitude)
    return turn * cos(radians(site.latitude)) * EARTH_RADIUS_M


def _north(site: Point, point: Point) -> float:
    return radians(point.latitude - site.latitude) * EARTH_RADIUS_M
