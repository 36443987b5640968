"""Refusals that can be contested, and the appeals against them, as each reads them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.accounts.api import User
from workflows import deadlines, rules
from workflows.enums import BEFORE_DECISION, AppealKind, CaseState, Outcome
from workflows.models import Appeal, Case, ReasonsRequest
from workflows.queries.decisions import in_french
from workflows.queries.silence import contest_window, letter_head

PAGE = 50


@dataclass(frozen=True)
class Contestable:
    """A refusal that stands, and the day on which it was known."""

    known_on: date
    decision_id: UUID | None


@dataclass(frozen=True)
class AppealLine:
    """One appeal in words, with the acts of whoever reads it."""

    kind: str
    filed_on: date
    is_late: bool
    due_on: date | None
    words: str
    text: str
    number: str = ""
    who: str = ""
    is_urgent: bool = False
    case_url: str = ""
    write_url: str = ""
    sign_url: str = ""
    accept_url: str = ""
    sent_back_note: str = ""
    answer_url: str = ""
    is_for_the_minister: bool = False


@dataclass(frozen=True)
class AppealsView:
    """What the person reads: until when to contest, and what they filed."""

    contest_until: date | None
    may_file: bool
    is_late: bool
    appeals: tuple[AppealLine, ...]


def contestable(case: Case) -> Contestable | None:
    """The refusal or closure in force, or the silence that refuses; None when nothing does."""
    if case.state in (CaseState.REFUSED, CaseState.CLOSED):
        decision = case.decisions.get(revoked_at=None)
        return Contestable(deadlines.legal_day(decision.signed_at), decision.pk)
    if not case.silence_stands:
        return None
    explained = ReasonsRequest.objects.filter(
        case=case, silence_on=case.implicit_refusal_flagged_on, answered_at__isnull=False
    ).first()
    if explained is not None:
        return Contestable(deadlines.legal_day(explained.answered_at), None)
    return Contestable(case.implicit_refusal_flagged_on, None)


def appeals_view(case: Case, at: datetime) -> AppealsView | None:
    """The person's view; None when nothing was refused and nothing was ever contested."""
    refusal, today = contestable(case), deadlines.legal_day(at)
    rows = _rows(case)
    if refusal is None and not rows:
        return None
    window = contest_window(case, refusal.known_on) if refusal else None
    filed = {row.kind for row in rows if refusal and row.contested_on == refusal.known_on}
    offered = {AppealKind.GRACIOUS, AppealKind.HIERARCHICAL} - filed
    return AppealsView(
        contest_until=window.safe_until if window else None,
        may_file=bool(refusal and offered),
        is_late=bool(window and today > window.last_on),
        appeals=tuple(_line(row, case, today) for row in rows),
    )


def appeals_at_desk(case: Case, person: User, today: date) -> list[AppealLine]:
    """The appeals of a case with the acts of this agent's roles."""
    return [_line(row, case, today, **_acts(row, case, person)) for row in _rows(case)]


def appeals_section(case: Case, person: User, today: date) -> dict:
    """What the case page says of appeals; nothing before anything was refused."""
    refused = case.implicit_refusal_flagged_on or case.state in (
        CaseState.REFUSED,
        CaseState.CLOSED,
        CaseState.ARCHIVED,
    )
    rows = appeals_at_desk(case, person, today)
    may_record = refused and rules.may_reopen(case, person)
    return {
        "appeals": rows,
        "record_appeal_url": reverse("desk:record_appeal", args=[case.pk]) if may_record else "",
    }


def open_appeals() -> QuerySet[Appeal]:
    """Appeals that wait for an answer, the minister's included; those without object are out."""
    stands = Q(decision__isnull=False, decision__revoked_at=None)
    return Appeal.objects.filter(
        stands | Q(decision=None, case__state__in=BEFORE_DECISION), settled_at=None
    ).exclude(kind=AppealKind.CONTENTIOUS)


