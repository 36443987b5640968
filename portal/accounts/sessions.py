"""Sessions in the database, by one statement to open them and one to keep them."""

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.db import connection
from django.utils.crypto import get_random_string

_OPEN = "select session_data from django_session where session_key = %s and expire_date > now()"
# a key that somebody has is never given again, nor their session written over
_KEEP = (
    "insert into django_session (session_key, session_data, expire_date) values (%s, %s, %s)"
    " on conflict do nothing"
)


class SessionStore(DatabaseSessions):
    """Django's, except that a new session is written once, with what it holds at the end.

    Django asks whether the new key is free, writes an empty session under it and writes again at
    the end of the request. Nobody knows the key before the answer carries it. A key is changed
    and the former session deleted at the same moments as in Django's.
    """

    _is_new = False

    def load(self):
        """What the session of this key holds; without one, the key given is forgotten."""
        with connection.cursor() as cursor:
            cursor.execute(_OPEN, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found[0])

    def create(self):
        """Take a new key, which nobody can guess; the row comes when the session is saved."""
        self._session_key = get_random_string(32, VALID_KEY_CHARS)
        self._get_session(no_load=True)
        self._is_new = self.modified = True

    def save(self, must_create=False):
        """Write the session. Raises UpdateError when it was ended meanwhile."""
        if self.session_key is None:
            self.create()
        if not self._is_new:
            super().save(must_create)
            return
        row = self.create_model_instance(self._get_session(no_load=must_create))
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [row.session_key, row.session_data, row.expire_date])
            if not cursor.rowcount:
                raise UpdateError
        self._is_new = False
