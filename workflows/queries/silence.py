"""An implicit refusal in words: what the letter says, and until when it can be contested."""

from datetime import date, datetime

from dossiers import api as dossiers
from portal.territory import api as territory
from workflows import deadlines
from workflows.models import Case
from workflows.queries.decisions import in_french
from workflows.queries.names import office_name


def contest_window(case: Case, known_on: date) -> deadlines.ContestWindow:
    """Until when a decision known on this day can be contested, with the office's holidays."""
    holidays = territory.public_holidays(case.prefecture_code, known_on.year, known_on.year + 1)
    return deadlines.contest_window(known_on, holidays)


def letter_head(case: Case) -> dict:
    """What every letter about a case bears: from whom, to whom, about which request."""
    facts = dossiers.dossier_summary(case.dossier_id, "fr")
    return {
        "office": office_name(case.prefecture_code),
        "dossier_number": case.dossier_number,
        **facts.addressed,
        "procedure": facts.title.get("fr"),
        "filed_on": in_french(deadlines.legal_day(case.filed_at)),
    }


def silence_letter_context(case: Case) -> dict:
    """Plain values only, frozen with the letter; it is in French, as decisions are."""
    window = contest_window(case, case.implicit_refusal_on)
    return letter_head(case) | {
        "silence_on": in_french(case.implicit_refusal_on),
        "rule_article": case.clock_article,
        "months": case.clock_months,
        "days": case.clock_days,
        "contest_until": in_french(window.safe_until),
    }


def may_ask_reasons_until(case: Case) -> date | None:
    """The last day to ask why silence refused; None when no refusal was born (CRPA L.232-4)."""
    if not case.silence_stands:
        return None
    return contest_window(case, case.implicit_refusal_flagged_on).last_on


def is_reasons_time(case: Case, at: datetime) -> bool:
    """Whether the reasons can be asked now."""
    last_on = may_ask_reasons_until(case)
    return last_on is not None and deadlines.legal_day(at) <= last_on
