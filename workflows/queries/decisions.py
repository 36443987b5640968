"""What a decision letter says, frozen with the letter so that it always says the same."""

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.territory import api as territory
from workflows import deadlines
from workflows.enums import CaseState, Outcome
from workflows.models import Case, Proposal, Retraction


def letter_context(
    case: Case, proposal: Proposal, signer: User, at: datetime, *, quality: str
) -> dict:
    """Plain values only. The letter is in French, the language of the administration.

    `quality` is in whose name the signatory signs, as their delegation gives it.
    """
    with translation.override("fr"):
        facts = dossiers.dossier_summary(case.dossier_id, "fr")
    grant = proposal.outcome == Outcome.GRANT
    no_card = grant and not dossiers.makes_card(case.dossier)
    return {
        "outcome": str(proposal.outcome),
        "office": territory.prefecture(case.prefecture_code).name,
        "dossier_number": case.dossier_number,
        **facts.addressed,
        "procedure": facts.title.get("fr"),
        "birth_date": facts.identity.birth_text,
        "nationality": facts.identity.nationality,
        "filed_on": in_french(deadlines.legal_day(case.filed_at)),
        "decided_on": in_french(deadlines.legal_day(at)),
        "grounds_law": proposal.grounds_law,
        "grounds_fact": proposal.grounds_fact,
        "title_category": proposal.title_category if grant else "",
        "title_starts_on": in_french(proposal.title_starts_on) if grant else "",
        "title_ends_on": in_french(proposal.title_ends_on) if grant else "",
        "no_card": no_card,
        "must_come_first": grant and not no_card and not case.prints_on_record,
        "signatory_name": str(signer),
        "signatory_title": quality,
    }


def summons_context(case: Case, hearing_on: date, place: str) -> dict:
    """What the summons before the residence board says; plain values only."""
    facts = dossiers.dossier_summary(case.dossier_id, "fr")
    return {
        "office": territory.prefecture(case.prefecture_code).name,
        "dossier_number": case.dossier_number,
        **facts.addressed,
        "procedure": facts.title.get("fr"),
        "hearing_on": in_french(hearing_on),
        "hearing_place": place,
    }


def invitation_context(case: Case, retraction: Retraction, due_on: date) -> dict:
    """What the person is told before a withdrawal: the grounds, and until when to answer."""
    return _about_a_retraction(case, retraction) | {"due_on": in_french(due_on)}


def retraction_context(
    case: Case, retraction: Retraction, signer: User, at: datetime, *, quality: str
) -> dict:
    """What the letter of a signed withdrawal says."""
    return _about_a_retraction(case, retraction) | {
        "decided_on": in_french(deadlines.legal_day(at)),
        "answered": retraction.invitation.answered_at is not None,
        "card_to_return": case.state == CaseState.HANDED_OVER,
        "signatory_name": str(signer),
        "signatory_title": quality,
    }


def _about_a_retraction(case, retraction) -> dict:
    facts = dossiers.dossier_summary(case.dossier_id, "fr")
    return {
        "office": territory.prefecture(case.prefecture_code).name,
        "dossier_number": case.dossier_number,
        **facts.addressed,
        "procedure": facts.title.get("fr"),
        "grounds_law": retraction.grounds_law,
        "grounds_fact": retraction.grounds_fact,
    }


def in_french(day: date | None) -> str:
    """A day in full, as the letter writes it."""
    if day is None:
        return ""
    with translation.override("fr"):
        return date_format(day, "j F Y")
