"""Ending help at the counter: whoever files, stops or discards ends it in the same act."""

from datetime import datetime

from django.db import transaction

from dossiers.enums import AssistanceEnd
from dossiers.models import AssistedSession, Dossier
from portal.accounts.enums import Role
from portal.core import journal
from portal.territory import api as territory
from portal.vault import api as vault

READER = [Role.COUNTER_AGENT.value]
"""Who may open the files of a draft while it is filled at the counter."""


def office_of(session: AssistedSession) -> str:
    """The office where the help is given, as the person reads it."""
    return territory.prefecture(session.prefecture_code).name


def open_files(session: AssistedSession) -> None:
    """Let the counter read what is given now; row security keeps it to the one agent."""
    vault.grant_access(session.dossier_id, session.prefecture_code, READER, reason="assistance")


def close_files(dossier: Dossier) -> None:
    """Take it back; to be done before the review receives its own access."""
    for session in AssistedSession.objects.filter(dossier=dossier).running().order_by("pk"):
        vault.revoke_access(dossier.pk, session.prefecture_code)


@transaction.atomic
def end_running(
    dossier: Dossier, *, why: AssistanceEnd, at: datetime, number: str = ""
) -> AssistedSession | None:
    """End the help that is open on this draft, if any; twice ends it once.

    Only a filing typed by the agent gives them its number.
    """
    session = AssistedSession.objects.filter(dossier=dossier).running().first()
    if session is None:
        return None
    expired = session.until <= at
    session.ended_at = session.until if expired else at
    session.ended_why = AssistanceEnd.EXPIRED if expired else why
    if why == AssistanceEnd.FILED and not expired:
        session.filed_number = number
    session.save(update_fields=["ended_at", "ended_why", "filed_number"])
    journal.record(
        "assistance.ended",
        subject_type="assistance",
        subject_id=session.pk,
        dossier_id=dossier.pk,
        prefecture=session.prefecture_code,
        facts={"why": str(session.ended_why)},
    )
    return session
