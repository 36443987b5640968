"""What ends a couple's link from outside, and how the other person is told."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from dossiers.enums import LinkEnd
from dossiers.models import Dossier, DossierLink
from dossiers.services import telling
from portal.core import journal
from portal.core.jobs import enqueue

BEGUN, ENDED = "couple_linked", "couple_ended"
"""What there is to tell: lines of the timeline, mails, and the marks of the job."""
_MARKS = {BEGUN: "beginning_told_at", ENDED: "end_told_at"}


def end_with(dossier: Dossier) -> None:
    """A dossier is over: its link ends, its code is worth nothing. Twice ends once.

    The database refuses that a link outlives a dossier that was given up. Of an office's acts,
    this reaches the links of its own dossiers alone.
    """
    with connection.cursor() as cursor:
        cursor.execute("select dossiers_end_link_with(%s)", [dossier.pk])
        ended = cursor.fetchone()[0]
    if ended is not None:
        note("couple.ended", ended, dossier, by=str(LinkEnd.SYSTEM))
        tell_later(ENDED, ended, dossier)


def tell_later(kind: str, link_id: UUID, by: Dossier) -> None:
    """A job tells the person of the other dossier: whose rows these are not to write."""
    enqueue("dossiers.tell_couple", kind=kind, link_id=str(link_id), by=str(by.pk))


def tell(*, kind: str, link_id: UUID, by: UUID, at: datetime) -> None:
    """Tell the person on the other side than `by` that a link began, or ended. Twice tells once.

    Never why it ended. A beginning that is over is not told any more.
    """
    found = DossierLink.objects.select_for_update(of=("self",)).filter(pk=link_id)
    link = found.select_related("first_dossier__applicant", "second_dossier__applicant").first()
    if link is None or link.second_dossier is None or getattr(link, _MARKS[kind]) is not None:
        return
    if kind == BEGUN and link.ended_at is not None:
        return
    setattr(link, _MARKS[kind], at)
    link.save(update_fields=[_MARKS[kind]])
    other = link.second_dossier if link.first_dossier_id == by else link.first_dossier
    if other.withdrawn_at is None:
        telling.add_line(other, kind, by_role="")
        telling.mail(other, kind)


def note(act: str, link_id: UUID, dossier: Dossier, **facts) -> None:
    """One line in the journal of the dossier whose person, or whose end, acts."""
    journal.record(
        act,
        subject_type="dossier_link",
        subject_id=link_id,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts=facts,
    )
