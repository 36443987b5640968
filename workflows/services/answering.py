"""A reasoned answer on its way: written by one person, then signed or sent back by another."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from portal.accounts.api import User
from workflows import rules
from workflows.models import Case
from workflows.models.answer import ReasonedAnswer
from workflows.services.moves import MoveRefused

_WRITTEN = [
    "grounds_law",
    "grounds_fact",
    "written_by",
    "written_at",
    "sent_back_by",
    "sent_back_at",
    "sent_back_note",
]


def put_in_words(
    answer: ReasonedAnswer, *, grounds_law: str, grounds_fact: str, actor: User, at: datetime
) -> None:
    """Keep the reasons that somebody writes; the caller holds the row. Nothing is sent yet."""
    answer.grounds_law, answer.grounds_fact = grounds_law, grounds_fact
    answer.written_by, answer.written_at = actor, at
    answer.sent_back_by, answer.sent_back_at, answer.sent_back_note = None, None, ""
    answer.save(update_fields=_WRITTEN)


def check_second_person(
    case: Case, answer: ReasonedAnswer, *, actor: User, seen: datetime | None
) -> None:
    """Whoever signs or sends back has read what stands, and has not written it.

    `seen` is when the reasons that were read had been written. Raises PermissionDenied,
    MoveRefused when they were written again, or sent back, since.
    """
    if not rules.may_sign_reasons(case, actor) or answer.written_by_id == actor.pk:
        raise PermissionDenied("second_person")
    if not answer.waits_for_signature or answer.written_at != seen:
        raise MoveRefused(
            _("Les motifs ont changé depuis que vous les avez lus. Rien n’est parti : relisez-les.")
        )


def put_back(answer: ReasonedAnswer, *, note: str, actor: User, at: datetime) -> None:
    """Keep why the second person does not sign; what was written stays, to be put right."""
    answer.sent_back_by, answer.sent_back_at, answer.sent_back_note = actor, at, note
    answer.save(update_fields=["sent_back_by", "sent_back_at", "sent_back_note"])
