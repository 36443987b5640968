"""Letters as a person finds them again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext as _

from portal.core import door
from portal.core.errors import DomainRefusal
from portal.correspondence.models import Letter
from portal.correspondence.services import letter_title
from portal.vault.api import StoredFile, may_read


@dataclass(frozen=True)
class LetterView:
    """A letter in a list: ready once its PDF is kept."""

    id: UUID
    kind: str
    title: str
    language: str
    issued_at: datetime
    is_ready: bool
    size: int


def letters_of(dossier_id: UUID) -> list[LetterView]:
    """The letters of a dossier that stand, newest first, titled in the active language."""
    letters = (
        Letter.objects.filter(dossier_id=dossier_id, revoked_at=None)
        .select_related("file")
        .order_by("-issued_at", "-id")
    )
    return [
        LetterView(
            id=letter.pk,
            kind=letter.kind,
            title=letter_title(letter),
            language=letter.language,
            issued_at=letter.issued_at,
            is_ready=letter.file is not None,
            size=letter.file.size if letter.file else 0,
        )
        for letter in letters
    ]


@dataclass(frozen=True)
class Call:
    """Where and when a letter that stands calls its person."""

    starts_at: datetime
    place: str


def call_to_come(dossier_id: UUID, *, after: datetime) -> Call | None:
    """The next moment for which a letter that stands calls the person, None without one.

    A letter that calls somebody says it in its context: `starts_at` and `site_name`.
    """
    letters = Letter.objects.filter(
        dossier_id=dossier_id, revoked_at=None, context__has_keys=["starts_at", "site_name"]
    )
    calls = [
        Call(datetime.fromisoformat(said["starts_at"]), said["site_name"])
        for said in letters.order_by("pk").values_list("context", flat=True)
    ]
    coming = [call for call in calls if call.starts_at > after]
    return min(coming, key=lambda call: call.starts_at, default=None)


def letter_file(letter_id: UUID, user) -> StoredFile:
    """The file of a letter that this person may read, to give to `vault.api.serve`.

    Raises Http404 when it is not theirs or was taken back, DomainRefusal while it is made.
    """
    letter = Letter.objects.filter(pk=letter_id, revoked_at=None).select_related("file").first()
    if letter is None:
        raise Http404
    if letter.file is None:
        if letter.applicant_id not in _read_for(user):
            raise Http404
        raise DomainRefusal(_("Ce courrier est en préparation. Revenez dans quelques minutes."))
    if not may_read(letter.file, user):
        raise Http404
    return letter.file


def _read_for(user) -> set[int]:
    """In whose name a letter is waited for here: the reader's, and that of whoever they act for."""
    act = door.current()
    behalf = act.behalf if act else None
    return {user.pk, behalf.person_id} if behalf else {user.pk}
