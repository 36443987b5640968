"""Says whether a file can be read whole, and how many pages it shows; makes nothing of it.

Arguments: "PDF", or the name of an image format and how many points it may have.
"""

import io
import sys

from answering import answer, read


def _image(image_format: str, max_pixels: int) -> None:
    import pillow_heif  # noqa: PLC0415 -- a PDF needs none of it
    from PIL import Image  # noqa: PLC0415
    from pixels import BOMBS, UNREADABLE  # noqa: PLC0415

    pillow_heif.register_heif_opener()
    try:
        with Image.open(io.BytesIO(read()), formats=[image_format]) as image:
            if image.width * image.height > max_pixels:
                return answer("too_large")
            if image_format == "JPEG":
                # reads the whole file at an eighth of its size: a cut one is seen, memory spared
                image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except BOMBS:
        return answer("too_large")
    except UNREADABLE:
        return answer("unreadable")
    return answer("whole", pages=1)


def _pdf() -> None:
    import pikepdf  # noqa: PLC0415 -- an image needs none of it

    try:
        with pikepdf.open(io.BytesIO(read())) as pdf:
            if pdf.Root.get("/NeedsRendering") and "/XFA" in pdf.Root.get("/AcroForm", {}):
                # its pages say "please wait": what was typed is in a program that we do not run
                return answer("form_only")
            return answer("whole", pages=len(pdf.pages))
    except pikepdf.PasswordError:
        return answer("locked")
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, MemoryError):
        return answer("unreadable")


if __name__ == "__main__":
    if sys.argv[1] == "PDF":
        _pdf()
    else:
        _image(sys.argv[1], int(sys.argv[2]))
