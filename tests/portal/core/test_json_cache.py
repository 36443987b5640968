"""What one role keeps in the common cache is never a program for another."""

import pytest
from django.core.cache import cache, caches
from django.core.cache.backends.db import DatabaseCache

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
