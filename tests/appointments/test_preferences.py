"""What a person prefers: their own words, kept once, and following the case wherever it goes."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from appointments.models import Preference, PreferredSite
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence import api as correspondence
from portal.correspondence.models import TimelineLine
from tests.factories import appointments as factory
from tests.factories.workflows import agent
from workflows.services.rerouting import reroute


def url(life, name="preferences"):
    return reverse(f"appointments:{name}", args=[life.dossier.pk])


@pytest.fixture
def enter(client):
    def as_person(user):
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    return as_person


@pytest.fixture
def two_sites(places, owner):
    """A second site of the same prefecture, with a counter."""
    other = owner.execute(factory.SITE, ["75", "Second site inventé", "2 rue Test"]).fetchone()[0]
    owner.execute(
        "insert into territory_counter (site_id, name) values (%s, 'Guichet C')"
        " on conflict (site_id, name) do nothing",
        [other],
    )
    owner.commit()
    return places.here.site, other


def parts(number, day, half):
    return {
        f"day_{number}_day": day.day,
        f"day_{number}_month": day.month,
        f"day_{number}_year": day.year,
        f"half_{number}": half,
    }


def said_of(life):
    with acting_for(life.applicant):
        return Preference.objects.get(pk=life.dossier.pk), [
            site.site_id for site in PreferredSite.objects.order_by("rank")
        ]


def written(life):
    with acting_for(life.applicant):
        lines = TimelineLine.objects.filter(dossier_id=life.dossier.pk, kind="preference_said")
        return lines.count()


def test_the_person_says_where_when_and_what_they_need(two_sites, enter):
    here, other = two_sites
    life, day = factory.Life(), clock.today() + dt.timedelta(days=20)
    client = enter(life.applicant)
    said = {"site_1": other, "site_2": here, "step_free": "on", "interpreter": "ti"}

    answer = client.post(url(life), said | parts(1, day, "day") | parts(2, day, "pm"))

    assert (answer.status_code, answer["Location"]) == (302, url(life))
    kept, sites = said_of(life)
    assert sites == [other, here]
    assert kept.blocked == [f"{day.isoformat()}/am", f"{day.isoformat()}/pm"]
    assert (kept.step_free, kept.interpreter, kept.short_notice) == (True, "ti", False)
    assert kept.prefecture_code == "75"
    page = client.get(url(life)).text
    assert "Cela ne change rien à votre rang" in page
    assert f'value="{day.isoformat()}/am"' in page
    line = JournalLine.objects.get(act="visit.prefer")
    assert line.facts == {"sites": [other, here], "half_days": 2}


def test_saying_the_same_twice_writes_once_and_unticking_takes_back(two_sites, enter):
    life, day = factory.Life(), clock.today() + dt.timedelta(days=20)
    client, half = enter(life.applicant), f"{day.isoformat()}/am"

    for said in (parts(1, day, "am"), {"blocked": half}, {"blocked": half}):
        assert client.post(url(life), said).status_code == 302
        assert (said_of(life)[0].blocked, written(life)) == ([half], 1)

    client.post(url(life), {})
    assert (said_of(life)[0].blocked, written(life)) == ([], 2)


def test_eleven_half_days_or_one_site_twice_are_refused_with_the_reason(two_sites, enter):
    here, _other = two_sites
    life, day = factory.Life(), clock.today() + dt.timedelta(days=20)
    client, kept = enter(life.applicant), []
    for week in range(2):
        days = [day + dt.timedelta(days=3 * week + number) for number in range(3)]
        said = {"blocked": kept}
        for number, one in enumerate(days[: 3 - week], start=1):
            said |= parts(number, one, "day")
        client.post(url(life), said)
        kept = said_of(life)[0].blocked
    assert len(kept) == 10
    page = client.get(url(life)).text
    assert "day_1_day" not in page

    client.post(url(life), {"blocked": kept[:9]})
    refused = client.post(
        url(life), {"blocked": kept[:9]} | parts(1, day + dt.timedelta(days=30), "day")
    )
    assert "dix demi-journées au plus" in refused.text
    twice = client.post(url(life), {"site_1": here, "site_2": here})
    assert "une seule fois" in twice.text
    assert said_of(life)[0].blocked == kept[:9]


def test_a_visit_that_is_given_closes_the_page(places, enter):
    life = factory.appointed()
    client = enter(life.applicant)

    assert client.get(url(life))["Location"] == url(life, "show")
    assert client.post(url(life), {"step_free": "on"})["Location"] == url(life, "show")
    with acting_for(life.applicant):
        assert not Preference.objects.exists()
    assert "Dire mes préférences" not in client.get(url(life, "show")).text


def test_the_database_refuses_a_preference_once_a_visit_is_given(places):
    life = factory.appointed()

    with acting_for(life.applicant), pytest.raises(IntegrityError) as caught, transaction.atomic():
        row(life).save(force_insert=True)
    assert named(caught) == "a_preference_is_said_before_a_visit_is_given"


def row(life, **facts):
    said = {
        "dossier_id": life.dossier.pk,
        "applicant_id": life.applicant.pk,
        "person_id": life.dossier.person_id,
        "prefecture_code": "34",
        "changed_at": clock.now(),
    }
    return Preference(**said | facts)


def named(caught):
    return caught.value.__cause__.diag.constraint_name


def test_the_office_is_the_cases_own_whatever_is_said(places):
    life = factory.Life()

    with acting_for(life.applicant):
        row(life).save(force_insert=True)
        assert Preference.objects.get().prefecture_code == "75"
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            PreferredSite.objects.create(
                preference_id=life.dossier.pk,
                applicant=life.applicant,
                prefecture_code="75",
                rank=1,
                site_id=places.elsewhere.site,
            )
        assert named(caught) == "a_preferred_site_is_in_the_prefecture"
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            Preference.objects.update(blocked=["2026-12-03"])
        assert named(caught) == "a_half_day_is_a_day_and_its_half"


def test_nobody_but_the_person_writes_what_they_prefer(places):
    life = factory.Life()
    with acting_for(life.applicant):
        row(life).save(force_insert=True)

    for person in (life.reviewer, life.supervisor, factory.workflows.applicant()):
        with acting_for(person):
            assert Preference.objects.update(step_free=True) == 0
    for name in ("worker", "issuer"):
        with (
            acting(None, prefectures=["75"], scope="system"),
            factory.role(name),
            pytest.raises(ProgrammingError, match="denied"),
            transaction.atomic(),
        ):
            Preference.objects.update(step_free=True)


def test_a_case_that_moves_takes_the_needs_along_and_leaves_the_sites(two_sites, enter):
    life, day = factory.Life(), clock.today() + dt.timedelta(days=20)
    enter(life.applicant).post(
        url(life), {"site_1": two_sites[0], "step_free": "on"} | parts(1, day, "am")
    )
    agent("reviewer", office="34")

    with acting_for(life.supervisor) as act:
        reroute(
            case_id=life.id,
            prefecture_code="34",
            reason="Mauvaise préfecture",
            actor=life.supervisor,
            at=act.now,
            seen=None,
        )

    kept, sites = said_of(life)
    assert (kept.prefecture_code, kept.step_free, len(kept.blocked), sites) == ("34", True, 1, [])


def test_the_page_costs_the_same_for_one_half_day_or_ten(two_sites, enter, count_page):
    life, day = factory.Life(), clock.today() + dt.timedelta(days=20)
    client = enter(life.applicant)
    client.post(url(life), parts(1, day, "am"))
    one = count_page(client, url(life))
    many = {
        key: value
        for number in range(1, 4)
        for key, value in parts(number, day + dt.timedelta(days=number), "day").items()
    }
    client.post(url(life), many | {"site_1": two_sites[0]})

    assert count_page(client, url(life)) == one


@pytest.fixture
def count_page():
    def count(client, address):
        before = len(connection.queries_log)
        connection.force_debug_cursor = True
        try:
            assert client.get(address).status_code == 200
            return len(connection.queries_log) - before
        finally:
            connection.force_debug_cursor = False

    return count


def test_the_line_has_its_words(db):
    assert "preference_said" in correspondence.declared_kinds()
