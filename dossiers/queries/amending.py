"""A filed request as its person is changing it: what was filed last, with their changes over it."""

from dataclasses import dataclass
from functools import cached_property

from dossiers.catalogue.conditions import evidence_for, is_answered, prune
from dossiers.enums import OTHER_DOCUMENT, ItemKind
from dossiers.models import AmendedFile, Amendment, CompletionItem, Dossier, Submission
from dossiers.queries.differences import Difference, compare, label_of_box
from dossiers.queries.manifests import named
from dossiers.queries.problems import Problem, problems_of

IDENTITY = (
    "birth_name",
    "given_names",
    "sex",
    "birth_date",
    "birth_city",
    "birth_country",
    "nationality",
    "foreigner_number",
)
"""What makes a request somebody's: other answers here would make it another person's."""
PASSPORT = "passport_number"
MOST_OTHERS = 10
"""How many documents that nobody asked for a request holds."""


@dataclass(frozen=True)
class Working:
    """Read by the forms as they read a draft."""

    dossier: Dossier
    last: Submission
    amendment: Amendment | None
    asked: frozenset[tuple[str, str]]
    files: tuple[AmendedFile, ...]

    @property
    def procedure(self):
        return self.dossier.procedure

    @property
    def changes(self) -> dict:
        return self.amendment.changes if self.amendment else {}

    @property
    def raw_answers(self) -> dict:
        return self.amendment.raw_answers if self.amendment else {}

    @property
    def revision(self) -> int:
        return self.amendment.revision if self.amendment else 0

    @cached_property
    def answers(self) -> dict:
        """The answers as they would be filed now."""
        over = {name: value for name, value in self.changes.items() if name not in self.held}
        laid = self.last.answers | over
        return {name: value for name, value in laid.items() if is_answered(value)}

    @cached_property
    def filed_answers(self) -> dict:
        """The same without what the answers hide: what a new filing would hold."""
        return prune(self.procedure, self.answers)

    @cached_property
    def evidence(self) -> list[dict]:
        """The list of files that a new filing would hold; each new one is its vault row."""
        gone = {str(one.replaces_id) for one in self.files if one.replaces_id}
        kept = [entry for entry in self.last.evidence if entry["evidence"] not in gone]
        return kept + [entry_of(one) for one in self.files]

    @cached_property
    def held(self) -> frozenset[str]:
        """The questions that are not changed here."""
        return frozenset(frozen_names(self.procedure, self.last.answers)) | {
            code for kind, code in self.asked if kind == ItemKind.FIELD
        }

    def may_change(self, field) -> bool:
        """Neither who asks, nor what the house answers, nor what the office asks again."""
        return field.name not in self.held and not field.filled_from

    def questions(self, step) -> tuple:
        """The questions of a page that may be changed here."""
        return tuple(field for field in step.fields if self.may_change(field))

    def difference(self, language: str) -> Difference:
        """What sending would change, in words."""
        return compare(
            self.procedure,
            (self.last.answers, self.last.evidence),
            (self.filed_answers, self.evidence),
            language,
        )

    def problems(self, language: str) -> list[Problem]:
        """What the changes themselves leave to put right; what was accepted before is no matter."""
        before = set(self._problems(self.last.answers, self.last.evidence, {}, language))
        after = self._problems(self.answers, self.evidence, self.raw_answers, language)
        return [problem for problem in after if problem not in before]

    def _problems(self, answers, evidence, raw, language):
        held = {entry["rule"] for entry in evidence}
        return problems_of(self.procedure, answers, raw, held, language)


def working_copy(dossier: Dossier) -> Working:
    """A filed request with the changes that its person prepares, if any."""
    amendment = Amendment.objects.being_made().filter(dossier=dossier).first()
    asked = CompletionItem.objects.filter(request__dossier=dossier, request__closed_at=None)
    return Working(
        dossier=dossier,
        last=dossier.submissions.order_by("-number")[0],
        amendment=amendment,
        asked=frozenset(asked.values_list("kind", "code")),
        files=tuple(
            amendment.files.filter(removed_at=None).select_related("file").order_by("added_at")
        )
        if amendment
        else (),
    )


def frozen_names(procedure, answers) -> set[str]:
    """The questions that say whose request it is, under these answers."""
    frozen = {f.name for f in procedure.all_fields() if f.means in IDENTITY}
    if not any(is_answered(answers.get(n)) for n in _named(procedure, "foreigner_number")):
        # without a number for life, the person is found again by their passport
        frozen |= _named(procedure, PASSPORT)
    return frozen


def entry_of(added: AmendedFile) -> dict:
    """The line that a filing keeps of a file received for an amendment."""
    file = added.file
    said = {"note": added.note} if added.note else {}
    return said | {
        "rule": added.rule_code,
        "evidence": str(added.pk),
        "file": str(file.pk),
        "name": file.original_name,
        "content_type": file.content_type,
        "size": file.size,
        "sha256": file.sha256,
    }


@dataclass(frozen=True)
class Slot:
    """A box of a filed request, with what was filed in it and what was added since."""

    code: str
    label: str
    files: tuple[dict, ...]
    is_asked: bool


def boxes_to_amend(working: Working, language: str) -> list[Slot]:
    """Every box that these answers call for, and the one for any other document."""
    by_rule: dict[str, list] = {}
    for entry in named(working.evidence):
        by_rule.setdefault(entry["rule"], []).append(entry)
    wanted = {rule.code for rule in evidence_for(working.procedure, working.answers)}
    codes = [r.code for r in working.procedure.evidence if r.code in wanted | set(by_rule)]
    return [
        Slot(
            code=code,
            label=label_of_box(working.procedure, code, language),
            files=tuple(by_rule.get(code, ())),
            is_asked=(ItemKind.EVIDENCE.value, code) in working.asked,
        )
        for code in [*codes, OTHER_DOCUMENT]
    ]


def _named(procedure, meaning) -> set[str]:
    field = procedure.meaning(meaning)
    return {field.name} if field else set()
