"""All that a copy of a dossier holds: what was said, each document, what happened, in words."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from dossiers.catalogue.conditions import prune
from dossiers.models import AlbumPage, Dossier, Evidence, Submission
from dossiers.queries.manifests import named
from dossiers.queries.summary import sections_of
from portal.core import clock
from portal.core.archives import safe_part
from portal.core.errors import Sentence
from portal.correspondence import api as correspondence
from portal.vault import api as vault

MOST_IN_SUMMARY = 200


@dataclass(frozen=True)
class Paper:
    """A document of the copy: its vault row, its name in the archive, what it is in words."""

    stored: vault.StoredFile
    name: str
    label: str


@dataclass(frozen=True)
class LeftOut:
    """A document that the copy does not hold, and why."""

    label: str
    reason: Sentence


@dataclass(frozen=True)
class Contents:
    """What the copy will hold; `summary` is what its first page says."""

    title: str
    texts: tuple[tuple[str, str], ...]
    papers: tuple[Paper, ...]
    left_out: tuple[LeftOut, ...]
    summary: dict

    @property
    def size(self) -> int:
        """How many bytes the documents are."""
        return sum(paper.stored.size for paper in self.papers)


def contents_of(dossier: Dossier, language: str) -> Contents:
    """Everything of a dossier, as it is now, in the language that is active."""
    papers, left_out = _documents(dossier, language)
    submissions = list(dossier.submissions.order_by("number"))
    lines = correspondence.timeline(dossier.pk)
    title = dossier.procedure.title.get(language)
    answers = submissions[-1].answers if submissions else dossier.answers
    return Contents(
        title=title,
        texts=(*_answers(dossier, submissions, language), (_timeline_name(), _told(lines))),
        papers=tuple(papers),
        left_out=tuple(left_out),
        summary={
            "procedure": title,
            "dossier_number": dossier.number or "",
            "filings": [{"number": s.number, "at": moment(s.filed_at)} for s in submissions],
            "withdrawn_text": moment(dossier.withdrawn_at) if dossier.withdrawn_at else "",
            "sections": sections_of(dossier.procedure, prune(dossier.procedure, answers), language),
            "papers": papers,
            "lines": lines[:MOST_IN_SUMMARY],
        },
    )


def moment(at: datetime) -> str:
    """A moment in words, at the legal hour."""
    return date_format(at.astimezone(clock.PARIS), "DATETIME_FORMAT")


def _timeline_name():
    return safe_part(_("chronologie")) + ".txt"


def _told(lines: Iterable[correspondence.Line]) -> str:
    """The timeline, oldest line first."""
    told = []
    for line in reversed(list(lines)):
        who = f" ({line.who})" if line.who else ""
        told.append(
            "\n".join(part for part in (f"{moment(line.at)}{who}", line.title, line.body) if part)
        )
    return "\n\n".join(told or [_("Rien n’est encore écrit ici.")]) + "\n"


def _answers(dossier, submissions, language):
    folder = safe_part(_("réponses"))
    for one in submissions:
        name = safe_part(_("dépôt %(number)s") % {"number": one.number})
        yield f"{folder}/{name}.json", _as_json(_version(dossier, one, language))
    if dossier.is_draft:
        draft = {
            "draft": True,
            "procedure": dossier.procedure_code,
            "updated_at": dossier.updated_at,
            "answers": dossier.answers,
            "not_understood": dossier.raw_answers,
            "in_words": _in_words(dossier, dossier.answers, language),
        }
        name = safe_part(_("brouillon"))
        yield f"{folder}/{name}.json", _as_json(draft)


def _version(dossier: Dossier, submission: Submission, language: str) -> dict:
    """What was filed, as it was filed. Agents are offices: no name of theirs."""
    return {
        "number": submission.number,
        "dossier": dossier.number,
        "procedure": dossier.procedure_code,
        "filed_at": submission.filed_at,
        "language": submission.language,
        "channel": submission.channel,
        "corrected_by_the_office": submission.is_correction,
        "sworn_text": submission.sworn_text,
        "answers": submission.answers,
        "documents": [
            {key: entry.get(key) for key in ("rule", "name", "content_type", "size", "sha256")}
            for entry in named(submission.evidence)
        ],
        "in_words": _in_words(dossier, submission.answers, language),
    }


def _in_words(dossier, answers, language):
    sections = sections_of(dossier.procedure, prune(dossier.procedure, answers), language)
    return [
        {"page": one.title, "answers": [{"question": q, "answer": a} for q, a in one.rows]}
        for one in sections
    ]


def _as_json(said: dict) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2, default=_written) + "\n"


def _written(value):
    if isinstance(value, datetime):
        return value.astimezone(clock.PARIS).isoformat()
    return str(value)


def _documents(dossier, language):
    """Each kept file with its name in the archive; apart, those not given, and why."""
    places = _places(dossier, language)
    letters = {letter.pk: letter for letter in _letters(dossier)}
    titles = {letter.file_id: letter for letter in letters.values() if letter.file_id}
    papers, left_out = [], []
    kept = vault.StoredFile.objects.about(dossier.pk).exclude(kind=vault.FileKind.EXPORT)
    for stored in kept.filter(applicant_id=dossier.applicant_id):
        folder, label = places.get(stored.pk) or (_("documents"), _("Document"))
        if stored.kind == vault.FileKind.LETTER:
            letter = titles.get(stored.pk)
            folder, label = _("courriers"), letter.title if letter else _("Courrier")
        reason = _why_not(stored, titles)
        if reason:
            left_out.append(LeftOut(f"{label} – {stored.original_name}", reason))
            continue
        number = 1 + sum(paper.name.startswith(f"{folder}/") for paper in papers)
        name = safe_part(f"{number:02} {label[:60]} - {stored.original_name}")
        papers.append(Paper(stored, f"{folder}/{name}", label))
    left_out += [
        LeftOut(
            letter.title,
            _("Ce courrier est en préparation. Demandez une nouvelle copie plus tard."),
        )
        for letter in letters.values()
        if not letter.file_id
    ]
    return papers, left_out


def _why_not(stored, titles) -> str:
    """Why a document is not given back; an empty text when it is."""
    if stored.scan_state == vault.ScanState.INFECTED:
        return _("Ce fichier contient un virus. Nous l’avons mis à l’écart et ne le rendons pas.")
    if stored.is_held_back:
        return _("Ce fichier ne peut pas être lu. Il est mis à l’écart.")
    if stored.kind == vault.FileKind.LETTER and stored.pk not in titles:
        return _("L’administration a repris ce courrier.")
    return ""


def _places(dossier, language) -> dict[UUID, tuple[str, str]]:
    """In which folder each paper goes, and what it is: in its box, or a photograph of one."""
    labels = {rule.code: rule.label.get(language) for rule in dossier.procedure.evidence}
    boxes = Evidence.objects.filter(dossier=dossier).values_list("file_id", "rule_code")
    photographs = AlbumPage.objects.filter(dossier=dossier)
    pages = photographs.values_list("file_id", "album__rule_code")
    return {
        **{pk: (_("photos"), labels.get(code, code)) for pk, code in pages},
        **{pk: (_("documents"), labels.get(code, code)) for pk, code in boxes},
    }


@dataclass(frozen=True)
class _LetterFile:
    pk: UUID
    title: str
    file_id: UUID | None


def _letters(dossier):
    """The letters that stand, with their file once it is made."""
    files = dict(
        correspondence.Letter.objects.filter(dossier_id=dossier.pk, revoked_at=None).values_list(
            "pk", "file_id"
        )
    )
    return [
        _LetterFile(one.id, one.title, files.get(one.id))
        for one in correspondence.letters_of(dossier.pk)
    ]


@dataclass(frozen=True)
class ExportView:
    """What the page of the copy shows."""

    export_id: UUID | None
    is_making: bool
    percent: int
    is_ready: bool
    has_failed: bool
    asked_at: datetime | None
    ends_at: datetime | None
    size: int


def export_view(dossier: Dossier, at: datetime) -> ExportView:
    """The copy that is made, or may be taken; one query."""
    newest = dossier.exports.of_dossier(dossier).exclude(state="replaced").select_related("file")
    found = list(newest[:2])
    latest = found[0] if found else None
    ready = next((one for one in found if one.state == "ready"), None)
    file = ready.file if ready and _may_be_taken(ready.file, at) else None
    done = 100 * latest.bytes_done // max(latest.bytes_in_all, 1) if latest else 0
    return ExportView(
        export_id=ready.pk if file else None,
        is_making=bool(latest) and latest.state == "making",
        percent=done,
        is_ready=file is not None,
        has_failed=bool(latest) and latest.state == "failed",
        asked_at=latest.asked_at if latest else None,
        ends_at=file.ends_at if file else None,
        size=file.size if file else 0,
    )


def _may_be_taken(file, at):
    return file.removed_at is None and file.ends_at > at
