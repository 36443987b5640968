"""Several photographs that become one document: added, put in order, turned, then bound."""

from datetime import datetime
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers.enums import AlbumState
from dossiers.models import Album, AlbumPage, Dossier
from dossiers.models.album import MOST_PAGES
from dossiers.services import evidence as boxes
from dossiers.services.drafting import lock_own
from portal.core import journal
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.vault import api as vault
from portal.vault import binding

QUARTER = 90


class AlbumRefused(DomainRefusal):
    """The album stays as it was."""


def pages_of(album: Album):
    """The pages that the document will have, in their order."""
    return album.pages.filter(removed_at=None).order_by("position").select_related("file")


@transaction.atomic
def add_page(*, dossier_id: UUID, applicant, rule_code: str, kept, at: datetime) -> AlbumPage:
    """Put a kept photograph at the end of the box's album, which it begins when it is the first.

    Raises DossierClosed, EvidenceRefused or AlbumRefused: the caller then discards the bytes.
    """
    dossier = lock_own(dossier_id, applicant)
    boxes.refuse_unless_box_open(dossier, rule_code)
    album, _is_new = Album.objects.unfinished().get_or_create(
        dossier=dossier, rule_code=rule_code, defaults={"applicant_id": dossier.applicant_id}
    )
    _refuse_unless_open(album)
    last = pages_of(album).last()
    if last is not None and last.position >= MOST_PAGES:
        raise AlbumRefused(
            _("Ce document a déjà %(count)s pages, le maximum.") % {"count": MOST_PAGES}
        )
    stored = vault.register(
        kept,
        subject_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
    )
    if not stored.content_type.startswith("image/"):
        raise AlbumRefused(
            _(
                "Ce fichier n’est pas une photo. Ajoutez un PDF sur la page de la pièce, "
                "comme un document à lui seul."
            )
        )
    page = AlbumPage.objects.create(
        album=album,
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        file=stored,
        position=last.position + 1 if last else 1,
    )
    _record("album.page_added", album)
    return page


@transaction.atomic
def move_page(*, album_id: UUID, page_id: UUID, by: int) -> None:
    """Let a page change places with the one before (-1) or after (+1); at an end, nothing."""
    album = _lock_open(album_id)
    page = album.pages.get(pk=page_id, removed_at=None)
    other = pages_of(album).filter(position=page.position + by).first()
    if other is None:
        return
    page.position, other.position = other.position, page.position
    page.save(update_fields=["position"])
    other.save(update_fields=["position"])


@transaction.atomic
def turn_page(*, album_id: UUID, page_id: UUID) -> None:
    """Turn a page by a quarter, clockwise."""
    page = _lock_open(album_id).pages.get(pk=page_id, removed_at=None)
    page.turn = (page.turn + QUARTER) % 360
    page.save(update_fields=["turn"])


@transaction.atomic
def remove_page(*, album_id: UUID, page_id: UUID, at: datetime) -> None:
    """Take a page out, the others closing up. Taking it out twice does it once."""
    album = _lock_open(album_id)
    page = album.pages.select_related("file").get(pk=page_id)
    if page.removed_at is not None:
        return
    page.removed_at = at
    page.save(update_fields=["removed_at"])
    pages_of(album).filter(position__gt=page.position).update(position=F("position") - 1)
    vault.remove(page.file)


@transaction.atomic
def ask_document(*, album_id: UUID, language: str) -> None:
    """The person is done: a job binds the pages. Asking twice asks once. Raises AlbumRefused."""
    album = _lock(album_id)
    if album.state != AlbumState.OPEN:
        return
    if not pages_of(album).exists():
        raise AlbumRefused(_("Ajoutez au moins une photo avant de terminer."))
    album.state, album.sentences = AlbumState.MAKING, []
    album.save(update_fields=["state", "sentences"])
    enqueue("dossiers.bind_album", album_id=str(album.pk), language=language)


@transaction.atomic
def reopen(*, album_id: UUID) -> None:
    """Take an album back from its making, to change it."""
    album = _lock(album_id)
    if album.state == AlbumState.MAKING:
        album.state = AlbumState.OPEN
        album.save(update_fields=["state"])


def bind_album(album_id: UUID, language: str, opened) -> None:
    """Make the document of an album and put it in its box. Running it twice puts one.

    What cannot be bound, or finds its box closed, opens the album again with the reason. Raises
    StorageDown, to be tried again.
    """
    with opened():
        album = Album.objects.filter(pk=album_id, state=AlbumState.MAKING).first()
        pages = list(pages_of(album)) if album else []
    if album is None:
        return
    with translation.override(language):
        try:
            _bind(album, pages, language, opened)
        except DomainRefusal as refusal:
            if isinstance(refusal.__cause__, vault.StorageDown):
                raise refusal.__cause__ from refusal
            with opened():
                Album.objects.filter(pk=album_id, state=AlbumState.MAKING).update(
                    state=AlbumState.OPEN, sentences=refusal.reasons
                )


def _bind(album, pages, language, opened):
    try:
        bound = binding.bind(
            (vault.open_file(page.file), page.file.content_type, page.turn) for page in pages
        )
    except binding.UnbindablePage as error:
        raise AlbumRefused(
            _("La photo de la page %(page)s est illisible. Retirez-la, puis reprenez-la.")
            % {"page": error.place}
        ) from error
    with opened():
        dossier = Dossier.objects.select_related("applicant").get(pk=album.dossier_id)
        label = dossier.procedure.evidence_rule(album.rule_code).label.get(language)
    kept = vault.keep(ContentFile(bound, name=f"{label}.pdf"), subject_id=dossier.pk)
    written = False
    try:
        with opened() as act:
            written = _put_in_box(album, dossier, kept, act.now)
    finally:
        if not written:
            vault.discard(kept)


def _put_in_box(album, dossier, kept, at):
    lock_own(dossier.pk, dossier.applicant)
    album = _lock(album.pk)
    if album.state != AlbumState.MAKING:
        return False
    evidence = boxes.add_evidence(
        dossier_id=dossier.pk,
        applicant=dossier.applicant,
        rule_code=album.rule_code,
        kept=kept,
        at=at,
    )
    album.state, album.evidence, album.ended_at = AlbumState.DONE, evidence, at
    album.save(update_fields=["state", "evidence", "ended_at"])
    return True


def _lock(album_id):
    return Album.objects.select_for_update(of=("self",)).get(pk=album_id)


def _lock_open(album_id):
    album = _lock(album_id)
    _refuse_unless_open(album)
    return album


def _refuse_unless_open(album):
    if album.state != AlbumState.OPEN:
        raise AlbumRefused(
            _("Le document est en préparation : ses pages ne changent plus pour le moment.")
        )


def _record(act, album):
    journal.record(
        act,
        subject_type="album",
        subject_id=album.pk,
        dossier_id=album.dossier_id,
        prefecture=album.dossier.prefecture_code or "",
        facts={"rule": album.rule_code},
    )
