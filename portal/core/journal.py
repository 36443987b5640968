"""The journal's door: every act and every read of a personal document leaves a line."""

from uuid import UUID

from django.db import connection

from portal.core import door, rows
from portal.core.models import JournalLine


def record(
    act: str,
    *,
    subject_type: str,
    subject_id,
    dossier_id: UUID | None = None,
    prefecture: str = "",
    facts: dict | None = None,
) -> None:
    """Write one line in the present transaction: no line, no act.

    `facts` holds codes and identifiers, never a personal value. Raises RuntimeError outside
    the door.
    """
    present = door.current()
    if present is None:
        raise RuntimeError("An act without its actor cannot be written in the journal.")
    # asks nothing back: the web role may add a line without reading the chain
    rows.insert_unread(
        JournalLine(
            actor_id=present.actor_id,
            act=act,
            subject_type=subject_type,
            subject_id=str(subject_id),
            dossier_id=dossier_id,
            prefecture_code=prefecture or "",
            facts=facts or {},
        )
    )


def record_refusal(request) -> None:
    """Write that a page or an act was refused; called when the view's savepoint is gone."""
    match = request.resolver_match
    if door.current() is None or match is None:
        return
    objects = {name: str(value)[:64] for name, value in match.kwargs.items()}
    record(
        "access.refused",
        subject_type="url",
        subject_id=(match.view_name or "")[:64],
        facts={"method": request.method, **objects},
    )


_VERIFY = """
select position from (
    select position, digest,
        encode(sha256(convert_to(concat_ws('|',
            coalesce(lag(digest) over (order by position), ''), position,
            extract(epoch from at), actor_id, prefecture_code, act, subject_type,
            subject_id, dossier_id, facts::text), 'UTF8')), 'hex') as expected,
        row_number() over (order by position) as rank
    from core_journalline where chain = %s) as lines
where digest <> expected or position <> rank order by position limit 1
"""


def broken_at(chain: str) -> int | None:
    """The first position at which a chain was tampered with, or None when it is whole."""
    with connection.cursor() as cursor:
        cursor.execute(_VERIFY, [str(chain)])
        row = cursor.fetchone()
    return row[0] if row else None
