"""What one role keeps in the common cache is never a program for another."""

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection

from portal.accounts.models import CacheEntry
from portal.core import json_cache

pytestmark = pytest.mark.django_db


class Program:
    def __reduce__(self):
        return (pytest.fail, ("code ran",))


def test_counters_and_histories_come_back():
    cache.set("count", 1)
    cache.set("history", [1.5, 2.5])

    assert cache.incr("count") == 2
    assert cache.get("history") == [1.5, 2.5]
    assert cache.add("count", 9) is False


def test_a_pickled_program_is_a_miss_and_does_not_run():
    DatabaseCache._base_set(caches["default"], "set", cache.make_key("forged"), Program(), 60)

    assert cache.get("forged") is None


def test_a_value_that_json_would_change_is_not_kept():
    cache.set("names", {1: "un"})

    assert cache.get("names") is None


def test_what_is_over_is_a_miss_and_may_be_added_again():
    cache.set("count", 1, timeout=-5)

    assert cache.get("count") is None
    assert cache.touch("count", 60) is False
    assert cache.add("count", 2) is True
    assert cache.get("count") == 2


def test_who_waits_too_long_for_a_key_is_told_no_and_goes_on(owner):
    key = cache.make_key("busy")
    with owner.transaction(), connection.cursor() as cursor:
        owner.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        cursor.execute("set local lock_timeout = '50ms'")

        assert cache.add("busy", True) is False

    assert cache.add("free", True) is True


def test_now_and_then_what_is_over_goes_and_what_lives_stays(django_capture_on_commit_callbacks):
    cache.set("over", 1, timeout=-5)
    cache.set("alive", 2, timeout=600)

    with django_capture_on_commit_callbacks(execute=True):
        for number in range(json_cache.SWEPT_EVERY):
            cache.set("counter", number)

    kept = set(CacheEntry.objects.values_list("cache_key", flat=True))
    assert kept >= {cache.make_key("alive"), cache.make_key("counter")}
    assert cache.make_key("over") not in kept


def test_each_call_is_one_statement(django_assert_num_queries):
    for call in (
        lambda: cache.add("one", 1),
        lambda: cache.get("one"),
        lambda: cache.set("one", 2),
        lambda: cache.delete("one"),
    ):
        with django_assert_num_queries(1):
            call()


def test_an_entry_without_an_end_is_kept():
    cache.set("kept", 1, timeout=None)

    assert cache.get("kept") == 1
