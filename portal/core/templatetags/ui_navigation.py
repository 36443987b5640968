"""Where am I, and where next: the components of navigation; loaded through `ui`."""

from django import template
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

from portal.core.policy import policy_of

register = template.Library()


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
    """One entry of a navigation; nothing when the page does not exist or is not for this person."""
    request = context.get("request")
    if not href or not _may_open(getattr(request, "user", None), href):
        return ""
    path = getattr(request, "path", "")
    current = path == href or (not exact and href != "/" and path.startswith(href))
    return render_to_string(
        "ui/nav_link.html",
        {"text": text, "href": href, "current": current, "here": path == href, "count": count},
    )


def _may_open(user, href):
    """Hide what would be refused; a visitor sees every entry, and is asked to sign in."""
    if user is None or not user.is_authenticated:
        return True
    try:
        policy = policy_of(resolve(href.partition("#")[0]))
    except Resolver404:
        return False
    return policy is None or policy.admits(user)
