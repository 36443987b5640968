"""The context of row-level security never leaks and always comes back."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from portal.core import door


def context():
    with connection.cursor() as cursor:
        cursor.execute("select portal_actor(), portal_prefectures(), portal_scope()")
        return cursor.fetchone()


def test_acting_sets_actor_prefectures_and_scope(db):
    with door.acting(7, prefectures=["34", "75"], scope="system") as act:
        assert context() == (7, ["34", "75"], "system")
        assert door.current() == act

    assert door.current() is None


def test_context_is_empty_after_the_door_closes(db):
    with door.acting(7, prefectures=["34"]):
        pass

    assert context() == (None, None, "")


def test_nested_door_restores_the_outer_context(db):
    with door.acting(7, prefectures=["34"]):
        with door.acting(8, prefectures=["75"], scope="system"):
            assert context() == (8, ["75"], "system")

        assert context() == (7, ["34"], "")


def test_context_is_restored_after_an_error_inside(db):
    with door.acting(7, prefectures=["34"]):
        with pytest.raises(ValueError, match="boom"), door.acting(8):
            raise ValueError("boom")

        assert context() == (7, ["34"], "")


def test_also_widens_and_narrows_again(db):
    with door.acting(7, prefectures=["34"]):
        with door.also("75"):
            assert context()[1] == ["34", "75"]

        assert context()[1] == ["34"]


def test_also_is_refused_outside_an_act(db):
    with pytest.raises(RuntimeError), door.also("75"):
        pass


@pytest.mark.django_db(transaction=True)
def test_context_does_not_outlive_the_transaction():
    with door.acting(7, prefectures=["34"]):
        pass

    assert context() == (None, None, "")


@pytest.mark.django_db(transaction=True)
def test_context_does_not_survive_a_database_error():
    with pytest.raises(DatabaseError), door.acting(7, prefectures=["34"]), connection.cursor() as c:
        c.execute("select no_such_column")

    assert context() == (None, None, "")


@pytest.mark.django_db(transaction=True)
def test_context_is_not_seen_by_another_thread():
    seen = []

    def look():
        try:
            seen.append((context(), door.current()))
        finally:
            connection.close()

    with door.acting(7, prefectures=["34"]):
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()

    assert seen == [((None, None, ""), None)]


def test_one_transaction_has_one_present_moment(db):
    with transaction.atomic(), door.acting(7) as outer, door.acting(8) as inner:
        assert outer.now == inner.now
