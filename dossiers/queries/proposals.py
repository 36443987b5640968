"""What the person already said, or the register knows, offered to a page of questions.

Nothing here is an answer: an offer becomes one when the person keeps it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import BigIntegerField, Value
from django.utils.translation import gettext as _

from dossiers.catalogue.conditions import as_date, is_answered, shown
from dossiers.catalogue.fitting import carried, fits
from dossiers.catalogue.schema import Field
from dossiers.models import Dossier, RegisterLookup, Submission
from dossiers.queries.answers import fingerprint, show, show_date, stored_state
from dossiers.queries.countries import names
from portal.core import clock
from portal.register import api as register

SUBMISSIONS_AT_MOST = 12
NEVER = frozenset({"photo_code", "stamp_number", "mrz", "yes_no"})
"""Codes serve once, and what one declares by yes or no is declared anew each time."""
OF_ONE_REQUEST = frozenset(
    {
        *("title_kind", "title_number", "title_starts_on", "title_ends_on"),
        *("moved_on", "contract_ends_on", "cycle_ends_on"),
    }
)
"""Meanings that an earlier request says of something else: the title that it has replaced…"""
REFUSED, CONTESTED = "refused", "contested"


@dataclass(frozen=True)
class Offer:
    """One answer that may be kept: what it is, who says so, and what is answered instead of it."""

    name: str
    label: str
    value: object
    words: str
    source: str
    read_on: date | None
    instead_of: str = ""

    @property
    def is_register(self) -> bool:
        """Whether the register says it, so that the person may say that it is wrong."""
        return self.read_on is not None

    @property
    def mark(self) -> str:
        """What the value was when it was shown."""
        return fingerprint(self.value)

    @property
    def key(self) -> str:
        """How a button names it."""
        return f"{self.name}:{self.mark}"


@dataclass(frozen=True)
class Contested:
    """What the register says and the person says is wrong."""

    name: str
    label: str
    words: str
    read_on: date
    said: str = ""


@dataclass(frozen=True)
class Proposals:
    """What one page proposes, and what the person contests on it."""

    offers: tuple[Offer, ...]
    contested: tuple[Contested, ...]

    @property
    def keys(self) -> str:
        """All of them, as one button names them."""
        return " ".join(offer.key for offer in self.offers)


@dataclass(frozen=True)
class _Source:
    """One earlier filing or one answer of the register, as the database gave it."""

    answers: Mapping
    at: datetime
    number: str
    version_id: int

    @property
    def day(self) -> date:
        return clock.legal_day(self.at)

    @property
    def is_register(self) -> bool:
        return not self.version_id


def asks_register(dossier: Dossier) -> bool:
    """Whether the person is offered to have the register asked about them."""
    return register.is_offered() and dossier.procedure.meaning("foreigner_number") is not None


def proposals_for(dossier: Dossier, questions, at: datetime, language: str) -> Proposals:
    """What may be kept for these questions. One statement, none when nothing may be proposed."""
    asked = [q for q in questions if q.kind not in NEVER and not q.filled_from]
    sources = _sources(dossier, at) if asked else []
    found = (
        _offer(dossier, question, sources, clock.legal_day(at), language) for question in asked
    )
    return Proposals(
        offers=tuple(offer for offer in found if offer is not None),
        contested=tuple(_contested(dossier, questions, language)),
    )


def contested_in(dossier: Dossier) -> list[dict]:
    """What the draft contests of the register, as the first filing keeps it.

    Nothing of a question that is no longer asked, nor of one answered as the register says.
    """
    said = shown(dossier.procedure, dossier.answers).answers
    return [
        {"field": name, "register": aside["value"], "read_on": aside["read_on"]}
        for name, aside in sorted(dossier.set_aside.items())
        if aside["why"] == CONTESTED
        and is_answered(said.get(name))
        and said[name] != aside["value"]
    ]


def contests_of(procedure, submissions, language: str) -> tuple[Contested, ...]:
    """The same in words, with what the person said in their last filing, for the desk."""
    if not submissions or not submissions[0].contested:
        return ()
    said = submissions[-1].answers
    fields = {field.name: field for field in procedure.all_fields()}
    return tuple(
        Contested(
            name=one["field"],
            label=fields[one["field"]].label.get(language),
            words=show(fields[one["field"]], one["register"], language),
            read_on=date.fromisoformat(one["read_on"]),
            said=show(fields[one["field"]], said.get(one["field"]), language),
        )
        for one in submissions[0].contested
        if one["field"] in fields
    )


def facts_in_words(dossier: Dossier, facts: Mapping, language: str) -> list[dict]:
    """What the register answered, by the questions of this request that ask it."""
    fields = ((dossier.procedure.meaning(name), value) for name, value in facts.items())
    return [
        {"label": field.label.get(language), "value": show(field, value, language)}
        for field, value in fields
        if field is not None
    ]


def _sources(dossier, at) -> list[_Source]:
    """The register's answer first, then the person's earlier filings, newest first."""
    filings = (
        Submission.objects.filter(applicant_id=dossier.applicant_id)
        .exclude(dossier=dossier.pk)
        .order_by("-filed_at", "-number")
        .values_list("answers", "filed_at", "dossier__number", "dossier__version_id")
    )
    lookups = (
        RegisterLookup.objects.of(dossier)
        .to_propose(at)
        .values_list("facts", "asked_at", Value(""), Value(0, output_field=BigIntegerField()))
    )
    rows = filings[:SUBMISSIONS_AT_MOST].union(lookups[:1], all=True)
    found = [_Source(*row) for row in rows]
    return sorted(found, key=lambda source: (source.is_register, source.at), reverse=True)


def _offer(dossier, question, sources, today, language) -> Offer | None:
    """The first thing said of this question that the person has not set aside."""
    state = stored_state(dossier, question.name)
    aside = dossier.set_aside.get(question.name, {})
    for source in sources:
        value = _said_by(source, question, today)
        if _is_open(source, value, state, aside):
            return Offer(
                name=question.name,
                label=question.label.get(language),
                value=value,
                words=show(question, value, language),
                source=_source_in_words(source),
                read_on=source.day if source.is_register else None,
                instead_of=show(question, dossier.answers.get(question.name), language),
            )
    return None


def _is_open(source: _Source, value, state, aside: Mapping) -> bool:
    """Whether this is still to be said: the register also against what is already answered."""
    if not is_answered(value) or value == state or aside.get("mark") == fingerprint(value):
        return False
    if source.is_register:
        return aside.get("why") != CONTESTED
    return state is None


def _said_by(source: _Source, question: Field, today: date):
    if source.is_register:
        return _known(source.answers.get(question.means or ""), question, today)
    if question.means in OF_ONE_REQUEST:
        return None
    earlier = Dossier(version_id=source.version_id, filed_at=source.at).procedure
    asked = _same_question(earlier, question)
    value = source.answers.get(asked.name) if asked else None
    return carried(asked, question, value, today) if is_answered(value) else None


def _known(value, question, today):
    """A fact of the register, when this question can take it."""
    if not is_answered(value) or (question.kind == "country" and value not in names()):
        return None
    if question.kind == "date" and as_date(value) is None:
        return None
    return value if fits(question, value, today) else None


def _same_question(procedure, question: Field) -> Field | None:
    """The question of the same meaning; without a meaning, the same one in the same words."""
    if question.means:
        return procedure.meaning(question.means)
    same = (field for field in procedure.all_fields() if field.name == question.name)
    found = next(same, None)
    if found is None or (found.kind, found.label) != (question.kind, question.label):
        return None
    return found


def _source_in_words(source: _Source) -> str:
    if source.is_register:
        return _("Registre national des étrangers, lu le %(day)s.") % {"day": show_date(source.day)}
    return _("Vous l’avez dit le %(day)s dans votre demande %(number)s.") % {
        "day": show_date(source.day),
        "number": source.number,
    }


def _contested(dossier, questions, language) -> Iterator[Contested]:
    for question in questions:
        aside = dossier.set_aside.get(question.name, {})
        if aside.get("why") == CONTESTED:
            yield Contested(
                name=question.name,
                label=question.label.get(language),
                words=show(question, aside["value"], language),
                read_on=date.fromisoformat(aside["read_on"]),
                said=show(question, dossier.answers.get(question.name), language),
            )
