"""Who may open which page: every URL name has one declared policy, or it is refused.

The policy says which roles may come and in which relation to the object; the view loads the
object through a queryset that holds the same relation, so that another's object does not exist.
"""

import functools
from dataclasses import dataclass
from fnmatch import fnmatch

from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponseRedirect
from django.urls import path as django_path
from django.urls import reverse
from django.utils.http import urlencode

ANYONE = frozenset({"*"})
SIGNED_IN = frozenset({"+"})
RELATIONS = {"none", "own", "prefecture", "assigned", "national"}
SIGN_IN_PAGES = {
    "public": "account_login",
    "applicant": "account_login",
    "agent": "desk:sign_in",
    "ops": "desk:sign_in",
    "counter": "counter:sign_in",
    "edit": "wagtailadmin_login",
}
_KEPT_BYTES = 20_000


@dataclass(frozen=True)
class Policy:
    """Which roles may open a URL, by which door, in which relation to which object."""

    door: str
    roles: frozenset
    relation: str = "none"
    object: str | None = None

    def __post_init__(self):
        if self.door not in SIGN_IN_PAGES or self.relation not in RELATIONS:
            raise ImproperlyConfigured(f"Unknown door or relation in {self}")

    def admits(self, user) -> bool:
        """Whether this user's roles are among those that may come."""
        if self.roles == ANYONE:
            return True
        if not user.is_authenticated:
            return False
        return self.roles == SIGNED_IN or bool(self.roles & user.roles)


_outside: list[tuple[str, Policy]] = []


def route(path, view, *, name, policy, kwargs=None):
    """A URL with its policy; use it instead of Django's `path`."""

    @functools.wraps(view)
    def guarded(request, *args, **kwargs):
        return view(request, *args, **kwargs)

    guarded.policy = policy
    return django_path(path, guarded, kwargs, name=name)


def declare_outside(pattern, policy):
    """The policy of URLs that a library brings; the first pattern that matches the name wins."""
    _outside.append((pattern, policy))


def policy_of(match) -> Policy | None:
    """The policy of a resolved URL, or None when nobody declared one."""
    declared = getattr(match.func, "policy", None)
    if declared is not None:
        return declared
    # a library may leave an address unnamed: its view's own place then names it
    name = match.view_name or f"{match.func.__module__}.{match.func.__name__}"
    return next((policy for pattern, policy in _outside if fnmatch(name, pattern)), None)


class PolicyMiddleware:
    """Refuse what no policy allows; show the way in to those who are not signed in."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Nothing before the URL is resolved."""
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Decide before the view runs."""
        policy = policy_of(request.resolver_match)
        if policy is None:
            raise PermissionDenied(f"no policy for {request.resolver_match.view_name}")
        if policy.admits(request.user):
            return None
        if request.user.is_authenticated:
            _leave_a_line(request)
            raise PermissionDenied(request.resolver_match.view_name)
        keep_form(request)
        way_in = reverse(SIGN_IN_PAGES[policy.door])
        return HttpResponseRedirect(f"{way_in}?{urlencode({'next': request.get_full_path()})}")


def _leave_a_line(request):
    """Write the refusal in the journal, also where the view opens the door by itself."""
    from portal.core import door, journal  # noqa: PLC0415 -- they need the loaded models

    with door.acting_for(request.user):
        journal.record_refusal(request)


def keep_form(request):
    """Keep what was typed when the session ended, so that signing in again brings it back.

    A page that asks for a password keeps nothing: sessions are rows that others may read.
    """
    if request.method != "POST" or request.content_type == "multipart/form-data":
        return
    if any("password" in key for key in request.POST):
        return
    fields = {
        key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"
    }
    if sum(len(value) for values in fields.values() for value in values) <= _KEPT_BYTES:
        request.session["kept_form"] = {"path": request.path, "fields": fields}


def kept_form(request, *also):
    """The fields typed on this page before the session ended, once; else None.

    `also` are other addresses to which the same page sends what is typed.
    """
    kept = request.session.get("kept_form")
    if not kept or kept["path"] not in (request.path, *also):
        return None
    del request.session["kept_form"]
    return kept["fields"]


def door_of(path: str) -> str:
    """Which door a path belongs to, by its prefix."""
    for prefix, door in (("/agent/", "agent"), ("/counter/", "counter"), ("/edit/", "edit")):
        if path.startswith(prefix):
            return door
    return "public"
