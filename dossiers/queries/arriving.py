"""Files on their way to a dossier, as the pages of its boxes show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery

from dossiers.models import Album, Dossier
from dossiers.queries.pages import page
from portal.core import clock
from portal.vault.arrival import api as arrival

TOLD_FOR = timedelta(days=1)
_UNFINISHED = (arrival.UploadState.RECEIVING, arrival.UploadState.ASSEMBLING)


@dataclass(frozen=True)
class OnItsWay:
    """One file that is being sent, checked, or that could not be taken."""

    name: str
    percent: int
    state: str
    sentences: tuple[str, ...]
    cancel_url: str

    @property
    def is_receiving(self):
        return self.state == arrival.UploadState.RECEIVING

    @property
    def is_checked(self):
        return self.state == arrival.UploadState.ASSEMBLING


def on_their_way(dossier: Dossier, held: dict[str, list]) -> dict[str, list[OnItsWay]]:
    """What is on its way to each box, oldest first, in one query.

    A file that was refused is told of for a day, until another one is in its box.
    """
    since = clock.now() - TOLD_FOR
    refused = Q(state=arrival.UploadState.FAILED, created_at__gt=since)
    uploads = arrival.Upload.objects.filter(
        Q(state__in=_UNFINISHED) | refused, subject_id=dossier.pk, about__album=False
    )
    found: dict[str, list[OnItsWay]] = {}
    for upload in uploads.order_by("created_at", "pk"):
        rule = upload.about["rule"]
        if not _is_over(upload, held.get(rule, ())):
            found.setdefault(rule, []).append(_shown(dossier, upload))
    return found


def in_album(dossier: Dossier, rule_code: str) -> list[OnItsWay]:
    """The photographs on their way to the album of one box."""
    uploads = arrival.Upload.objects.filter(
        Q(state__in=_UNFINISHED)
        | Q(state=arrival.UploadState.FAILED, created_at__gt=clock.now() - TOLD_FOR),
        subject_id=dossier.pk,
        about__album=True,
        about__rule=rule_code,
    )
    return [_shown(dossier, upload) for upload in uploads.order_by("created_at", "pk")]


def what_was_begun(dossier: Dossier) -> tuple[bool, str | None]:
    """Whether a whole file is still checked, and a box whose photographs wait; in one query."""
    uploads = arrival.Upload.objects.filter(subject_id=OuterRef("pk"))
    begun = Album.objects.unfinished().filter(dossier=OuterRef("pk"))
    waiting = begun.filter(pages__isnull=False, pages__removed_at=None).order_by("pk")
    return (
        Dossier.objects.filter(pk=dossier.pk)
        .values_list(
            Exists(uploads.filter(state=arrival.UploadState.ASSEMBLING)),
            Subquery(waiting.values("rule_code")[:1]),
        )
        .get()
    )


def _is_over(upload, held: Iterable) -> bool:
    """A refusal is over once a file came after it."""
    failed = upload.state == arrival.UploadState.FAILED
    return failed and any(evidence.given_at > upload.created_at for evidence in held)


def _shown(dossier, upload):
    return OnItsWay(
        name=upload.name,
        percent=100 * upload.received // upload.size,
        state=upload.state,
        sentences=tuple(upload.sentences),
        cancel_url=page("upload", dossier.pk, upload.about["rule"], upload.pk),
    )
