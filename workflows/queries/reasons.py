"""A silent refusal as its person and its office see it: reasons asked, owed, given."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from portal.accounts.api import User
from workflows import deadlines, rules
from workflows.enums import BEFORE_DECISION
from workflows.models import Case, ReasonsRequest
from workflows.queries.decisions import in_french
from workflows.queries.silence import contest_window, is_reasons_time, letter_head

PAGE = 50


@dataclass(frozen=True)
class SilenceView:
    """What the person reads about a refusal that silence made."""

    silence_on: date
    contest_until: date
    may_ask: bool
    asked_on: date | None
    reasons_due_on: date | None
    answered_on: date | None


@dataclass(frozen=True)
class ReasonsTask:
    """The reasons that an office owes, and what this agent may do about them."""

    request: ReasonsRequest
    write_url: str
    sign_url: str


@dataclass(frozen=True)
class ReasonsLine:
    """One request in the office's list."""

    number: str
    who: str
    due_on: date
    is_late: bool
    is_urgent: bool
    is_written: bool
    case_url: str


def request_of(case: Case) -> ReasonsRequest | None:
    """The request about the refusal that stands, answered or not."""
    if case.implicit_refusal_flagged_on is None:
        return None
    return case.reasons_requests.filter(silence_on=case.implicit_refusal_flagged_on).first()


def silence_view(case: Case, at: datetime) -> SilenceView | None:
    """The refusal of silence with its days; None when none stands any more."""
    if not case.silence_stands:
        return None
    request = request_of(case)
    answered_on = request and request.answered_at and deadlines.legal_day(request.answered_at)
    known_on = answered_on or case.implicit_refusal_flagged_on
    return SilenceView(
        silence_on=case.implicit_refusal_flagged_on,
        contest_until=contest_window(case, known_on).safe_until,
        may_ask=request is None and is_reasons_time(case, at),
        asked_on=deadlines.legal_day(request.asked_at) if request else None,
        reasons_due_on=request.due_on if request else None,
        answered_on=answered_on or None,
    )


def reasons_task(case: Case, person: User) -> ReasonsTask | None:
    """The request that the case page shows, with the acts of this agent's roles."""
    request = request_of(case)
    if request is None:
        return None
    is_open = request.answered_at is None and case.silence_stands
    may_write = is_open and rules.may_review(case, person)
    may_sign = is_open and request.may_be_signed_by(person) and rules.may_sign_reasons(case, person)
    return ReasonsTask(
        request=request,
        write_url=reverse("desk:write_reasons", args=[case.pk]) if may_write else "",
        sign_url=reverse("desk:sign_reasons", args=[case.pk]) if may_sign else "",
    )


def reasons_owed(person: User, today: date) -> list[ReasonsLine]:
    """The reasons that this agent's offices owe, the nearest day first."""
    rows = (
        ReasonsRequest.objects.filter(
            prefecture_code__in=person.prefectures,
            answered_at=None,
            case__state__in=BEFORE_DECISION,
            case__implicit_refusal_flagged_on__isnull=False,
        )
        .select_related("case")
        .order_by("due_on", "pk")
    )
    return [
        ReasonsLine(
            number=request.case.dossier_number,
            who=request.case.holder_name,
            due_on=request.due_on,
            is_late=request.due_on < today,
            is_urgent=today <= request.due_on <= deadlines.urgent_until(today),
            is_written=request.waits_for_signature,
            case_url=reverse("desk:case", args=[request.case_id]),
        )
        for request in rows[:PAGE]
    ]


def reasons_letter_context(
    case: Case, request: ReasonsRequest, signer: User, at: datetime, *, quality: str
) -> dict:
    """Plain values only; the time to contest begins again with this letter (CRPA L.232-4)."""
    today = deadlines.legal_day(at)
    return letter_head(case) | {
        "silence_on": in_french(request.silence_on),
        "asked_on": in_french(deadlines.legal_day(request.asked_at)),
        "answered_on": in_french(today),
        "grounds_law": request.grounds_law,
        "grounds_fact": request.grounds_fact,
        "contest_until": in_french(contest_window(case, today).safe_until),
        "signatory_name": str(signer),
        "signatory_title": quality,
    }
