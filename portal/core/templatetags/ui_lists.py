"""Lists, files and dossiers: the components that show many facts in order; loaded through `ui`."""

from django import template
from django.template.loader import render_to_string

from portal.core.tones import BADGE_TONES, FILE_STATES, TASK_STATES, checked

register = template.Library()


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
def progress(*, label, value, total):
    """{% progress label="Dossiers traités" value=3 total=5 %}: a bar, and its numbers in words."""
    if not 0 <= value <= total:
        raise template.TemplateSyntaxError(f"progress cannot show {value} of {total}")
    return render_to_string("ui/progress.html", {"label": label, "value": value, "total": total})


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
