"""A cache in the database whose entries are data only: reading one can never run code.

Two roles write the same table: what one writes must not become a program in the other. A value
rests there as JSON, and each call is one statement. What is over is taken away now and then;
what is alive never is: a counter of attempts that gave way to others would give whoever fills
the table new attempts.
"""

import itertools
import json
from datetime import UTC, datetime

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connection, transaction

_NEVER = datetime.max.replace(tzinfo=UTC)
SWEPT_EVERY = 200  # entries that one process keeps between two sweeps
_READ = 'SELECT cache_key, value FROM "{table}" WHERE cache_key = ANY(%s) AND expires >= now()'
_SET = """
INSERT INTO "{table}" (cache_key, value, expires) VALUES (%(key)s, %(value)s, %(expires)s)
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
# whoever adds an entry has its key until their transaction ends
_ADD = """
INSERT INTO "{table}" AS kept (cache_key, value, expires)
SELECT %(key)s, %(value)s, %(expires)s WHERE {mine}
ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
WHERE kept.expires < now()
"""
_FREE = "pg_try_advisory_xact_lock(hashtextextended(%(key)s, 0))"
_WAITED_FOR = "(SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))) IS NOT NULL"
_TOUCH = 'UPDATE "{table}" SET expires = %(expires)s WHERE cache_key = %(key)s AND expires >= now()'
_SWEEP = """
DELETE FROM "{table}" WHERE cache_key IN (
    SELECT cache_key FROM "{table}" WHERE expires < now()
    ORDER BY expires LIMIT 1000 FOR UPDATE SKIP LOCKED)
"""


class JsonDatabaseCache(DatabaseCache):
    """Keeps what JSON gives back unchanged; any other value is not kept, and is a miss."""

    _kept = itertools.count(1)

    def get_many(self, keys, version=None):
        """The values of the entries that are data and not over."""
        asked = {self.make_and_validate_key(key, version=version): key for key in keys}
        with connection.cursor() as cursor:
            cursor.execute(_READ.format(table=self._table), [list(asked)])
            rows = cursor.fetchall()
        read = {asked[key]: _opened(value) for key, value in rows}
        return {key: value for key, value in read.items() if value is not None}

    def _base_set(self, mode, key, value, timeout=DEFAULT_TIMEOUT):
        text = _closed(value)
        if text is None:
            return False
        until = self.get_backend_timeout(timeout)
        end = _NEVER if until is None else datetime.fromtimestamp(until, tz=UTC)
        entry = {"key": key, "value": text, "expires": end.replace(microsecond=0)}
        if mode == "touch":
            return self._sent(_TOUCH, entry)
        if next(self._kept) % SWEPT_EVERY == 0:
            # after the transaction, so that nobody waits for what it took away
            transaction.on_commit(lambda: self._sent(_SWEEP), robust=True)
        return self._sent(_SET, entry) if mode == "set" else self._added(entry)

    def _added(self, entry):
        """Without a savepoint while nobody else has the key: it is the one that can be refused."""
        if self._sent(_ADD.replace("{mine}", _FREE), entry):
            return True
        try:
            with transaction.atomic():
                return self._sent(_ADD.replace("{mine}", _WAITED_FOR), entry)
        except DatabaseError:
            return False

    def _sent(self, statement, entry=None):
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=self._table), entry)
            return cursor.rowcount > 0


def _closed(value):
    try:
        text = json.dumps(value)
        return text if json.loads(text) == value else None
    except (TypeError, ValueError):
        return None


def _opened(kept):
    try:
        return json.loads(kept)
    except ValueError:
        return None
