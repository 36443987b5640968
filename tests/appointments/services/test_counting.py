"""Visits per title: what is published is what the check-ins say, and of nobody in particular."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from appointments.models import VisitFigure
from appointments.services import counting
from portal.core import clock
from portal.core.door import acting
from tests.factories import appointments as factory

MONTH = dt.date(2026, 5, 1)
FACTS = {"titles": 40, "visits": 46, "honoured": 46, "missed": 4, "waited_days": 17}


def figure(**facts):
    facts = {"prefecture_code": "", "month": MONTH, "counted_at": clock.now()} | FACTS | facts
    return VisitFigure.objects.create(**facts)


def received(life, at_the_visit):
    at_the_visit(life.appointment)
    with acting(life.counter.pk, prefectures=["75"]):
        factory.check_in(life).save(force_insert=True)


@pytest.fixture
def as_worker(as_role):
    with as_role("worker"):
        yield


def count(at):
    with acting(None, scope="system"):
        return counting.count_visits(at=at)


def test_a_month_is_counted_from_its_check_ins(places, at_the_visit, as_role, monkeypatch):
    monkeypatch.setattr(counting, "PUBLISHED_FROM", 1)
    life = factory.appointed()
    received(life, at_the_visit)
    with as_role("worker"), acting(None, scope="system") as act:
        rows = counting._rows(clock.legal_day(act.now).replace(day=1))

    by_office = {office: facts for office, *facts in rows}
    assert set(by_office) == {"", "75"}
    titles, visits, honoured, missed, waited = by_office["75"]
    assert (titles, visits, honoured, missed) == (1, 1, 1, 0)
    days = (life.appointment.starts_at - life.clearance.cleared_at) / dt.timedelta(days=1)
    assert abs(waited - days) <= 0.5


def test_a_month_with_few_titles_is_not_published(places, at_the_visit, as_role):
    life = factory.appointed()
    received(life, at_the_visit)

    with as_role("worker"):
        assert count(clock.now()) == 0


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"titles": 10, "visits": 12}, "a_figure_hides_who_could_be_recognised"),
        ({"visits": 39}, "a_title_took_at_least_one_visit"),
        ({"month": dt.date(2026, 5, 2)}, "a_figure_is_of_a_whole_month"),
    ],
)
def test_the_database_refuses_a_false_figure(db, as_worker, facts, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        figure(**facts)
    connection.set_rollback(True)


def test_the_page_shows_a_month_and_its_prefecture(db, as_role):
    with as_role("worker"):
        figure()
        figure(prefecture_code="34", titles=20, visits=21)

    france, herault = (
        Client().get("/rendez-vous/chiffres/", {"prefecture": code}).text for code in ("", "34")
    )

    assert "1,15" in france
    assert "8 %" in france
    assert "17 jours" in france
    assert "1,05" in herault


@pytest.mark.parametrize("asked", ["zz", "34'--", "\x00", "🙂"])
def test_an_unknown_prefecture_shows_the_whole_country(db, asked):
    page = Client().get("/rendez-vous/chiffres/", {"prefecture": asked})

    assert page.status_code == 200
    assert "Pas encore de nombre à montrer" in page.text
