"""What the receipt says, frozen with the letter so that it always says the same."""

from dossiers.catalogue.conditions import meant, prune
from dossiers.models import Dossier, Submission
from dossiers.queries.summary import identity_of


def receipt_context(dossier: Dossier, submission: Submission) -> dict:
    """Plain values only; the letter's French text is the one that counts."""
    procedure = dossier.procedure
    kept = prune(procedure, submission.answers)
    identity = identity_of(procedure, kept, "fr")
    birth_date = meant(procedure, kept, "birth_date")
    held: dict[str, int] = {}
    for entry in submission.evidence:
        held[entry["rule"]] = held.get(entry["rule"], 0) + 1
    return {
        "number": dossier.number,
        "procedure": procedure.title.fr,
        "names": identity.names,
        "birth_date": birth_date.isoformat() if birth_date else "",
        "birth_country": identity.birth_country,
        "nationality": identity.nationality,
        "foreigner_number": identity.foreigner_number,
        "filed_at": submission.filed_at.isoformat(),
        "submission": submission.number,
        "evidence": [
            {"label": procedure.evidence_rule(code).label.fr, "count": count}
            for code, count in held.items()
        ],
    }
