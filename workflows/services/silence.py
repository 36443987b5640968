"""Silence that ran out: a dated flag, a letter, a line; and its taking back when it was early."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from portal.core import journal
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import BEFORE_DECISION, SYSTEM
from workflows.models import Case
from workflows.models.base import about
from workflows.queries.silence import silence_letter_context
from workflows.services.moves import lock_case
from workflows.services.timing import recount


@transaction.atomic
def flag(case_id: UUID, *, at: datetime) -> bool:
    """Silence has run out: a date and a letter, the review goes on (CE, avis 6 mai 2025).

    The letter says how to ask for the reasons and how to contest. Running it twice does it once.
    """
    case = lock_case(case_id)
    recount(case)  # no refusal is noted on a date that was stored wrong
    today = deadlines.legal_day(at)
    is_due = case.state in BEFORE_DECISION and case.implicit_refusal_on <= today
    if case.implicit_refusal_flagged_on or not is_due:
        return False
    letter = correspondence.issue_letter(
        "silence",
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=silence_letter_context(case),
        language="fr",
    )
    case.implicit_refusal_flagged_on = case.implicit_refusal_on
    case.silence_letter_id = letter.pk
    case.save(
        update_fields=["implicit_refusal_on", "implicit_refusal_flagged_on", "silence_letter_id"]
    )
    correspondence.add_line(
        "case_silence",
        by_role=SYSTEM,
        params={"silence_on": case.implicit_refusal_on},
        letter=letter,
        **about(case),
    )
    correspondence.tell(case.applicant, "letter", dossier_id=case.dossier_id)
    _journal(case, "case.silence_ran_out", case.implicit_refusal_on)
    return True


@transaction.atomic
def take_back(case: Case, *, at: datetime) -> None:
    """A pause known later shows that silence had not run out: the letter no longer counts.

    The case is held by the caller, which has just recounted it. The person reads why.
    """
    was_on = case.implicit_refusal_flagged_on
    letter_id, case.silence_letter_id = case.silence_letter_id, None
    case.implicit_refusal_flagged_on = None
    case.save(update_fields=["implicit_refusal_flagged_on", "silence_letter_id"])
    if letter_id:
        correspondence.revoke_letter(letter_id)
    correspondence.add_line(
        "case_silence_undone",
        by_role=SYSTEM,
        params={"was_on": was_on, "silence_on": case.implicit_refusal_on},
        at=at,
        **about(case),
    )
    correspondence.tell(case.applicant, "news", dossier_id=case.dossier_id)
    _journal(case, "case.silence_taken_back", was_on)


def _journal(case, act, day):
    journal.record(
        act,
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={"rule": case.clock_rule, "on": day.isoformat()},
    )
