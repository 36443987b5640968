"""Where am I, and where next: the components of navigation; loaded through `ui`."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, get_urlconf, resolve
from django.utils.translation import get_language

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
    return _entry(str(text), href, current, path == href, count)


@lru_cache(maxsize=1024, typed=True)  # words that are safe are not those that look the same
def _entry(text, href, current, here, count):
    return render_to_string(
        "ui/nav_link.html",
        {"text": text, "href": href, "current": current, "here": here, "count": count},
    )


@register.simple_tag(takes_context=True)
def public_menu(context):
    """{% public_menu as entries %}: drawn once for the wide and the folded menu."""
    return render_to_string("ui/nav_public.html", {"request": context.get("request")})


@register.simple_tag
def same_for_all(name):
    """{% same_for_all "ui/footer.html" %}: nothing of anybody's in it, drawn once a language."""
    urls = get_urlconf() or settings.ROOT_URLCONF
    draw = _same_for_all.__wrapped__ if settings.DEBUG else _same_for_all
    return draw(name, get_language(), urls)


@lru_cache(maxsize=64)
def _same_for_all(name, _language, _urls):
    return render_to_string(name)


def _may_open(user, href):
    """Hide what would be refused; a visitor sees every entry, and is asked to sign in."""
    if user is None or not user.is_authenticated:
        return True
    urls = get_urlconf() or settings.ROOT_URLCONF
    exists, policy = _policy_at(href.partition("#")[0], get_language(), urls)
    return exists and (policy is None or policy.admits(user))


@lru_cache(maxsize=1024)
def _policy_at(path, _language, _urls):
    try:
        return True, policy_of(resolve(path))
    except Resolver404:
        return False, None
