"""What the public pages say of a procedure, from the same data as the form: never another text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from dossiers.catalogue.fees import FeeQuote, NoScheduleInForce, fees_for
from dossiers.catalogue.law import in_force
from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.windows import window_for
from dossiers.queries.answers import short_language
from dossiers.queries.channels import ChannelFact, channel_fact

START_URL_NAME = "dossiers:start"


@dataclass(frozen=True)
class EvidenceFact:
    """One piece of evidence; `conditional` ones are asked in some situations only."""

    code: str
    label: str
    why: str
    example: str
    hint: str
    required: bool
    conditional: bool
    legal: tuple[str, ...]


@dataclass(frozen=True)
class DelayFact:
    """A delay of the law, in days or months, with its article."""

    code: str
    label: str
    effect: str
    days: int | None
    months: int | None
    legal: tuple[str, ...]


@dataclass(frozen=True)
class ProcedureFacts:
    """A procedure in the language of the page."""

    code: str
    family: str
    title: str
    summary: str
    audience: str
    window: str
    window_legal: tuple[str, ...]
    fees: FeeQuote | None
    evidence: tuple[EvidenceFact, ...]
    delays: tuple[DelayFact, ...]
    steps: tuple[str, ...]
    legal_basis: tuple[str, ...]
    confidence: str
    filed_by: ChannelFact | None

    @property
    def channel(self):
        """Where it is filed, in words; empty when nothing is known of it."""
        return self.filed_by.label if self.filed_by else ""

    @property
    def starts_here(self):
        """False only where a confirmed row of the law sends the person elsewhere."""
        return self.filed_by is None or not self.filed_by.refuses

    @property
    def due_at_filing(self):
        """What is paid with the request and not later, in euros; 0 while no price is known."""
        return self.fees.due_at("filing") if self.fees else 0

    @property
    def start_url(self):
        """Where filing starts; signing in comes first."""
        return reverse(START_URL_NAME, args=[self.code])


def facts(
    code: str,
    on: date,
    language: str | None = None,
    *,
    department: str = "",
    given: Mapping[str, object] | None = None,
) -> ProcedureFacts:
    """The facts of one procedure of this release, for whom `given` and the département describe.

    Raises KeyError for an unknown code.
    """
    language = language or short_language()
    procedure = in_force(catalogue()[code], on)
    window = window_for(procedure, given or {})
    return ProcedureFacts(
        code=code,
        family=procedure.family,
        title=procedure.title.get(language),
        summary=procedure.summary.get(language),
        audience=procedure.audience.get(language),
        window=window.label.get(language),
        window_legal=window.legal,
        fees=_fees(procedure, on, given),
        evidence=tuple(_evidence(rule, language) for rule in procedure.evidence),
        delays=tuple(_delay(delay, language) for delay in procedure.deadlines),
        steps=tuple(step.title.get(language) for step in procedure.steps),
        legal_basis=procedure.legal_basis,
        confidence=procedure.confidence,
        filed_by=channel_fact(code, on, department, language),
    )


def _fees(procedure, on, given):
    try:
        return fees_for(procedure, on, given)
    except NoScheduleInForce:
        return None


def _evidence(rule, language):
    return EvidenceFact(
        code=rule.code,
        label=rule.label.get(language),
        why=rule.why.get(language),
        example=rule.example.get(language),
        hint=rule.hint.get(language) if rule.hint else "",
        required=rule.required,
        conditional=rule.when is not None,
        legal=rule.legal,
    )


def _delay(delay, language):
    return DelayFact(
        code=delay.code,
        label=delay.label.get(language),
        effect=delay.effect,
        days=delay.days,
        months=delay.months,
        legal=delay.legal,
    )
