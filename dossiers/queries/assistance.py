"""Help at the counter, as the agent, the person and the review see it."""

import datetime as dt
from uuid import UUID

from django.db import connection

from dossiers.models import AssistedSession, Dossier

SHOWN_FOR = dt.timedelta(hours=12)


def typists_of(dossier_id: UUID) -> list[int]:
    """Every agent who ever opened this draft at a counter, whoever asks."""
    with connection.cursor() as cursor:
        cursor.execute("select dossiers_typists(%s)", [dossier_id])
        return cursor.fetchone()[0]


def open_session_of(agent, at) -> AssistedSession | None:
    """The help that this agent gives now, None without one; one agent helps one person."""
    return AssistedSession.objects.filter(agent=agent).open_at(at).first()


def open_session_on(dossier: Dossier, at) -> AssistedSession | None:
    """The help that its person receives now on this draft, None without one."""
    if not dossier.is_draft:
        return None
    return AssistedSession.objects.filter(dossier=dossier).open_at(at).first()


def filed_today(agent, dossier_id: UUID, at) -> AssistedSession | None:
    """What this agent filed for a person in the last hours: its number may still be printed."""
    mine = AssistedSession.objects.filter(agent=agent, dossier=dossier_id, ended_why="filed")
    return mine.exclude(filed_number="").filter(ended_at__gt=at - SHOWN_FOR).first()


def latest_of(agent, at) -> list[AssistedSession]:
    """What this agent did at the counter in the last hours, newest first."""
    mine = AssistedSession.objects.filter(agent=agent, opened_at__gt=at - SHOWN_FOR)
    return list(mine.order_by("-opened_at", "pk"))


def masked(email: str) -> str:
    """Enough of an address for its person to say that it is theirs, and no more."""
    local, _sign, domain = email.partition("@")
    return f"{local[:1]}•••@{domain}"
