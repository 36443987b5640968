"""The journal's door: every act and every read of a personal document leaves a line."""

from collections.abc import Sequence
from dataclasses import dataclass
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
    the door. What a mandatary does says also for whom, and by which mandate.
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
            facts=(facts or {}) | _for_whom(present.behalf),
        )
    )


def _for_whom(behalf: door.Behalf | None) -> dict:
    if behalf is None:
        return {}
    return {"mandate": str(behalf.mandate_id), "on_behalf_of": behalf.person_id}


@dataclass(frozen=True, slots=True)
class Line:
    """What one line of many says of its own."""

    subject_id: str
    dossier_id: UUID | None = None
    facts: dict | None = None


def record_many(
    act: str, lines: Sequence[Line], *, chain: str, subject_type: str, prefecture: str = ""
) -> None:
    """Write the lines of a run in the present transaction, by one statement.

    They form one chain of their own, which begins with "run:": a run that wrote in the chain of
    each dossier would hold thousands of them shut until its end. `broken_at` of a dossier looks
    at these chains too. Only background work may name a chain; the database ignores others.
    """
    present = door.current()
    if present is None:
        raise RuntimeError("An act without its actor cannot be written in the journal.")
    written = [
        JournalLine(
            actor_id=present.actor_id,
            act=act,
            subject_type=subject_type,
            subject_id=str(line.subject_id),
            dossier_id=line.dossier_id,
            prefecture_code=prefecture,
            facts=line.facts or {},
        )
        for line in lines
    ]
    with connection.cursor() as cursor:
        cursor.execute(_NAME_CHAIN, [chain])
        rows.insert_many(written, reads=False)
        cursor.execute(_NAME_CHAIN, [""])


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


_NAME_CHAIN = "select set_config('portal.journal_chain', %s, true)"
_RUNS_OF_A_DOSSIER = """
select distinct chain from core_journalline
where dossier_id = %s and chain like 'run:%%' order by chain
"""
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
    """The first position at which a chain was tampered with, or None when it is whole.

    The chain of a dossier is whole when those of the runs that wrote about it are, too.
    """
    with connection.cursor() as cursor:
        chains = [str(chain)]
        if ":" not in chains[0]:
            cursor.execute(_RUNS_OF_A_DOSSIER, chains)
            chains += [name for (name,) in cursor.fetchall()]
        for name in chains:
            cursor.execute(_VERIFY, [name])
            row = cursor.fetchone()
            if row:
                return row[0]
    return None
