"""Every guard of the tests is seen to fail, and to spare what is right."""

import datetime
import socket

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.template import Context, Origin, Template
from django.urls import path
from django.utils import timezone

from tests.guards import ROOT, InlineCode, is_ours

Failed = pytest.fail.Exception
OURS = Origin(name=str(ROOT / "portal" / "templates" / "imagined.html"))
THEIRS = Origin(name="/usr/lib/python3/dist-packages/other/page.html")


def as_if_in(path, code, **names):
    exec(compile(code, str(path), "exec"), names)


def test_undefined_variable_fails_in_our_templates():
    with pytest.raises(Failed, match=r"Undefined template variable person\.name"):
        Template("{{ person.name }}", origin=OURS).render(Context())


def test_undefined_variable_fails_after_a_setting_made_new_engines(settings):
    settings.DEBUG = not settings.DEBUG

    with pytest.raises(Failed, match=r"Undefined template variable person\.name"):
        Template("{{ person.name }}", origin=OURS).render(Context())


def test_undefined_variable_is_left_to_other_templates():
    assert Template("[{{ person }}]", origin=THEIRS).render(Context()) == "[]"


def test_tested_variable_may_be_undefined():
    assert Template("{% if person %}a{% else %}b{% endif %}", origin=OURS).render(Context()) == "b"


def test_unordered_query_is_shuffled_and_ordered_one_is_not():
    people = get_user_model().objects

    assert "RANDOM()" in str(people.order_by().query)
    assert "RANDOM()" not in str(people.order_by("pk").query)


@pytest.mark.django_db
def test_shuffled_queries_still_count_and_nest():
    people = get_user_model().objects.order_by()

    assert people.count() == people.filter(pk__in=people.values("pk")).count()
    assert people.filter(pk=-1).exists() is False
    assert list(people.values_list("pk", flat=True).distinct()[:0]) == []


def test_lock_without_its_rows_fails():
    code = "people.select_for_update()"

    with pytest.raises(Failed, match="without of="):
        as_if_in(ROOT / "workflows" / "imagined.py", code, people=get_user_model().objects)
    as_if_in("/elsewhere/package.py", code, people=get_user_model().objects)


def test_moment_in_a_day_fails():
    from_field = next(
        field
        for model in get_user_model()._meta.apps.get_models()
        for field in model._meta.fields
        if type(field).__name__ == "DateField"
    )
    row = from_field.model(
        **{from_field.attname: datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)}
    )

    with pytest.raises(Failed, match="is a day"):
        from_field.pre_save(row, add=True)


def test_other_clock_fails():
    with pytest.raises(Failed, match=r"use portal\.core\.clock"):
        as_if_in(ROOT / "dossiers" / "imagined.py", "timezone.now()", timezone=timezone)


@pytest.mark.parametrize("address", ["192.0.2.1", "example.org"])
def test_network_fails(address):
    with pytest.raises(Failed, match="A test tried"):
        socket.create_connection((address, 80), timeout=1)


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ("<p onclick='f()'>", ["<p onclick=…>"]),
        ("<p style='color:red'>", ["<p style=…>"]),
        ("<script>f()</script>", ["<script>"]),
        ("<style>p{}</style>", ["<style>"]),
        ("<a href='javascript:f()'>", ["<a href=javascript:f()>"]),
        ("<script src='/static/a.js'></script><p class='style'>", []),
    ],
)
def test_inline_code_is_found(page, found):
    reader = InlineCode()
    reader.feed(page)

    assert reader.found == found


def test_page_with_inline_code_fails(client, settings):
    settings.ROOT_URLCONF = _Addresses
    settings.MIDDLEWARE = []

    with pytest.raises(Failed, match="holds inline code"):
        client.get("/page/")


class _Addresses:
    """One address, without the middleware of the portal."""

    urlpatterns = [path("page/", lambda request: HttpResponse("<p onclick='f()'>Bonjour</p>"))]


def test_installed_packages_are_not_ours():
    assert is_ours(str(ROOT / "dossiers" / "models.py"))
    assert not is_ours(pytest.__file__)
