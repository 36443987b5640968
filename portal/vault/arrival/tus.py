"""The words of the tus 1.0 protocol: its headers, its refusals, and how its pieces are read.

Core, and the extensions creation, creation-with-upload, checksum, expiration and termination.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from http import HTTPStatus

from django.http import HttpResponse
from django.utils.http import http_date

from portal.vault.arrival.models import PIECE_BYTES, Upload
from portal.vault.arrival.services import limit

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460
MOST_CHECKED = 4 * PIECE_BYTES
"""A piece with a checksum is held whole until it is verified."""
_WHOLE = re.compile(r"[0-9]{1,15}\Z")


class ProtocolRefusal(Exception):
    """The request is answered with this status and, when a person may read it, a sentence."""

    def __init__(self, status: int, sentence: str = ""):
        super().__init__(f"{int(status)} {sentence}")
        self.status, self.sentence = int(status), sentence


def answer(status: int, sentence: str = "", **headers) -> HttpResponse:
    """An answer of the protocol; `Upload_Offset=3` gives the header `Upload-Offset: 3`."""
    response = HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
    response["Tus-Resumable"] = VERSION
    response["Cache-Control"] = "no-store, private"
    for name, value in headers.items():
        response[name.replace("_", "-")] = str(value)
    return response


def options() -> HttpResponse:
    """What this server can do."""
    return answer(
        HTTPStatus.NO_CONTENT,
        Tus_Version=VERSION,
        Tus_Extension=EXTENSIONS,
        Tus_Max_Size=limit(),
        Tus_Checksum_Algorithm=",".join(ALGORITHMS),
    )


def where(upload: Upload) -> dict:
    """The headers that say how far an upload is, and until when it may go on."""
    return {
        "Upload_Offset": upload.received,
        "Upload_Expires": http_date(upload.expires_at.timestamp()),
    }


def refuse_other_versions(request) -> None:
    """Raise ProtocolRefusal 412 unless the client speaks our version."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ProtocolRefusal(HTTPStatus.PRECONDITION_FAILED)


def whole_number(request, header: str) -> int:
    """A header that is a number. Raises ProtocolRefusal 400."""
    value = request.headers.get(header, "")
    if not _WHOLE.match(value):
        raise ProtocolRefusal(HTTPStatus.BAD_REQUEST)
    return int(value)


def metadata(request) -> dict[str, str]:
    """The pairs of Upload-Metadata, decoded. Raises ProtocolRefusal 400."""
    pairs = {}
    for part in filter(None, map(str.strip, request.headers.get("Upload-Metadata", "").split(","))):
        key, _space, value = part.partition(" ")
        try:
            pairs[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as error:
            raise ProtocolRefusal(HTTPStatus.BAD_REQUEST) from error
    return pairs


def pieces(request, room: int) -> Iterator[bytes]:
    """The body, piece by piece, verified first when it carries a checksum.

    Of a body that is cut, the whole pieces are kept and the torn one is not: its client is asking
    already how far it came, and would send on from before a piece that was written late. Raises
    ProtocolRefusal: 411 without a length, 413 beyond what was declared, 415, 400 or 460.
    """
    if request.content_type != PIECE_TYPE:
        raise ProtocolRefusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    length = _length(request)
    if length > room:
        raise ProtocolRefusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if "Upload-Checksum" in request.headers:
        data = _verified(request, length)
        return (data[at : at + PIECE_BYTES] for at in range(0, length, PIECE_BYTES))
    return _as_it_comes(request, length)


def carries_bytes(request) -> bool:
    """Whether a creation brings its first piece with it."""
    return request.content_type == PIECE_TYPE


def _length(request):
    length = request.META.get("CONTENT_LENGTH") or ""
    if not _WHOLE.match(length):
        raise ProtocolRefusal(HTTPStatus.LENGTH_REQUIRED)
    return int(length)


def _as_it_comes(request, left):
    while left:
        data = _read(request, min(left, PIECE_BYTES))
        left -= len(data)
        if left and len(data) < PIECE_BYTES:
            return
        yield data


def _read(request, wanted):
    """So many bytes, or fewer when the line was cut before."""
    parts = []
    while wanted:
        try:
            part = request.read(wanted)
        except OSError:  # Django's UnreadablePostError among them
            break
        if not part:
            break
        parts.append(part)
        wanted -= len(part)
    return b"".join(parts)


def _verified(request, length):
    name, _space, digest = request.headers["Upload-Checksum"].partition(" ")
    if name not in ALGORITHMS:
        raise ProtocolRefusal(HTTPStatus.BAD_REQUEST)
    if length > MOST_CHECKED:
        raise ProtocolRefusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    data = _read(request, length)
    found = base64.b64encode(ALGORITHMS[name](data, usedforsecurity=False).digest()).decode()
    if len(data) != length or found != digest:
        raise ProtocolRefusal(CHECKSUM_MISMATCH)
    return data
