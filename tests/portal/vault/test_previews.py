"""The image of a first page: upright, small, and bare of what the original says."""

import io

import pytest
from PIL import Image

from portal.vault import page_count, previews
from tests.portal.vault import samples


def seen(data, content_type):
    return Image.open(io.BytesIO(previews.first_page(data, content_type)))


def test_a_photograph_is_turned_upright_and_says_nothing_more():
    image = seen(samples.picture(size=(400, 300), exif=True), "image/jpeg")

    assert image.format == "JPEG"
    assert image.size == (300, 400)
    assert dict(image.getexif()) == {}
    assert "exif" not in image.info
    assert "icc_profile" not in image.info


@pytest.mark.parametrize(
    ("data", "content_type", "size"),
    [
        (samples.picture(size=(3000, 1500)), "image/jpeg", (1200, 600)),
        (samples.picture("PNG", size=(20, 2400)), "image/png", (10, 1200)),
        (samples.heic(), "image/heic", (64, 48)),
        (samples.pdf(), "application/pdf", (848, 1200)),
        (samples.pdf(size=(14000, 14000)), "application/pdf", (1200, 1200)),
    ],
)
def test_the_largest_side_is_limited(data, content_type, size):
    image = seen(data, content_type)

    assert max(abs(got - wanted) for got, wanted in zip(image.size, size, strict=True)) <= 1


def test_a_transparent_image_is_on_white_paper():
    image = seen(samples.picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)), "image/png")

    assert image.getpixel((5, 5)) == (255, 255, 255)


def test_a_grey_image_of_sixteen_bits_keeps_its_grey():
    image = seen(samples.picture("PNG", mode="I;16", colour=0x8000), "image/png")

    assert abs(image.getpixel((5, 5))[0] - 128) <= 2


def test_what_cannot_be_drawn_says_so():
    with pytest.raises(previews.NoPreview):
        previews.first_page(b"%PDF-1.7 nothing", "application/pdf")


def test_a_page_that_unfolds_into_gigabytes_ends_no_process_of_ours(monkeypatch):
    monkeypatch.setattr(page_count, "MEMORY_BYTES", 256 * 1024 * 1024)
    data = samples.page_bomb(400)

    with pytest.raises(previews.NoPreview):
        previews.first_page(data, "application/pdf")

    assert len(data) < 4 * 1024 * 1024
