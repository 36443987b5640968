"""Makes a photograph anew from its pixels, with the images of its page.

Arguments: the format, how many points it may have, then the widths.
"""

import io
import sys

import pillow_heif
from answering import answer, read
from PIL import Image
from pixels import BOMBS, COPY_SIDE, UNREADABLE, as_jpeg, bare, page_images, upright


def _clean(image_format: str, max_pixels: int, widths: list[int]) -> None:
    try:
        with Image.open(io.BytesIO(read()), formats=[image_format]) as image:
            if image.width * image.height > max_pixels:
                return answer("too_large")
            picture = bare(upright(_small_enough(image)))
    except BOMBS:
        return answer("too_large")
    except UNREADABLE:
        return answer("unreadable")
    copy = (as_jpeg(picture), {"copy": "image/jpeg"})
    return answer("clean", [copy, *page_images(picture, 1, widths)])


def _small_enough(image):
    # a JPEG is decoded at a half or a quarter where that is enough
    less = max((one for one in (8, 4, 2, 1) if max(image.size) // one >= COPY_SIDE), default=1)
    image.draft(None, (image.width // less, image.height // less))
    image.load()
    if max(image.size) <= COPY_SIDE:
        return image
    coloured = image.convert("RGBA") if image.mode in {"P", "PA", "1"} else image
    coloured.thumbnail((COPY_SIDE, COPY_SIDE), reducing_gap=2)
    return coloured


if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    _clean(sys.argv[1], int(sys.argv[2]), [int(width) for width in sys.argv[3:]])
