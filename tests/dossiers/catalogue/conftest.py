"""A folder of procedures that a test may spoil, and the real catalogue."""

import shutil

import pytest

from dossiers.catalogue.loader import FOLDER, catalogue, load_catalogue
from dossiers.catalogue.schema import CatalogueError


@pytest.fixture(scope="session")
def procedures():
    return catalogue()


@pytest.fixture
def folder(tmp_path):
    """A copy of the data files."""
    return shutil.copytree(FOLDER, tmp_path / "procedures")


@pytest.fixture
def spoil(folder):
    """Replace a text once in a file and give back the problems of the whole folder."""

    def spoiled(file, old, new):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        try:
            load_catalogue(folder)
        except CatalogueError as error:
            return error.problems
        return ()

    return spoiled
