"""Rebuilds a PDF from what its pages draw, and from nothing else.

Only what a page needs to be drawn is carried over: no action, script, attachment, form, link,
film or metadata is removed one by one, for none is copied. What a form holds is drawn first.
Arguments: how many pages it may have, how many points an image of it may have.
"""

import io
import sys
import zlib

import pikepdf
from answering import answer, read

_PAGE_KEEPS = {"/Contents", "/CropBox", "/MediaBox", "/Resources", "/Rotate", "/Type", "/UserUnit"}
_PAGE_KEEPS |= {"/Group", "/Parent"}
# Dictionaries whose keys are names that the author chose, such as /F1 or /AA.
_NAMES_OF_THINGS = {"/CharProcs", "/ColorSpace", "/Colorants", "/ExtGState", "/Font", "/Pattern"}
_NAMES_OF_THINGS |= {"/Shading", "/XObject"}
_NEVER_DRAWN = {
    *("/AA", "/AF", "/AcroForm", "/Alternates", "/Annots", "/Dests", "/EF", "/EmbeddedFile"),
    *("/EmbeddedFiles", "/JS", "/JavaScript", "/LastModified", "/Launch", "/Metadata", "/Names"),
    *("/OC", "/OPI", "/OpenAction", "/Outlines", "/PieceInfo", "/Properties", "/Ref"),
    *("/RichMedia", "/RichMediaContent", "/RichMediaSettings", "/StructParent", "/StructParents"),
    *("/Thumb", "/URI", "/XFA"),
}
# The bytes of a stream are in the file itself, never in another one.
_ELSEWHERE = ("/F", "/FDecodeParms", "/FFilter")
_FILTERS = {
    *("/ASCII85Decode", "/ASCIIHexDecode", "/CCITTFaxDecode", "/DCTDecode", "/FlateDecode"),
    *("/JBIG2Decode", "/JPXDecode", "/LZWDecode", "/RunLengthDecode"),
}
_UNFOLDED = 160 * 1024 * 1024
_OBJECTS = 200_000


class Refused(Exception):
    """The document asks for more than anybody needs; the argument is the outcome."""


def _clean(max_pages: int, max_pixels: int) -> None:
    try:
        with pikepdf.open(io.BytesIO(read())) as source:
            if len(source.pages) > max_pages:
                raise Refused("too_large")
            _draw_forms(source)
            copy = _rebuilt(source, max_pixels)
    except pikepdf.PasswordError:
        return answer("locked")
    except Refused as refused:
        return answer(str(refused))
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, MemoryError, zlib.error):
        return answer("unreadable")
    return answer("clean", [(copy, {"copy": "application/pdf"})])


def _draw_forms(source) -> None:
    """What was typed in a form, stamped or noted becomes part of the page."""
    form = source.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and form.get("/NeedAppearances"):
        source.generate_appearance_streams()
    source.flatten_annotations("all")


def _rebuilt(source, max_pixels) -> bytes:
    copy = pikepdf.new()
    for page in source.pages:
        copy.pages.append(page)
    seen = set()
    for page in copy.pages:
        for key in set(page.obj.keys()) - _PAGE_KEEPS:
            del page.obj[key]
        _strip(page.obj, seen, max_pixels)
    out = io.BytesIO()
    copy.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
    return out.getvalue()


def _strip(page, seen, max_pixels) -> None:
    """Take out of everything that a page refers to what is not needed to draw it."""
    left = [(page, "")]
    while left:
        thing, name = left.pop()
        if thing.is_indirect:
            if thing.objgen in seen:
                continue
            seen.add(thing.objgen)
            if len(seen) > _OBJECTS:
                raise Refused("too_complex")
        if isinstance(thing, pikepdf.Array):
            left += [(one, "") for one in thing if _holds_others(one)]
        else:
            _strip_one(thing, name, max_pixels)
            inside = [(key, thing[key]) for key in thing.keys() if key != "/Parent"]  # noqa: SIM118 -- not iterable
            left += [(one, key) for key, one in inside if _holds_others(one)]


def _holds_others(thing) -> bool:
    return isinstance(thing, pikepdf.Dictionary | pikepdf.Stream | pikepdf.Array)


def _strip_one(thing, name, max_pixels) -> None:
    if isinstance(thing, pikepdf.Stream):
        for key in _ELSEWHERE:
            if key in thing:
                del thing[key]
        _refuse_if_it_unfolds(thing)
        if thing.get("/Subtype") == "/Image" and _points(thing) > max_pixels:
            raise Refused("too_large")
    elif name in _NAMES_OF_THINGS:
        return
    for key in _NEVER_DRAWN & set(thing.keys()):
        del thing[key]


def _points(image) -> int:
    return int(image.get("/Width", 0)) * int(image.get("/Height", 0))


def _refuse_if_it_unfolds(stream) -> None:
    """Count what a stream unfolds into, without keeping it."""
    given = stream.get("/Filter", pikepdf.Array())
    filters = [str(one) for one in given] if isinstance(given, pikepdf.Array) else [str(given)]
    if not set(filters) <= _FILTERS or len(set(filters)) != len(filters):
        raise Refused("too_complex")
    if filters[:1] != ["/FlateDecode"]:
        return
    reader, folded, length = zlib.decompressobj(), stream.read_raw_bytes(), 0
    while folded and not reader.eof:
        length += len(reader.decompress(folded, 1024 * 1024))
        folded = reader.unconsumed_tail
        if length > _UNFOLDED:
            raise Refused("too_complex")


if __name__ == "__main__":
    _clean(int(sys.argv[1]), int(sys.argv[2]))
