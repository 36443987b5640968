"""Opens a PDF or an image in a process of its own, which may use little memory and time.

A few kilobytes may unfold into gigabytes: in the web process they would end it.
"""

import io
import subprocess
import sys

MEMORY_BYTES = 512 * 1024 * 1024
SECONDS = 15
IMAGE_MEMORY_BYTES = 1024 * 1024 * 1024  # 50 million points, decoded
LOCKED, UNREADABLE, TOO_LARGE, WHOLE = "locked", "unreadable", "too large", "whole"


class LockedPdf(Exception):
    """The document asks for a password."""


class UnreadablePdf(Exception):
    """The document is damaged, or unfolds into more than anybody needs."""


def pages_of(data: bytes) -> int:
    """How many pages these bytes show. Raises LockedPdf or UnreadablePdf."""
    answer = ask(__file__, data).decode(errors="replace").strip()
    if answer == LOCKED:
        raise LockedPdf
    if not answer.isdigit():
        raise UnreadablePdf(answer)
    return int(answer)


class UnreadableImage(Exception):
    """The image is cut, forged, or takes more than anybody needs."""


class TooLargeImage(Exception):
    """The image has more points than the limit."""


def look_at(data: bytes, image_format: str, max_pixels: int) -> None:
    """Decode a whole image. Raises UnreadableImage or TooLargeImage."""
    try:
        answer = ask(
            __file__, data, image_format, str(max_pixels), memory=IMAGE_MEMORY_BYTES
        ).decode(errors="replace")
    except UnreadablePdf as error:
        raise UnreadableImage from error
    if answer == TOO_LARGE:
        raise TooLargeImage
    if answer != WHOLE:
        raise UnreadableImage(answer)


def ask(script: str, data: bytes, *arguments: str, memory: int = 0) -> bytes:
    """What a script of ours, run apart under the limits, answers to these bytes.

    Raises UnreadablePdf when it says nothing, ends badly or takes too long.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-I", script, str(memory or MEMORY_BYTES), *arguments],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadablePdf("too long to read") from error
    if done.returncode or not done.stdout:
        raise UnreadablePdf(f"ended with {done.returncode}")
    return done.stdout


def _limit(memory: int) -> None:
    import resource  # noqa: PLC0415 -- only the process on its own

    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _image_answer(image_format: str, max_pixels: int) -> str:
    """What the process says of the image on its standard input."""
    import struct  # noqa: PLC0415 -- under the limits

    import pillow_heif  # noqa: PLC0415 -- under the limits
    from PIL import Image  # noqa: PLC0415 -- under the limits

    pillow_heif.register_heif_opener()
    data = io.BytesIO(sys.stdin.buffer.read())
    try:
        with Image.open(data, formats=[image_format]) as image:
            if image.width * image.height > max_pixels:
                return TOO_LARGE
            if image_format == "JPEG":
                # reads the whole file at an eighth of its size: a cut one is seen, memory is spared
                image.draft("RGB", (max(1, image.width // 8), max(1, image.height // 8)))
            image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_LARGE
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, struct.error):
        return UNREADABLE
    return WHOLE


def _answer() -> str:
    """What the process says of the PDF on its standard input."""
    import pikepdf  # noqa: PLC0415 -- under the limits

    try:
        with pikepdf.open(io.BytesIO(sys.stdin.buffer.read())) as pdf:
            return str(len(pdf.pages))
    except pikepdf.PasswordError:
        return LOCKED
    except (pikepdf.PdfError, ValueError, RuntimeError, MemoryError):
        return UNREADABLE


if __name__ == "__main__":
    _limit(int(sys.argv[1]))
    asked = sys.argv[2:]
    sys.stdout.write(_image_answer(asked[0], int(asked[1])) if asked else _answer())
