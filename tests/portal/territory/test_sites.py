"""An office describes its sites in a file: all of it or nothing, twice as once."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from portal.territory.api import Counter, Site, site_plan

GOOD = """
[[site]]
prefecture = "34"
name = "Site inventé du fichier"
kind = "mobile"
address = ["1 rue Test", "34000 Ville"]
latitude = 43.611
longitude = 3.877
counters = ["Guichet A", "Guichet B"]
landmarks = [{ name = "Arrêt inventé", latitude = 43.6098, longitude = 3.8787 }]
"""


@pytest.fixture
def load(tmp_path, as_role):
    def act(text):
        path = tmp_path / "sites.toml"
        path.write_text(text, encoding="utf-8")
        with as_role("worker"):
            call_command("load_sites", path)

    return act


def test_a_file_twice_describes_its_sites_once(db, load):
    load(GOOD)
    load(GOOD)

    site = Site.objects.get(name="Site inventé du fichier")
    assert Counter.objects.filter(site=site).count() == 2
    [mark] = site_plan(site.pk).marks
    assert mark.name == "Arrêt inventé"


def test_a_landmark_that_left_the_file_leaves_the_plan(db, load):
    load(GOOD)
    load(GOOD.replace("Arrêt inventé", "Autre arrêt"))

    site = Site.objects.get(name="Site inventé du fichier")
    assert [mark.name for mark in site_plan(site.pk).marks] == ["Autre arrêt"]


@pytest.mark.parametrize(
    ("written", "instead", "said"),
    [
        ('kind = "mobile"', 'kind = "marché"', "kind must be one of"),
        ('prefecture = "34"', 'prefecture = "00"', "no prefecture 00"),
        ("longitude = 3.877", "", "go together"),
        ("latitude = 43.611", "latitude = 143.611", "not on the globe"),
        ('name = "Site', 'nom = "Site', "unknown key nom"),
        ("[[site]]", "[[lieu]]", "no [[site]]"),
        ("[[site]]", "[site", "sites.toml"),
    ],
)
def test_every_problem_is_told_and_nothing_is_written(db, load, written, instead, said):
    with pytest.raises(CommandError, match=said.replace("[", r"\[").replace("]", r"\]")):
        load(GOOD.replace(written, instead))

    assert not Site.objects.filter(name="Site inventé du fichier").exists()


@pytest.mark.parametrize("role", ["web", "issuer", "editing"])
def test_no_page_writes_a_site(db, role):
    with connection.cursor() as cursor:
        for table in ("site", "counter", "landmark"):
            for verb in ("insert", "update", "delete"):
                cursor.execute(
                    "select has_table_privilege(%s, %s, %s)",
                    [f"portal_{role}", f"territory_{table}", verb],
                )
                assert not cursor.fetchone()[0]