def is_moot(appeal: Appeal, case: Case) -> bool:
    """Whether what it contests is gone: the decision withdrawn, or the request ended since."""
    if appeal.decision_id:
        return appeal.decision.revoked_at is not None
    return case.state not in BEFORE_DECISION


def appeals_of(person: User, today: date) -> list[AppealLine]:
    """What the offices of this agent have to answer, the nearest day first."""
    mine = open_appeals().filter(prefecture_code__in=person.prefectures)
    rows = mine.select_related("case", "decision").order_by("due_on", "pk")
    return [
        _line(
            row,
            row.case,
            today,
            number=row.case.dossier_number,
            who=row.case.holder_name,
            is_urgent=row.due_on <= deadlines.urgent_until(today),
            case_url=reverse("desk:case", args=[row.case_id]),
        )
        for row in rows[:PAGE]
    ]


def _rows(case):
    return list(case.appeals.select_related("decision").order_by("-filed_at", "pk"))


def _acts(row, case, person):
    if row.settled_at:
        return {}
    if row.kind != AppealKind.GRACIOUS:
        may_record = rules.may_reopen(case, person)
        return {"answer_url": reverse("desk:record_answer", args=[row.pk]) if may_record else ""}
    if is_moot(row, case):
        return {}
    may_sign = row.may_be_signed_by(person) and rules.may_sign_reasons(case, person)
    may_accept = rules.may_reopen(case, person) and case.outcome in (Outcome.REFUSE, Outcome.CLOSE)
    pages = {
        "write_url": ("desk:write_rejection", rules.may_answer_appeals(case, person)),
        "sign_url": ("desk:sign_rejection", may_sign),
        "accept_url": ("desk:accept_appeal", may_accept),
    }
    urls = {key: reverse(name, args=[row.pk]) for key, (name, may) in pages.items() if may}
    return urls | {"sent_back_note": row.sent_back_note}


def _line(row, case, today, **more):
    return AppealLine(
        kind=str(row.get_kind_display()),
        filed_on=deadlines.legal_day(row.filed_at),
        is_late=row.is_late,
        due_on=row.due_on,
        words=_words(row, case, today),
        text=row.text,
        is_for_the_minister=row.kind == AppealKind.HIERARCHICAL and not row.settled_at,
        **more,
    )


def _words(row, case, today):
    """Where an appeal stands; silence rejects it without any act (CRPA L.411-7)."""
    if row.answered_on:
        return _("%(outcome)s, le %(day)s, n° %(number)s") % {
            "outcome": row.get_outcome_display(),
            "day": date_format(row.answered_on, "j F Y"),
            "number": row.answer_number,
        }
    if row.outcome:
        return str(row.get_outcome_display())
    if row.due_on is None:
        return _("devant le tribunal, n° %(number)s") % {"number": row.court_number}
    if is_moot(row, case):
        return _("sans objet : ce qui était contesté ne vaut plus")
    if row.kind == AppealKind.HIERARCHICAL and today <= row.due_on:
        return _("devant le ministre")
    if today > row.due_on:
        return _("rejeté par le silence, une réponse reste possible")
    return _("en cours d’examen")


def receipt_context(case: Case, kind: str, filed_on: date, due_on: date, is_late: bool) -> dict:
    """Plain values only, frozen with the receipt (CRPA L.112-3)."""
    return letter_head(case) | {
        "kind": str(kind),
        "appealed_on": in_french(filed_on),
        "due_on": in_french(due_on),
        "is_late": is_late,
    }


def rejection_context(
    case: Case, appeal: Appeal, signer: User, at: datetime, *, quality: str
) -> dict:
    """Plain values only; two months to go to court begin with this letter."""
    today = deadlines.legal_day(at)
    return letter_head(case) | {
        "kind": str(appeal.kind),
        "appealed_on": in_french(deadlines.legal_day(appeal.filed_at)),
        "grounds_law": appeal.grounds_law,
        "grounds_fact": appeal.grounds_fact,
        "is_late": appeal.is_late,
        "contest_until": in_french(contest_window(case, today).safe_until),
        "signatory_name": str(signer),
        "signatory_title": quality,
    }
