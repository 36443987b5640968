"""The same address, phone or e-mail written in two ways is the same; two are not one."""

import pytest

from portal.accounts.contacts import digests


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"emails": ["Ada@Exemple.fr "]}, {"emails": ["ada@exemple.fr"]}),
        ({"phones": ["06 12 34 56 78"]}, {"phones": ["+33612345678"]}),
        ({"phones": ["06.12.34.56.78"]}, {"phones": ["0033 (0)6 12 34 56 78"]}),
        (
            {"addresses": [("12, bd. Saint-Éloi", "34 000")]},
            {"addresses": [("12 Boulevard saint eloi", "34000")]},
        ),
        (
            {"addresses": [("3 rue de l’Exemple", "34000")]},
            {"addresses": [("3 RUE DE L'EXEMPLE", "34000")]},
        ),
    ],
)
def test_two_ways_of_writing_are_one(one, other):
    first = digests(**one)

    assert first == digests(**other)
    assert len(first) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"emails": ["ada@exemple.fr"]}, {"emails": ["ida@exemple.fr"]}),
        ({"phones": ["0612345678"]}, {"phones": ["0612345679"]}),
        (
            {"addresses": [("3 rue de l’Exemple", "34000")]},
            {"addresses": [("3 rue de l’Exemple", "75001")]},
        ),
        ({"emails": ["0612345678"]}, {"phones": ["0612345678"]}),
    ],
)
def test_two_contacts_are_not_one(one, other):
    assert not set(digests(**one)) & set(digests(**other))


def test_what_is_empty_gives_no_digest():
    assert digests(emails=["", None], phones=[""], addresses=[("", "34000"), ("3 rue", "")]) == {}


def test_another_installation_computes_other_digests(settings):
    here = digests(emails=["ada@exemple.fr"])
    settings.PERSON_KEY = "une autre clé"

    assert not set(here) & set(digests(emails=["ada@exemple.fr"]))


def test_a_digest_shows_nothing_of_what_it_stands_for():
    (digest,) = digests(emails=["ada@exemple.fr"])

    assert len(digest) == 64
    assert "ada" not in digest
