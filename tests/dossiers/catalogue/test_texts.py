"""What people read of every procedure: a changed sentence is seen, and the words are plain."""

import re

import pytest

from tests.dossiers.catalogue.texts import LANGUAGES, sentences, snapshot

RENEW = "To accept what changed: python -m tests.dossiers.catalogue.texts"
# Longer than this, a sentence is two; legal grounds, which agents adapt, are apart.
WORDS_AT_MOST = 34
# Written in full, explained beside, or known by everybody who holds such a paper.
KNOWN = {"CDI", "CDD", "SIRET", "A2", "BUT", "BTS", "PDF", "EU"}


def words_of(line):
    """The file and place of a line, and its words."""
    place, _, words = line.partition(": ")
    return place, words


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_the_one_that_was_read_and_committed(language):
    kept = snapshot(language).read_text(encoding="utf-8").splitlines()
    found = sentences(language)

    assert found == kept, RENEW


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_long(language):
    long = [
        (place, sentence)
        for place, words in map(words_of, sentences(language))
        if not place.startswith("_grounds.toml")
        for sentence in re.split(r"(?<=[.!?:;]) ", words)
        if len(sentence.split()) > WORDS_AT_MOST
    ]
    assert long == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_acronym_goes_unexplained(language):
    found = {
        (word, place)
        for place, words in map(words_of, sentences(language))
        for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", words)
        if word not in KNOWN and not place.startswith("_grounds.toml")
    }
    assert found == set()


def test_french_has_its_own_apostrophe():
    assert [line for line in sentences("fr") if "'" in line] == []
