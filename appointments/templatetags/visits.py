"""What the notice and the pages of a visit draw: the QR, a moment kept as text."""

from datetime import datetime, timedelta

import segno
from django import template
from django.utils.dates import WEEKDAYS
from django.utils.formats import localize
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.core import clock
from portal.territory import api as territory

register = template.Library()

WALKS = {
    "n": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le nord"),
    "ne": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le nord-est"),
    "e": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers l’est"),
    "se": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le sud-est"),
    "s": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le sud"),
    "sw": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le sud-ouest"),
    "w": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers l’ouest"),
    "nw": gettext_lazy("%(metres)s m, %(minutes)s min à pied vers le nord-ouest"),
}
CENTRE = 150


@register.filter
def as_moment(text):
    """A moment from the ISO text that a letter keeps."""
    return datetime.fromisoformat(text)


@register.filter
def in_paris(moment):
    """A moment as the office's clock shows it, wherever the reader is."""
    return moment.astimezone(clock.PARIS)


@register.simple_tag
def qr_svg(text):
    """The QR of a pass: medium correction, four white modules around, black on white."""
    picture = segno.make(text, error="m", boost_error=False)
    # our own signed text, made of letters and digits; segno writes the markup
    return mark_safe(picture.svg_inline(border=4, svgclass="qr", lineclass=None))  # noqa: S308


@register.filter
def grouped(code):
    """A short code in two groups, easier to say and to type."""
    return f"{code[:4]} {code[4:]}"


@register.filter
def clock_time(minutes):
    """Minutes after midnight as an hour of the day."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@register.filter
def weekday_name(number):
    """The name of a weekday, 1 for Monday."""
    return WEEKDAYS[number - 1]


@register.filter
def last_day(end):
    """The last whole day before a moment that is not included."""
    return (end - timedelta(seconds=1)).astimezone(clock.PARIS)


@register.inclusion_tag("appointments/_site_plan.html")
def site_plan(site_id, *, on_screen=True):
    """How to find a site: a plan drawn by us, and its landmarks in words.

    On a screen it offers the phone's own map by a `geo:` address, which calls no server of ours
    nor anyone's until the person opens it. Nothing for a site that is not placed.
    """
    plan = territory.site_plan(site_id) if site_id else None
    if plan is None:
        return {"plan": None}
    return {
        "plan": plan,
        "label": _("Plan des abords : le site au centre, le nord en haut."),
        "rings": [
            {"radius": str(radius), "label_y": str(CENTRE + radius - 3), "words": f"{metres} m"}
            for metres, radius in plan.rings
        ],
        "marks": [
            {
                "number": mark.number,
                "name": mark.name,
                # a decimal comma would break the drawing
                "x": str(mark.x),
                "y": str(mark.y),
                "text_y": str(mark.y + 4),
                "words": WALKS[mark.direction]
                % {"metres": localize(mark.metres), "minutes": mark.minutes},
            }
            for mark in plan.marks
        ],
        "geo": f"geo:{plan.site.latitude},{plan.site.longitude}" if on_screen else "",
    }


@register.filter
def day_before(day):
    """The last day of hours whose range ends before this one."""
    return day - timedelta(days=1)
