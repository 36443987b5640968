"""A cache in the database whose entries are data only: reading one can never run code.

Two roles write the same table: what one writes must not become a program in the other.
"""

import base64
import io
import json
import pickle

from django.core.cache.backends.db import DatabaseCache
from django.db import connection


class _TextOnly(pickle.Unpickler):
    """Opens the library's envelope of a text; every class and function is refused."""

    def find_class(self, module, name):
        raise pickle.UnpicklingError(f"{module}.{name} is not data")


class JsonDatabaseCache(DatabaseCache):
    """Keeps what JSON gives back unchanged; any other value is not kept, and is a miss."""

    def get_many(self, keys, version=None):
        """The values of the entries that are data and not over."""
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT cache_key, value FROM "{self._table}"'  # noqa: S608 -- our setting
                " WHERE cache_key = ANY(%s) AND expires >= now()",
                [list(asked)],
            )
            rows = cursor.fetchall()
        read = {asked[key]: _opened(value) for key, value in rows}
        return {key: value for key, value in read.items() if value is not None}

    def _base_set(self, mode, key, value, timeout=None):
        if mode == "touch":
            return super()._base_set(mode, key, value, timeout)
        try:
            text = json.dumps(value)
            same = json.loads(text) == value
        except (TypeError, ValueError):
            same = False
        if not same:
            return False
        return super()._base_set(mode, key, text, timeout)


def _opened(kept):
    try:
        text = _TextOnly(io.BytesIO(base64.b64decode(kept))).load()
        return json.loads(text) if isinstance(text, str) else None
    except (pickle.UnpicklingError, ValueError, EOFError, TypeError, LookupError, AttributeError):
        return None
