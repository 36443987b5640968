"""Components: one tag, one template in `ui/`; arguments are named, and unknown ones refused."""

from django import template
from django.template.loader import render_to_string
from django.utils.translation import get_language_bidi

from portal.core import form_markup

register = template.Library()

CALLOUT_TONES = ("info", "success", "warning", "danger", "quiet")
BADGE_TONES = ("neutral", "info", "success", "warning", "danger")
CARD_TONES = ("plain", "accent", "quiet", "strong")
BUTTON_TONES = ("primary", "secondary", "quiet", "danger")
FILE_STATES = ("missing", "sending", "checking", "checked", "problem")
TASK_STATES = ("todo", "started", "done", "blocked", "problem")
MESSAGE_TONES = {"debug": "quiet", "info": "info", "success": "success", "error": "danger"}


def checked(tag, argument, value, allowed):
    """Refuse a value nobody drew: a misspelt tone would otherwise be an unstyled box."""
    if value not in allowed:
        allowed_words = ", ".join(allowed)
        raise template.TemplateSyntaxError(
            f"{tag} has no {argument} {value!r}; choose among: {allowed_words}"
        )
    return value


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
    checked("verdict", "tone", tone, ("success", "warning", "danger"))
    return render_to_string(
        "ui/verdict.html", {"title": title, "tone": tone, "level": level, "content": content}
    )


@register.simple_tag
def badge(text, *, tone="neutral"):
    """{% badge "En attente" tone="warning" %}: the words carry the meaning, never the colour."""
    checked("badge", "tone", tone, BADGE_TONES)
    return render_to_string("ui/badge.html", {"text": text, "tone": tone})


@register.simple_tag
def steps(*, title, current, total, next=""):
    """{% steps title="Votre adresse" current=2 total=5 next="vos ressources" %}: holds the h1."""
    if not 1 <= current <= total:
        raise template.TemplateSyntaxError(f"steps cannot show step {current} of {total}")
    return render_to_string(
        "ui/steps.html",
        {
            "title": title,
            "current": current,
            "total": total,
            "next": next,
            "marks": [number <= current for number in range(1, total + 1)],
        },
    )


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


@register.simple_block_tag
def table(content, *, caption, hide_caption=False, dense=False):
    """{% table caption="…" %}<thead>…</thead><tbody>…</tbody>{% endtable %}"""
    return render_to_string(
        "ui/table.html",
        {"caption": caption, "hide_caption": hide_caption, "dense": dense, "content": content},
    )


@register.simple_block_tag(takes_context=True)
def file_box(
    context,
    content,
    *,
    title,
    state,
    file_name="",
    size="",
    thumbnail="",
    understood="",
    open_url="",
    replace_url="",
    remove_url="",
    level=3,
):
    """{% file_box title="Passeport" state="checked" file_name="p.pdf" %}more{% endfile_box %}"""
    checked("file_box", "state", state, FILE_STATES)
    return render_to_string(
        "ui/file_box.html",
        {
            "title": title,
            "state": state,
            "file_name": file_name,
            "size": size,
            "thumbnail": thumbnail,
            "understood": understood,
            "open_url": open_url,
            "replace_url": replace_url,
            "remove_url": remove_url,
            "level": level,
            "content": content,
            "csrf_token": context.get("csrf_token", ""),
        },
    )


@register.simple_tag
def timeline(lines, *, level=3):
    """{% timeline lines %}: newest first, given in that order; see docs/screens.md for the keys."""
    return render_to_string("ui/timeline.html", {"lines": lines, "level": level})


@register.simple_tag
def definition_list(rows):
    """{% definition_list rows %}: label, value and, when it may be changed, change_url."""
    return render_to_string("ui/definition_list.html", {"rows": rows})


@register.simple_tag
def facts(rows):
    """{% facts rows %}: label and value in a grid, to be seen at a glance."""
    return render_to_string("ui/facts.html", {"rows": rows})


@register.simple_tag
def task_list(tasks):
    """{% task_list tasks %}: title, state, href, hint; each state is said in words."""
    for task in tasks:
        checked("task_list", "state", task["state"], TASK_STATES)
    return render_to_string("ui/task_list.html", {"tasks": tasks})


@register.simple_block_tag
def dossier_card(
    content,
    *,
    title,
    state,
    tone="info",
    href="",
    number="",
    todo="",
    due="",
    cover="",
    cover_url="",
    level=2,
):
    """The four questions of a dossier: what state, what must I do, by when, what covers me."""
    checked("dossier_card", "tone", tone, BADGE_TONES)
    return render_to_string(
        "ui/dossier_card.html",
        {
            "title": title,
            "state": state,
            "tone": tone,
            "href": href,
            "number": number,
            "todo": todo,
            "due": due,
            "cover": cover,
            "cover_url": cover_url,
            "level": level,
            "content": content,
        },
    )


@register.simple_tag(takes_context=True)
def pager(context, page, *, label, parameter="page"):
    """{% pager page_obj label="Pages des dossiers" %}: keeps the other filters of the address."""
    request = context.get("request")
    links = []
    for number in page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        is_page = isinstance(number, int)
        href = _with_page(request, parameter, number) if is_page else ""
        links.append({"number": number, "href": href, "current": number == page.number})
    near = {
        "previous": page.has_previous()
        and _with_page(request, parameter, page.previous_page_number()),
        "next": page.has_next() and _with_page(request, parameter, page.next_page_number()),
    }
    return render_to_string(
        "ui/pager.html", {"page": page, "label": label, "links": links, "near": near}
    )


def _with_page(request, parameter, number):
    query = request.GET.copy() if request else {}
    query[parameter] = number
    return f"?{query.urlencode()}" if request else f"?{parameter}={number}"


@register.simple_tag
def breadcrumb(steps):
    """{% breadcrumb steps %}: (label, url) pairs, the page itself last and without url."""
    return render_to_string("ui/breadcrumb.html", {"steps": steps})


@register.simple_tag(takes_context=True)
def nav_link(context, text, *, href, exact=False, count=""):
    """One entry of a navigation; nothing at all when the page does not exist in this process."""
    if not href:
        return ""
    path = getattr(context.get("request"), "path", "")
    current = path == href or (not exact and href != "/" and path.startswith(href))
    return render_to_string(
        "ui/nav_link.html",
        {"text": text, "href": href, "current": current, "here": path == href, "count": count},
    )


@register.filter
def message_tone(message):
    """The callout tone of a Django message."""
    return MESSAGE_TONES.get(message.level_tag, "warning")


@register.simple_tag
def page_direction():
    """rtl or ltr, from the active language."""
    return "rtl" if get_language_bidi() else "ltr"
