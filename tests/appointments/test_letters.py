"""The notice that is printed: one page, genuine, in the person's language."""

import io

import pypdfium2
import pytest
import zxingcpp

from appointments.services import passes
from portal.core import clock
from portal.core.door import acting
from portal.correspondence import rendering
from portal.correspondence.models import Letter
from tests.factories import appointments as factory


def notice_of(life):
    with acting(life.applicant.pk):
        return Letter.objects.get(pk=life.appointment.letter_id)


def pages_of(letter):
    return pypdfium2.PdfDocument(io.BytesIO(rendering.pdf(letter)))


def codes_on(page):
    """What a scanner reads at 200 dots per inch."""
    picture = page.render(scale=200 / 72).to_pil()
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def test_the_notice_is_one_page_whose_qr_reads_back(places):
    life = factory.appointed()

    document = pages_of(notice_of(life))
    [code] = codes_on(document[0])

    assert len(document) == 1
    seen = passes.read_seal(code, at=clock.now())
    assert (seen.scan_id, seen.site_id) == (life.appointment.scan_id, places.here.site)


def test_the_notice_says_who_when_where_and_that_it_is_free(places):
    life = factory.appointed()

    text = " ".join(pages_of(notice_of(life))[0].get_textpage().get_text_range().split())

    assert life.clearance.holder_name in text
    assert life.dossier.number in text
    assert life.appointment.site.name in text
    assert f"{life.appointment.code[:4]} {life.appointment.code[4:]}" in text
    assert "Ils ne s’achètent pas et ne se cèdent pas" in text


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_qr_is_on_the_first_page_in_each_language(places, language):
    life = factory.appointed()
    letter = notice_of(life)
    letter.language = language

    [code] = codes_on(pages_of(letter)[0])
    assert code == letter.context["pass"]


def test_the_notice_shows_how_to_come_and_where_to_check_it(places, owner):
    owner.execute(
        "update territory_site set latitude = 43.611, longitude = 3.877 where id = %s",
        [places.here.site],
    )
    owner.execute(
        "insert into territory_landmark (site_id, name, latitude, longitude)"
        " values (%s, 'Arrêt inventé', 43.6088, 3.877) on conflict do nothing",
        [places.here.site],
    )
    owner.commit()
    life = factory.appointed()

    document = pages_of(notice_of(life))
    text = " ".join(document[0].get_textpage().get_text_range().split())

    assert len(document) == 1
    assert "Arrêt inventé" in text
    assert "240 m, 4 min à pied vers le nord" in text
    assert "/rendez-vous/verifier/" in text
    assert codes_on(document[0])
