"""What changed from one filing to another: answers before and after, documents come and gone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dossiers.catalogue.conditions import shown
from dossiers.catalogue.schema import Procedure
from dossiers.enums import OTHER_DOCUMENT
from dossiers.models import CompletionRequest, Dossier, Submission
from dossiers.queries.answers import short_language, show
from dossiers.queries.manifests import gone_among


@dataclass(frozen=True)
class AnswerChange:
    """One answer in words; an empty text where there was none, or is none any more."""

    name: str
    step: str
    section: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class DocumentChange:
    """One document that came, went, or took the place of another."""

    label: str
    added: str
    removed: str
    file_id: str = ""

    @property
    def words(self) -> str:
        if self.added and self.removed:
            return _("remplacée : %(old)s → %(new)s") % {"old": self.removed, "new": self.added}
        if self.added:
            return _("ajoutée : %(new)s") % {"new": self.added}
        return _("retirée : %(old)s") % {"old": self.removed}


@dataclass(frozen=True)
class Difference:
    """Everything that changed between two filings; nothing when they say the same."""

    answers: tuple[AnswerChange, ...]
    documents: tuple[DocumentChange, ...]

    def __bool__(self):
        return bool(self.answers or self.documents)


@dataclass(frozen=True)
class Version:
    """One filing: when, why, and what it changed in the one before."""

    number: int
    filed_at: datetime
    why: str
    is_correction: bool
    difference: Difference | None


Filed = tuple[Mapping, Sequence[Mapping]]
"""The answers of a filing and its list of files."""


def difference(
    procedure: Procedure,
    older: Submission,
    newer: Submission,
    language: str | None = None,
    gone: Mapping[str, str] | None = None,
) -> Difference:
    """What `newer` says otherwise than `older`, in the words of the page's language."""
    return compare(
        procedure,
        (older.answers, older.evidence),
        (newer.answers, newer.evidence),
        language,
        gone,
    )


def compare(
    procedure: Procedure,
    older: Filed,
    newer: Filed,
    language: str | None = None,
    gone: Mapping[str, str] | None = None,
) -> Difference:
    """The same of what is not filed yet. `gone` are the files that are gone, when already read."""
    language = language or short_language()
    return Difference(
        answers=tuple(_answers(procedure, older[0], newer[0], language)),
        documents=tuple(_documents(procedure, older[1], newer[1], language, gone)),
    )


def versions_of(
    dossier: Dossier, submissions: Sequence[Submission] | None = None, language: str | None = None
) -> list[Version]:
    """Every filing, newest first, each with what it changed."""
    language = language or short_language()
    if submissions is None:
        submissions = list(dossier.submissions.order_by("number"))
    answered = set(
        CompletionRequest.objects.filter(dossier=dossier, answer_submission__isnull=False)
        .values_list("answer_submission", flat=True)
        .order_by("answer_submission")
    )
    before = [None, *submissions]
    gone = gone_among(_changed(submissions))
    return [
        Version(
            number=filing.number,
            filed_at=filing.filed_at,
            why=_why(filing, answered),
            is_correction=filing.is_correction,
            difference=(
                difference(dossier.procedure, older, filing, language, gone) if older else None
            ),
        )
        for older, filing in reversed(list(zip(before, submissions, strict=False)))
    ]


def label_of_box(procedure: Procedure, code: str, language: str, note: str = "") -> str:
    """What a box is called; of a document that nobody asked for, what its person says it is."""
    if code == OTHER_DOCUMENT:
        return _("Autre document : %(note)s") % {"note": note} if note else _("Autre document")
    return procedure.evidence_rule(code).label.get(language)


def _why(filing, answered) -> str:
    if filing.number == 1:
        return _("Dépôt de la demande")
    if filing.is_correction:
        return _("Correction par la préfecture")
    if filing.number in answered:
        return _("Complément demandé par la préfecture")
    return _("Modification par la personne")


def _answers(procedure, older, newer, language):
    before, after = (
        {
            field.name: found.answers.get(field.name)
            for _s, fields in found.pages
            for field in fields
        }
        for found in (shown(procedure, older), shown(procedure, newer))
    )
    for step in procedure.steps:
        for field in step.fields:
            old, new = before.get(field.name), after.get(field.name)
            if old == new:
                continue
            yield AnswerChange(
                name=field.name,
                step=step.code,
                section=step.title.get(language),
                label=field.label.get(language),
                before=show(field, old, language),
                after=show(field, new, language),
            )


def _changed(submissions):
    """The files that some of these filings list and others do not."""
    found = {entry["evidence"]: entry for one in submissions for entry in one.evidence}
    for one in submissions:
        listed = {entry["evidence"] for entry in one.evidence}
        yield from (entry for pk, entry in found.items() if pk not in listed)


def _documents(procedure, older, newer, language, lost):
    kept = {entry["evidence"] for entry in older} & {entry["evidence"] for entry in newer}
    if lost is None:
        lost = gone_among(entry for entry in (*older, *newer) if entry["evidence"] not in kept)
    gone, come = _by_rule(older, kept, lost), _by_rule(newer, kept, lost)
    places = {rule.code: place for place, rule in enumerate(procedure.evidence)}
    for code in sorted({*gone, *come}, key=lambda code: places.get(code, len(places))):
        old, new = gone.get(code, []), come.get(code, [])
        if code == OTHER_DOCUMENT:
            yield from (_document(procedure, code, None, one, language) for one in new)
            yield from (_document(procedure, code, one, None, language) for one in old)
            continue
        for place in range(max(len(old), len(new))):
            yield _document(procedure, code, _at(old, place), _at(new, place), language)


def _document(procedure, code, old, new, language):
    note = (new or old).get("note", "")
    return DocumentChange(
        label=label_of_box(procedure, code, language, note),
        added=new["name"] if new else "",
        removed=old["name"] if old else "",
        file_id=new["file"] if new and not new["gone"] else "",
    )


def _by_rule(entries, kept, lost):
    found: dict[str, list] = {}
    for entry in entries:
        if entry["evidence"] not in kept:
            gone = lost.get(entry["file"])
            shown_as = {**entry, "name": gone or entry["name"], "gone": bool(gone)}
            found.setdefault(entry["rule"], []).append(shown_as)
    return found


def _at(entries, place):
    return entries[place] if place < len(entries) else None
