"""How many points an image says that it has, read from its first bytes before any decoder runs."""

import struct

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8"
# Start of frame, whatever the compression: 0xC0 to 0xCF without tables, restarts and extensions.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


def points(data: bytes) -> int | None:
    """Width times height of a PNG or a JPEG; None when the header does not say it plainly."""
    if data.startswith(_PNG):
        return _png_points(data)
    if data.startswith(_JPEG):
        return _jpeg_points(data)
    return None


def _png_points(data):
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return width * height


def _jpeg_points(data):
    place = 2
    while place + 9 <= len(data):
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return width * height
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return None
