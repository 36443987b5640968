"""A completion request in words: for the person who answers, and for the agent who reads."""

from dataclasses import dataclass
from uuid import UUID

from dossiers.catalogue.reasons import reason_words
from dossiers.enums import ItemKind
from dossiers.models import CompletionItem, CompletionRequest, Dossier, Evidence
from dossiers.queries.answers import short_language, show


@dataclass(frozen=True)
class ItemWords:
    """One item asked again, in the reader's language."""

    item: CompletionItem
    label: str
    why: tuple[str, ...]
    example: str

    @property
    def state(self):
        return self.item.state

    @property
    def is_evidence(self):
        return self.item.kind == ItemKind.EVIDENCE


@dataclass(frozen=True)
class ItemAnswer:
    """What was asked, and beside it what was there before and what came."""

    words: ItemWords
    before: str
    after: str
    files_before: tuple
    files_after: tuple

    @property
    def item(self):
        return self.words.item


def label_of(procedure, item, language: str) -> str:
    """The question or the box, as the procedure names it."""
    if item.kind == ItemKind.EVIDENCE:
        return procedure.evidence_rule(item.code).label.get(language)
    return procedure.field(item.code).label.get(language)


def words_of(procedure, item: CompletionItem, language: str) -> ItemWords:
    """An item with its label, the reasons said of it, and an example of a good one."""
    return ItemWords(
        item=item,
        label=label_of(procedure, item, language),
        why=tuple(filter(None, [reason_words(item.reason_code, language), item.why])),
        example=item.example,
    )


def items_in_words(
    dossier: Dossier, request: CompletionRequest, language: str | None = None
) -> list[ItemWords]:
    """Every item of a request: what stops the examination first, then the order of the form."""
    language = language or short_language()
    procedure = dossier.procedure
    places = [rule.code for rule in procedure.evidence] + [f.name for f in procedure.all_fields()]
    items = sorted(request.items.all(), key=lambda i: (not i.essential, places.index(i.code)))
    return [words_of(procedure, item, language) for item in items]


def requests_of(dossier_id: UUID) -> list[CompletionRequest]:
    """Every request of a dossier, newest first, with its items; two statements."""
    requests = CompletionRequest.objects.filter(dossier_id=dossier_id)
    return list(requests.prefetch_related("items").order_by("-round"))


def answers_to(
    dossier: Dossier, request: CompletionRequest, language: str | None = None
) -> list[ItemAnswer]:
    """Each item of a request that was supplied, before and after; empty while nothing came."""
    if request.answer_submission is None:
        return []
    language = language or short_language()
    numbers = (request.about_submission, request.answer_submission)
    filings = {s.number: s for s in dossier.submissions.filter(number__in=numbers).order_by("pk")}
    before, after = (filings[number] for number in numbers)
    files = _files_by_rule(before, after)
    return [
        _answer(dossier.procedure, words, before, after, files, language)
        for words in items_in_words(dossier, request, language)
    ]


def _answer(procedure, words, before, after, files, language) -> ItemAnswer:
    if words.is_evidence:
        old = files[before.number].get(words.item.code, ())
        known = {file.pk for file in old}
        new = tuple(f for f in files[after.number].get(words.item.code, ()) if f.pk not in known)
        return ItemAnswer(words, "", "", tuple(old), new)
    field = procedure.field(words.item.code)
    return ItemAnswer(
        words,
        show(field, before.answers.get(field.name), language),
        show(field, after.answers.get(field.name), language),
        (),
        (),
    )


def _files_by_rule(*filings) -> dict[int, dict[str, list]]:
    """The files that each filing listed, by box, read in one statement."""
    listed = {entry["evidence"] for filing in filings for entry in filing.evidence}
    rows = Evidence.objects.filter(pk__in=listed).select_related("file__machine_reading")
    rows = rows.order_by("position", "pk")
    found = {str(row.pk): row.file for row in rows}
    by_filing: dict[int, dict[str, list]] = {}
    for filing in filings:
        boxes = by_filing.setdefault(filing.number, {})
        for entry in filing.evidence:
            boxes.setdefault(entry["rule"], []).append(found[entry["evidence"]])
    return by_filing
