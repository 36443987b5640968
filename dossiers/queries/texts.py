"""A newer text of a procedure, and what it does to the drafts begun under an older one."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from dossiers.catalogue.differences import differences
from dossiers.catalogue.fitting import Fit, refit
from dossiers.catalogue.law import in_force
from dossiers.catalogue.loader import catalogue, digest_of
from dossiers.catalogue.reckoning import on_the_day
from dossiers.catalogue.schema import Procedure
from dossiers.models import Dossier, ProcedureVersion
from dossiers.models.procedure import published
from dossiers.queries.answers import short_language, show


@dataclass(frozen=True)
class Change:
    """One question that changes, with the answer given before, in words."""

    label: str
    said: str = ""


@dataclass(frozen=True)
class Changes:
    """What the newer text does to one draft, for the person to read before it is done."""

    kept: int
    asked: tuple[Change, ...]
    again: tuple[Change, ...]
    gone: tuple[Change, ...]
    papers: tuple[str, ...]
    papers_gone: tuple[str, ...]


@dataclass
class Effect:
    """What a text not yet published would do to the drafts in flight; numbers, nobody's name."""

    code: str
    lines: list[str]
    drafts: int = 0
    untouched: int = 0
    losing: Counter = field(default_factory=Counter)
    asking: Counter = field(default_factory=Counter)


def newer_text_of(dossier: Dossier) -> int | None:
    """The number of the text in force when the draft keeps to an older one; None otherwise."""
    latest = ProcedureVersion.objects.latest_of(dossier.procedure_code)
    newest = latest.values_list("pk", flat=True).first()
    return newest if newest is not None and newest > dossier.version_id else None


def fit_of(dossier: Dossier, version_id: int, today: date) -> Fit:
    """The draft's answers under that text."""
    return _fit(dossier, published(version_id, today), today)


def _fit(dossier, new, today):
    old = published(dossier.version_id, today)
    return refit(old, new, dossier.answers, dossier.raw_answers, today)


def changes_of(dossier: Dossier, version_id: int, today: date) -> Changes:
    """The same in words."""
    language = short_language()
    fit, old = fit_of(dossier, version_id, today), dossier.procedure
    return Changes(
        kept=len(fit.answers),
        asked=tuple(Change(one.label.get(language)) for one in fit.asked),
        again=tuple(_change(one, dossier, old, language) for one in fit.again),
        gone=tuple(_change(one, dossier, old, language) for one in fit.gone),
        papers=tuple(rule.label.get(language) for rule in fit.papers),
        papers_gone=tuple(rule.label.get(language) for rule in fit.papers_gone),
    )


def _change(question, dossier, old, language):
    """The question as it is asked now, and what was said to the one that it replaces."""
    asked = {one.name: one for one in old.all_fields()}
    before = asked.get(question.name) or old.meaning(question.means)
    said = show(before, dossier.answers.get(before.name), language) if before else ""
    return Change(question.label.get(language), said)


def effects(today: date) -> list[Effect]:
    """For each text of this release not published yet, what it changes and for how many drafts."""
    return [
        effect_of(procedure, today)
        for code, procedure in catalogue().items()
        if not ProcedureVersion.objects.filter(code=code, digest=digest_of(procedure)).exists()
    ]


def effect_of(procedure: Procedure, today: date) -> Effect:
    """The same of one text."""
    latest = ProcedureVersion.objects.latest_of(procedure.code)
    newest = latest.values_list("pk", flat=True).first()
    effect = Effect(procedure.code, differences(newest and published(newest), procedure))
    dated = on_the_day(in_force(procedure, today), today)
    drafts = Dossier.objects.drafts().filter(procedure_code=procedure.code)
    for dossier in drafts.order_by("pk").iterator(chunk_size=500):
        fit = _fit(dossier, dated, today)
        effect.drafts += 1
        effect.untouched += fit.keeps_everything and not (fit.asked or fit.papers)
        effect.losing.update(one.name for one in (*fit.gone, *fit.again))
        effect.asking.update(one.name for one in fit.asked)
        effect.asking.update(rule.code for rule in fit.papers)
    return effect
