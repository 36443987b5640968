"""The gallery renders as a whole, empty and with errors, in every language."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fr", "en", "ar"])
@pytest.mark.parametrize("query", ["", "?errors=1"])
def test_gallery_shows_every_component(client, language, query):
    client.cookies["django_language"] = language

    page = client.get(f"/dev/components/{query}")

    assert page.status_code == 200
    assert page.charset == "utf-8"
    assert b"po-dossier" in page.content
    assert (b'role="alert" tabindex="-1"' in page.content) == bool(query)
