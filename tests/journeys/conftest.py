"""The journey, played once in real browsers, and the album of its pages."""

import secrets
from pathlib import Path

import pytest

from tests.journeys import album as album_module
from tests.journeys.album import Album
from tests.journeys.story import play, today


@pytest.fixture(scope="session")
def album_folder(tmp_path_factory):
    """Where photographs go."""
    wanted = album_module.WANTED
    return Path(wanted) if wanted else tmp_path_factory.mktemp("album")


@pytest.fixture(scope="module")
def album(stack, album_folder):
    """An album of this module's pages."""
    return Album(album_folder, stack.base_url)


@pytest.fixture
def email():
    """An address that nobody has."""
    return f"amina.{secrets.token_hex(3)}@demo.invalid"


@pytest.fixture(scope="module")
def portal_day(stack):
    """Today on the portal's clock, which other tests have moved."""
    return today(stack)


@pytest.fixture(scope="module")
def journey(stack, browser, album):
    """The whole story, from the guidance page to the hand-over."""
    return play(stack, browser, album)
