"""What the notice and the pages of a visit draw: the QR, a moment kept as text."""

from datetime import datetime

import segno
from django import template
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
