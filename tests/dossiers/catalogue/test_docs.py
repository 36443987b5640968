"""The list of procedures in the documentation is that of the data files."""

from pathlib import Path

import pytest

from dossiers.catalogue.loader import catalogue

PAGE = Path(__file__).parents[3] / "docs" / "procedures.md"


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_the_documentation_says_how_sure_we_are_of_each_procedure(code):
    procedure = catalogue()[code]
    begins = (
        f"| `{code}` | {procedure.source_code} | {procedure.authority} | {procedure.confidence} |"
    )

    assert begins in PAGE.read_text(encoding="utf-8")
