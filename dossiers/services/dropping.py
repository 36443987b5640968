"""Throwing away what was begun in a box: photographs not yet bound, files not yet whole."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from dossiers.enums import AlbumState
from dossiers.models import Album, Dossier, Evidence
from portal.vault import api as vault
from portal.vault.arrival import api as arrival


@transaction.atomic
def drop_album(*, album_id: UUID, at: datetime) -> None:
    """Throw an album away with its photographs. Doing it twice does it once."""
    album = Album.objects.select_for_update(of=("self",)).get(pk=album_id)
    if album.state in {AlbumState.DONE, AlbumState.DROPPED}:
        return
    forget_photographs(album)
    album.state, album.ended_at = AlbumState.DROPPED, at
    album.save(update_fields=["state", "ended_at"])


def drop_what_was_begun(dossier: Dossier, at: datetime) -> None:
    """A draft is given up: nothing of what was on its way to it stays."""
    for album in Album.objects.unfinished().filter(dossier=dossier).order_by("pk"):
        drop_album(album_id=album.pk, at=at)
    arrival.cancel_about(dossier.pk, at)


def forget_document(evidence: Evidence) -> None:
    """A file that was never filed goes, and the photographs that it was made of go with it."""
    vault.remove(evidence.file)
    for album in Album.objects.filter(evidence=evidence):
        forget_photographs(album)


def forget_photographs(album: Album) -> None:
    """Nobody reads them any more; their bytes are deleted by a job."""
    for page in album.pages.filter(removed_at=None).select_related("file").order_by("position"):
        vault.remove(page.file)
