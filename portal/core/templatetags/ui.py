"""Components: one tag, one template in `ui/`; arguments are named, and unknown ones refused.

`{% load ui %}` brings all of them, with those of `ui_lists` and `ui_navigation`.
"""

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi

from portal.core import form_markup
from portal.core.templatetags import ui_lists, ui_navigation
from portal.core.tones import (
    BADGE_TONES,
    BUTTON_TONES,
    CALLOUT_TONES,
    CARD_TONES,
    VERDICT_TONES,
    checked,
)

MESSAGE_TONES = {"debug": "quiet", "info": "info", "success": "success", "error": "danger"}

register = template.Library()
register.tags |= ui_lists.register.tags | ui_navigation.register.tags


@register.simple_block_tag
def callout(content, *, title="", tone="info", level=2):
    """{% callout title="…" tone="warning" %}HTML{% endcallout %}"""
    checked("callout", "tone", tone, CALLOUT_TONES)
    return render_to_string(
        "ui/callout.html", {"title": title, "tone": tone, "level": level, "content": content}
    )


@register.simple_block_tag
def card(
    content, *, title="", href="", tone="plain", level=2, meta="", badge="", badge_tone="info"
):
    """{% card title="…" href=url tone="accent" %}HTML{% endcard %}; with href, all of it clicks."""
    checked("card", "tone", tone, CARD_TONES)
    checked("card", "badge_tone", badge_tone, BADGE_TONES)
    return render_to_string(
        "ui/card.html",
        {
            "title": title,
            "href": href,
            "tone": tone,
            "level": level,
            "meta": meta,
            "badge": badge,
            "badge_tone": badge_tone,
            "content": content,
        },
    )


@register.simple_block_tag
def panel(content, *, title, icon="", level=2):
    """{% panel title="Ce qui se passe ensuite" %}HTML{% endpanel %}: a box of the aside column."""
    return render_to_string(
        "ui/panel.html", {"title": title, "icon": icon, "level": level, "content": content}
    )


@register.simple_block_tag
def nothing(content, *, title, level=2):
    """{% nothing title="Aucun dossier" %}next step{% endnothing %}: an empty list."""
    return render_to_string("ui/nothing.html", {"title": title, "level": level, "content": content})


@register.simple_block_tag
def disclosure(content, *, summary, opened=False):
    """{% disclosure summary="Où trouver ce numéro ?" %}HTML{% enddisclosure %}"""
    return render_to_string(
        "ui/disclosure.html", {"summary": summary, "opened": opened, "content": content}
    )


@register.simple_block_tag
def verdict(content, *, title, tone, level=2):
    """{% verdict title="Vous êtes attendu" tone="success" %}: read from across a counter."""
    checked("verdict", "tone", tone, VERDICT_TONES)
    return render_to_string(
        "ui/verdict.html", {"title": title, "tone": tone, "level": level, "content": content}
    )


@register.simple_tag
def badge(text, *, tone="neutral"):
    """{% badge "En attente" tone="warning" %}: the words carry the meaning, never the colour."""
    checked("badge", "tone", tone, BADGE_TONES)
    return render_to_string("ui/badge.html", {"text": text, "tone": tone})


@register.simple_block_tag
def button_row(content):
    """{% button_row %}buttons{% endbutton_row %}: the primary one first."""
    return render_to_string("ui/button_row.html", {"content": content})


@register.simple_tag
def submit(text, *, tone="primary", name="", value="", form="", label=""):
    """{% submit "Enregistrer" tone="primary" name="action" value="save" %}"""
    checked("submit", "tone", tone, BUTTON_TONES)
    return render_to_string(
        "ui/submit.html",
        {"text": text, "tone": tone, "name": name, "value": value, "form": form, "label": label},
    )


@register.simple_tag
def button_link(text, *, href, tone="secondary", label="", download=False):
    """{% button_link "Finir plus tard" href=url tone="quiet" %}"""
    checked("button_link", "tone", tone, BUTTON_TONES)
    return render_to_string(
        "ui/button_link.html",
        {"text": text, "tone": tone, "href": href, "label": label, "download": download},
    )


@register.simple_tag
def field(bound_field):
    """{% field form.email %}: one field alone, laid out as `{{ form }}` would."""
    return bound_field.as_field_group()


@register.simple_tag
def field_markup(bound_field):
    """Used by ui/field.html only."""
    return form_markup.describe(bound_field)


@register.simple_tag
def error_summary(*forms, title=""):
    """{% error_summary form other %}: base.html does it for the variable `form`."""
    lines = form_markup.summarise(forms)
    if not lines:
        return ""
    return render_to_string("ui/error_summary.html", {"lines": lines, "title": title})


@register.filter
def message_tone(message):
    """The callout tone of a Django message."""
    return MESSAGE_TONES.get(message.level_tag, "warning")


@register.simple_tag
def page_direction():
    """rtl or ltr, from the active language."""
    return "rtl" if get_language_bidi() else "ltr"
