"""What a person reads about their dossier: each room declares its sentences and adds lines."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.enums import Role
from portal.core import clock, door, rows
from portal.correspondence.models import Letter, TimelineLine

MANDATARY = "mandatary"
"""The author of what somebody else did for the person, by mandate."""

_sentences: dict[str, tuple] = {}
_NAMES = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Line:
    """A line in the reader's language, as the timeline component shows it."""

    id: UUID
    kind: str
    at: datetime
    title: str
    body: str
    who: str
    by_role: str
    letter_id: UUID | None
    letter_is_ready: bool
    tone: str = ""
    show_time: bool = True
    href: str = ""
    link: str = ""


def declare_lines(sentences: dict) -> None:
    """Teach the timeline its kinds: {kind: sentence} or {kind: (sentence, explanation)}.

    Sentences are lazy French texts with `%(name)s`; called once, in the room's `ready`.
    Raises ValueError when another room already has this kind.
    """
    for kind, sentence in sentences.items():
        declared = sentence if isinstance(sentence, tuple) else (sentence, "")
        if _sentences.setdefault(kind, declared) is not declared:
            raise ValueError(f"two rooms declare the timeline line {kind!r}")


def declared_kinds() -> set[str]:
    """The kinds that may be added, for the test that renders them all."""
    return set(_sentences)


def names_in(kind: str) -> set[str]:
    """What the sentences of a kind name, in the language that is active."""
    return {name for sentence in _sentences[kind] for name in _NAMES.findall(str(sentence))}


def add_line(
    kind: str,
    *,
    dossier_id: UUID,
    applicant_id: int,
    prefecture_code: str | None,
    by_role: str = "",
    params: dict | None = None,
    office: str = "",
    letter: Letter | None = None,
    at: datetime | None = None,
) -> TimelineLine:
    """Add one line in the act's own transaction.

    `params` holds what the sentence names; keys ending in `_on` are ISO days and keys ending
    in `_at` are ISO moments, written out in the reader's language. Raises LookupError for a
    kind that no room declared, or a name that its sentence uses and `params` lacks.
    """
    _check(kind, params)
    by_role, params = _signed(by_role, params)
    line = TimelineLine(
        dossier_id=dossier_id,
        applicant_id=applicant_id,
        prefecture_code=prefecture_code or None,
        kind=kind,
        params=_storable(params or {}),
        office=office,
        by_role=by_role,
        letter=letter,
        at=at or clock.now(),
    )
    rows.insert(line)
    return line


def _signed(by_role, params):
    """What somebody does by mandate for the person is signed with both names."""
    present = door.current()
    if by_role != Role.APPLICANT or present is None or present.behalf is None:
        return by_role, params
    names = {"mandatary": present.behalf.helper, "person": present.behalf.person}
    return MANDATARY, (params or {}) | names


def add_lines(kind: str, drafts: Iterable[TimelineLine], *, by_role: str = "") -> None:
    """Add many lines of one kind by one statement.

    A draft holds its dossier, person, office's code, params and letter. Raises LookupError as
    `add_line` does.
    """
    lines, now = list(drafts), clock.now()
    for line in lines:
        line.kind, line.by_role, line.at = kind, by_role, now
        line.params = _storable(line.params)
    if lines:
        _check(kind, lines[0].params)
        rows.insert_many(lines)


def _check(kind: str, params: dict | None) -> None:
    if kind not in _sentences:
        raise LookupError(f"no room declared the timeline line {kind!r}")
    if missing := names_in(kind) - set(params or {}):
        raise LookupError(f"the timeline line {kind!r} needs {sorted(missing)}")


def _storable(params):
    return {
        name: value.isoformat() if isinstance(value, date) else str(value)
        for name, value in params.items()
    }


def timeline(dossier_id: UUID) -> list[Line]:
    """The lines of a dossier, newest first, in the language that is active."""
    lines = (
        TimelineLine.objects.filter(dossier_id=dossier_id)
        .select_related("letter")
        .order_by("-at", "-id")
    )
    return [_rendered(line) for line in lines]


def latest_lines(dossier_ids) -> dict[UUID, Line]:
    """The newest line of each dossier, in one query."""
    lines = (
        TimelineLine.objects.filter(dossier_id__in=list(dossier_ids))
        .select_related("letter")
        .order_by("dossier_id", "-at", "-id")
        .distinct("dossier_id")
    )
    return {line.dossier_id: _rendered(line) for line in lines}


def _rendered(line):
    # a kind that a later version no longer declares still happened
    title, body = _sentences.get(line.kind, (_("Votre dossier a avancé"), ""))
    params = {name: _readable(name, value) for name, value in line.params.items()}
    letter = line.letter
    return Line(
        id=line.id,
        kind=line.kind,
        at=line.at,
        title=str(title) % params,
        body=str(body) % params,
        who=_author(line),
        by_role=line.by_role,
        letter_id=line.letter_id,
        letter_is_ready=bool(letter and letter.file_id and not letter.revoked_at),
    )


def _readable(name, value):
    if name.endswith("_on"):
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    if name.endswith("_at"):
        return date_format(datetime.fromisoformat(value).astimezone(clock.PARIS), "DATETIME_FORMAT")
    return value


def _author(line):
    """Who acted, by office and never by name: an agent is protected, an office is not.

    A mandatary is named, with the person: the signature of both is the proof of the act.
    """
    if line.by_role == Role.APPLICANT:
        return _("Vous")
    if line.by_role == MANDATARY:
        return _("%(mandatary)s, au nom de %(person)s") % line.params
    if line.office:
        return line.office
    return _("La préfecture") if line.by_role not in {"", "system"} else ""
