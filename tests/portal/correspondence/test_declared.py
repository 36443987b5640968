"""What the rooms declare can be said: lines, mails and letters, in each language."""

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from portal.correspondence import services, timeline

LANGUAGES = [code for code, _name in settings.LANGUAGES]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translated_line_names_the_same_things_as_the_french(language):
    for kind in sorted(timeline.declared_kinds()):
        with translation.override("fr"):
            french = timeline.names_in(kind)
        with translation.override(language):
            assert (kind, timeline.names_in(kind)) == (kind, french)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_declared_line_can_be_written(language):
    with translation.override(language):
        for kind in sorted(timeline.declared_kinds()):
            words = dict.fromkeys(timeline.names_in(kind), "…")
            title, body = timeline._sentences[kind]
            assert str(title) % words
            assert isinstance(str(body) % words, str)


def test_every_declared_letter_has_its_template():
    assert services._titles
    for kind in sorted(services._titles):
        get_template(f"letters/{kind}.html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_subject_names_anything(language):
    with translation.override(language):
        for code, subject in sorted(services._subjects.items()):
            assert 5 < len(str(subject)) < 80, code
            assert "%(" not in str(subject)
            assert "{" not in str(subject)
