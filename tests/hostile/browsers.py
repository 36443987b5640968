"""Browsers of everybody, each showing one stolen session at every door at once."""

from django.conf import settings
from django.test import Client

from portal.accounts.door_sessions import COOKIES

NAMES = [cookie.name for cookie in COOKIES.values()]
BACKEND = "portal.accounts.sign_in.DoorBackend"


class Browsers:
    """One session a person, opened once; each request may have a fresh jar of cookies."""

    def __init__(self, people):
        self.keys = {name: _session_of(person) for name, person in people.items()}

    def of(self, name, **options):
        """A browser of this person, which answers 500 as a server does."""
        client = Client(raise_request_exception=False, **options)
        if self.keys[name]:
            for cookie in NAMES:
                client.cookies[cookie] = self.keys[name]
        return client


def _session_of(person):
    if person is None:
        return None
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
