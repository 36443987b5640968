"""What a decision letter says, frozen with the letter so that it always says the same."""

from datetime import date, datetime

from django.utils import translation
from django.utils.formats import date_format

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.territory import api as territory
from workflows import deadlines
from workflows.enums import Outcome
from workflows.models import Case, Proposal

POLICE_PREFECTURE = "75"


def signatory_quality(prefecture_code: str) -> str:
    """In whose name the signatory signs; printed on the letter, which is an act of the State."""
    if prefecture_code == POLICE_PREFECTURE:
        return "Pour le préfet de police et par délégation"
    return "Pour le préfet et par délégation"


def letter_context(case: Case, proposal: Proposal, signer: User, at: datetime) -> dict:
    """Plain values only. The letter is in French, the language of the administration."""
    facts = dossiers.dossier_summary(case.dossier_id, "fr")
    grant = proposal.outcome == Outcome.GRANT
    return {
        "outcome": str(proposal.outcome),
        "office": territory.prefecture(case.prefecture_code).name,
        "dossier_number": case.dossier_number,
        "recipient_name": facts.names,
        "recipient_address": list(facts.address_lines),
        "procedure": facts.title.get("fr"),
        "birth_date": in_french(facts.identity.birth_date),
        "nationality": facts.identity.nationality,
        "filed_on": in_french(deadlines.legal_day(case.filed_at)),
        "decided_on": in_french(deadlines.legal_day(at)),
        "grounds_law": proposal.grounds_law,
        "grounds_fact": proposal.grounds_fact,
        "title_starts_on": in_french(proposal.title_starts_on) if grant else "",
        "title_ends_on": in_french(proposal.title_ends_on) if grant else "",
        "must_come_first": grant and not case.prints_on_record,
        "signatory_name": str(signer),
        "signatory_title": signatory_quality(case.prefecture_code),
    }


def in_french(day: date | None) -> str:
    """A day in full, as the letter writes it."""
    if day is None:
        return ""
    with translation.override("fr"):
        return date_format(day, "j F Y")
