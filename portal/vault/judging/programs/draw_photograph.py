"""Draws one photograph as a light JPEG, upright and turned, for the page of a document.

Arguments: the format, how many points it may have, the turn clockwise in degrees.
"""

import io
import sys

import pillow_heif
from answering import answer, read
from PIL import Image
from pixels import BOMBS, UNREADABLE, bare, upright

LARGEST_SIDE, QUALITY = 2000, 80
SMALLER_SIDE, LOWER_QUALITY = 1500, 65
LIGHT_BYTES = 320 * 1024


def _draw(image_format: str, max_pixels: int, turn: int) -> None:
    try:
        with Image.open(io.BytesIO(read()), formats=[image_format]) as image:
            if image.width * image.height > max_pixels:
                return answer("too_large")
            image.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
            picture = bare(upright(image))
    except BOMBS:
        return answer("too_large")
    except UNREADABLE:
        return answer("unreadable")
    return answer("made", [(_light(picture, turn), {})])


def _light(picture, turn):
    """As sharp as a page of the document may be; Pillow turns the other way round."""
    for side, quality in ((LARGEST_SIDE, QUALITY), (SMALLER_SIDE, LOWER_QUALITY)):
        picture.thumbnail((side, side))
        out = io.BytesIO()
        picture.rotate(-turn, expand=True).save(out, "JPEG", quality=quality)
        if out.tell() <= LIGHT_BYTES:
            break
    return out.getvalue()


if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    _draw(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
