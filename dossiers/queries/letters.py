"""What the receipt says, frozen with the letter so that it always says the same."""

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language_info, gettext

from dossiers.catalogue.conditions import prune
from dossiers.enums import FilingChannel
from dossiers.models import Dossier, Submission
from dossiers.queries.summary import address_of, addressed, asker_of, identity_of
from portal.core import clock

AUTHORITATIVE = "fr"


def receipt_context(dossier: Dossier, submission: Submission) -> dict:
    """Plain values only, in French, the text that counts; a sentence explains it to the person."""
    procedure = dossier.procedure
    kept = prune(procedure, submission.answers)
    with translation.override(AUTHORITATIVE):
        identity = identity_of(procedure, kept, AUTHORITATIVE)
        names = addressed(identity, asker_of(procedure, kept, AUTHORITATIVE))
        filed_at = submission.filed_at.astimezone(clock.PARIS)
        context = {
            "dossier_number": dossier.number,
            **names,
            "recipient_address": list(address_of(procedure, kept)),
            "names": names["recipient_name"],
            "procedure": procedure.title.fr,
            "at_counter": submission.channel == FilingChannel.COUNTER,
            "filed_text": date_format(filed_at, "j F Y à H:i"),
            "birth_text": identity.birth_text,
            "nationality": identity.nationality,
            "foreigner_number": identity.foreigner_number,
            "evidence": _counted(procedure, submission),
        }
    return context | explanation(submission.language)


def explanation(language: str) -> dict:
    """One paragraph in the language of the filing; none when it was filed in French."""
    if language == AUTHORITATIVE:
        return {"explanation": "", "explanation_language": "", "explanation_direction": ""}
    with translation.override(language):
        sentence = gettext(
            "Ce document est écrit en français, la langue qui fait foi. Il prouve que votre "
            "demande est déposée. Il ne prouve pas que votre séjour est régulier."
        )
    is_bidi = get_language_info(language)["bidi"]
    return {
        "explanation": sentence,
        "explanation_language": language,
        "explanation_direction": "rtl" if is_bidi else "ltr",
    }


def _counted(procedure, submission):
    held: dict[str, int] = {}
    for entry in submission.evidence:
        held[entry["rule"]] = held.get(entry["rule"], 0) + 1
    return [
        {"label": procedure.evidence_rule(code).label.fr, "count": count}
        for code, count in held.items()
    ]
