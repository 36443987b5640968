"""What an upload really is: every check is on the bytes, the name proves nothing."""

import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import magic
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.core.errors import DomainRefusal
from portal.core.forms import OFFICE_ADVICE
from portal.vault.judging import apart, headers, office

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png", HEIC: "heic"}
FORMATS = {JPEG: "JPEG", PNG: "PNG", HEIC: "HEIF"}
_SAME_AS = {"image/heif": HEIC, "image/heic-sequence": HEIC, "image/heif-sequence": HEIC}
PDF_END, PDF_END_WITHIN = b"%%EOF", 1024
MAX_PAGES = 100
MAX_PIXELS = 50_000_000  # a telephone's 48 megapixels
# The person waits for this look, which makes nothing of the file.
LOOKING = apart.Limits(seconds=15)
LOOKING_AT_IMAGE = apart.Limits(memory=1024 * 1024 * 1024, seconds=15)  # decoded points


@dataclass(frozen=True)
class Inspected:
    """A file that may be kept: its bytes, its true type, a safe name."""

    data: bytes
    name: str
    content_type: str
    pages: int
    sha256: str

    @property
    def size(self) -> int:
        """Number of bytes."""
        return len(self.data)


def inspect(upload) -> Inspected:
    """Read an upload and say what it is. Raises DomainRefusal with one sentence for the person."""
    if upload is None:
        raise DomainRefusal(_("Choisissez un fichier avant d’envoyer."))
    limit = settings.EVIDENCE_MAX_BYTES
    if upload.size > limit:
        raise DomainRefusal(
            _("Ce fichier est trop lourd : il pèse %(size)s. Le maximum est de %(limit)s.")
            % {"size": size_in_words(upload.size), "limit": size_in_words(limit)}
        )
    upload.seek(0)
    data = upload.read(limit + 1)
    if not data:
        raise DomainRefusal(_("Ce fichier est vide. Choisissez-en un autre."))
    content_type = true_type(data)
    pages = _pdf_pages(data) if content_type == PDF else _image_pages(data, content_type)
    return describe(data, upload.name or "", content_type, pages)


def describe(data: bytes, name: str, content_type: str, pages: int = 1) -> Inspected:
    """The same for bytes that we made ourselves."""
    return Inspected(
        data=data,
        name=safe_name(name, EXTENSIONS[content_type]),
        content_type=content_type,
        pages=pages,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def true_type(data: bytes) -> str:
    """The type that the bytes show. Raises DomainRefusal unless it is one that we accept."""
    found = magic.from_buffer(data[:8192], mime=True)
    if found == "application/octet-stream" and b"%PDF-" in data[:1024]:
        found = PDF  # some scanners write a line break first
    found = _SAME_AS.get(found, found)
    if found in EXTENSIONS:
        return found
    if office.is_office_document(data):
        raise DomainRefusal(OFFICE_ADVICE)
    raise DomainRefusal(
        _("Ce type de fichier n’est pas accepté. Envoyez un PDF ou une photo (JPEG, PNG, HEIC).")
    )


def _pdf_pages(data):
    # The library mends a cut file in silence, without the pages that are lost.
    if PDF_END not in data.rstrip(b"\0\r\n\t ")[-PDF_END_WITHIN:]:
        raise DomainRefusal(_damaged_pdf())
    try:
        seen = apart.ask("look", data, "PDF", limits=LOOKING)
    except apart.NoAnswer as error:
        raise DomainRefusal(_damaged_pdf()) from error
    if seen.outcome != "whole":
        raise DomainRefusal(_pdf_refusals().get(seen.outcome) or _damaged_pdf())
    pages = int(seen.facts["pages"])
    if pages == 0:
        raise DomainRefusal(_("Ce PDF ne contient aucune page."))
    if pages > MAX_PAGES:
        raise DomainRefusal(
            ngettext(
                "Ce PDF a %(pages)s page. Le maximum est de %(limit)s pages.",
                "Ce PDF a %(pages)s pages. Le maximum est de %(limit)s pages.",
                pages,
            )
            % {"pages": pages, "limit": MAX_PAGES}
        )
    return pages


def _pdf_refusals():
    return {
        "locked": _(
            "Ce PDF est protégé par un mot de passe. Envoyez-en une copie sans protection."
        ),
        "form_only": _(
            "Ce PDF est un formulaire dont les réponses ne se voient pas partout. Ouvrez-le, "
            "choisissez « Imprimer », puis « Enregistrer au format PDF », et envoyez ce PDF."
        ),
    }


def _damaged_pdf():
    return _("Ce PDF est abîmé ou incomplet. Enregistrez-le ou numérisez-le à nouveau.")


def _image_pages(data, content_type):
    if (headers.points(data) or 0) > MAX_PIXELS:
        raise DomainRefusal(_image_too_large())
    try:
        seen = apart.ask(
            "look", data, FORMATS[content_type], str(MAX_PIXELS), limits=LOOKING_AT_IMAGE
        )
    except apart.NoAnswer as error:
        raise DomainRefusal(_unreadable_image()) from error
    if seen.outcome == "too_large":
        raise DomainRefusal(_image_too_large())
    if seen.outcome != "whole":
        raise DomainRefusal(_unreadable_image())
    return 1


def _unreadable_image():
    return _("Cette image est illisible ou incomplète. Reprenez la photo, puis envoyez-la.")


def _image_too_large():
    return _("Cette image est trop grande : le maximum est de %(limit)s millions de points.") % {
        "limit": MAX_PIXELS // 1_000_000
    }


def safe_name(name: str, extension: str) -> str:
    """A name to show: no path, no control or direction character, the true extension."""
    name = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    kept = "".join(
        " " if character.isspace() else character
        for character in name
        if character.isspace() or unicodedata.category(character)[0] != "C"
    )
    kept = " ".join(kept.split())
    stem = kept.rpartition(".")[0] if "." in kept[1:] else kept
    stem = stem.strip(" .")[:140] or "document"
    return f"{stem}.{extension}"


def size_in_words(size: int) -> str:
    """A size as a person reads it, in Mo or Ko."""
    if size >= 1024 * 1024:
        whole, tenths = divmod(-(-size * 10 // (1024 * 1024)), 10)
        number = f"{whole},{tenths}" if tenths else str(whole)
        return _("%(number)s Mo") % {"number": number}
    return _("%(number)s Ko") % {"number": -(-size // 1024)}
