"""What the notice and the pages of a visit draw: the QR, a moment kept as text."""

from datetime import datetime, timedelta

import segno
from django import template
from django.utils.dates import WEEKDAYS
from django.utils.safestring import mark_safe

from portal.core import clock

register = template.Library()


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
