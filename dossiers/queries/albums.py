"""The photographs of one document, as the page where they are put in order shows them."""

from dataclasses import dataclass

from dossiers.enums import AlbumState
from dossiers.models import Album, Dossier
from dossiers.models.album import MOST_PAGES
from dossiers.queries.arriving import OnItsWay, in_album
from dossiers.queries.pages import page
from portal.vault import api as vault


@dataclass(frozen=True)
class PageView:
    """One photograph, with its place among the others."""

    id: str
    place: int
    name: str
    picture_url: str
    is_shown: bool
    open_url: str
    turn: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class AlbumView:
    """The pages in their order, and what is on its way to them."""

    pages: tuple[PageView, ...]
    arriving: tuple[OnItsWay, ...]
    sentences: tuple[str, ...]
    is_making: bool
    is_full: bool
    change_url: str


def album_view(dossier: Dossier, rule) -> AlbumView:
    """The album of a box, empty when none was begun; three queries."""
    album = Album.objects.unfinished().filter(dossier=dossier, rule_code=rule.code).first()
    held = list(
        album.pages.filter(removed_at=None).order_by("position").select_related("file")
        if album
        else ()
    )
    return AlbumView(
        pages=tuple(_page(one, len(held)) for one in held),
        arriving=tuple(in_album(dossier, rule.code)),
        sentences=tuple(album.sentences) if album else (),
        is_making=bool(album) and album.state == AlbumState.MAKING,
        is_full=len(held) >= MOST_PAGES,
        change_url=page("album_change", dossier.pk, rule.code),
    )


def _page(one, count):
    open_url = page("file", one.file_id)
    return PageView(
        id=str(one.pk),
        place=one.position,
        name=one.file.original_name,
        picture_url=page("file_page", one.file_id, 1, vault.SMALL),
        is_shown=one.file.is_shown,
        open_url=open_url,
        turn=one.turn,
        is_first=one.position == 1,
        is_last=one.position == count,
    )
