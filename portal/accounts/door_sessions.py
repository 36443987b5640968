"""One session for each door, so that an agent's cookie never travels with an applicant's page."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language_from_path

from portal.accounts.sign_in import admits
from portal.core.policy import door_of


@dataclass(frozen=True)
class Cookie:
    """The name of a door's session cookie and the paths that the browser sends it to."""

    name: str
    path: str


COOKIES = {
    "public": Cookie("portal_session", "/"),
    "agent": Cookie("desk_session", "/agent/"),
    "counter": Cookie("counter_session", "/counter/"),
    "edit": Cookie("edit_session", "/edit/"),
}


class DoorSessionMiddleware(SessionMiddleware):
    """Django's sessions under the cookie of the door that the path belongs to."""

    def process_request(self, request):
        """Open the session of this door only."""
        request.session = self.SessionStore(request.COOKIES.get(_cookie(request).name))

    def process_response(self, request, response):
        """Let Django decide what to do with its cookie, then give the cookie its own name."""
        cookie = _cookie(request)
        asked = settings.SESSION_COOKIE_NAME
        plain = dict(request.COOKIES)
        request.COOKIES.pop(asked, None)
        if cookie.name in plain:
            request.COOKIES[asked] = plain[cookie.name]
        response = super().process_response(request, response)
        request.COOKIES = plain
        morsel = response.cookies.pop(asked, None)
        if morsel is not None:
            response.cookies[cookie.name] = morsel.value
            renamed = response.cookies[cookie.name]
            for attribute, value in morsel.items():
                renamed[attribute] = value
            renamed["path"] = cookie.path
        return response


def _cookie(request):
    return COOKIES[door_of(request.path_info)]


class DoorUserMiddleware:
    """Whoever is not of this door is nobody here; whoever is reads their own language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        """Replace the user before anything asks who they are."""
        signed_in = request.user
        request.user = SimpleLazyObject(lambda: _user_of_door(request, signed_in))
        if get_language_from_path(request.path_info) is None:
            _speak_their_language(request)
        return self.get_response(request)


def _user_of_door(request, user):
    if user.is_authenticated and not admits(door_of(request.path_info), user):
        return AnonymousUser()
    return user


def _speak_their_language(request):
    has_session = _cookie(request).name in request.COOKIES
    if has_session and request.user.is_authenticated:
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()
