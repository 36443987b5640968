"""Bars with their intervals, drawn as SVG: no script, nothing from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from appointments.market.statistics import Interval

WIDTH, LEFT, RIGHT, LINE, BAR = 760, 300, 110, 24, 14


@dataclass(frozen=True)
class Bar:
    """One line of a chart: its label, its value and the value as it is written."""

    label: str
    value: Interval
    written: str


def bars(title: str, lines: Sequence[Bar], *, name: str) -> str:
    """A chart of horizontal bars. What it shows is also in the table, for who cannot see it."""
    known = [one for one in lines if one.value.count]
    ends = [abs(one.value.mean) + _half(one.value) for one in known]
    scale = (WIDTH - LEFT - RIGHT) / (max(ends, default=0) or 1)
    height = LINE * len(known) + 8
    drawn = "".join(_bar(number, one, scale) for number, one in enumerate(known))
    return (
        f'<figure><figcaption id="{name}">{escape(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="{name}">'
        f'<line class="axis" x1="{LEFT}" y1="0" x2="{LEFT}" y2="{height}"/>{drawn}</svg></figure>\n'
    )


def _bar(number: int, one: Bar, scale: float) -> str:
    top = LINE * number + 6
    middle, baseline = top + BAR / 2, top + BAR - 3
    length = max(one.value.mean, 0) * scale
    half = _half(one.value) * scale
    low, high = max(length - half, 0), length + half
    kind = "loss" if one.value.mean < 0 else "gain"
    return (
        f'<text class="label" x="{LEFT - 8}" y="{baseline}">{escape(one.label)}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{top}" width="{length:.1f}" height="{BAR}"/>'
        f'<line class="interval" x1="{LEFT + low:.1f}" y1="{middle}" x2="{LEFT + high:.1f}" '
        f'y2="{middle}"/>'
        f'<text class="value" x="{LEFT + high + 8:.1f}" y="{baseline}">{escape(one.written)}</text>'
    )


def _half(value: Interval) -> float:
    return value.half if value.half == value.half else 0.0
