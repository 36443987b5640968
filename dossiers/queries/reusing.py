"""Documents of a person's earlier dossiers that may be given again, and those that ended."""

from dataclasses import dataclass
from datetime import date

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from dossiers.catalogue.validity import ended_on
from dossiers.models import Dossier, Evidence
from dossiers.queries.answers import show_date
from dossiers.queries.pages import page
from portal.core import clock
from portal.vault import api as vault

SHOWN_AT_MOST = 5


@dataclass(frozen=True)
class Earlier:
    """One document given before, and why it may not be given again, if it may not."""

    evidence_id: str
    name: str
    size: str
    given_on: date
    dossier_number: str
    open_url: str
    refusal: str


def earlier_evidence(dossier: Dossier, rule_code: str):
    """What the same person filed in the same box of other dossiers, newest first."""
    return (
        Evidence.objects.filter(
            applicant_id=dossier.applicant_id,
            rule_code=rule_code,
            removed_at=None,
            file__removed_at=None,
            dossier__filed_at__isnull=False,
        )
        .exclude(dossier=dossier)
        .exclude(file__scan_state__in=vault.HELD_BACK)
        .select_related("file", "dossier")
        .order_by("-given_at", "pk")
    )


def earlier_documents(dossier: Dossier, rule, today: date) -> list[Earlier]:
    """The same as the page of the box shows it, one line for each different file."""
    shown: dict[str, Earlier] = {}
    given = dossier.evidence.given().filter(rule_code=rule.code)
    here = set(given.values_list("file__sha256", flat=True))
    for evidence in earlier_evidence(dossier, rule.code)[: 4 * SHOWN_AT_MOST]:
        if evidence.file.sha256 not in here:
            shown.setdefault(evidence.file.sha256, _earlier(evidence, rule, today))
    return list(shown.values())[:SHOWN_AT_MOST]


def why_not_again(evidence: Evidence, rule, today: date) -> str:
    """The sentence when the answers given with it say that the document has ended; else empty."""
    earlier = evidence.dossier
    ended = ended_on(earlier.procedure, earlier.answers, rule, today)
    if ended is None:
        return ""
    return _("Ce document n’est plus valable depuis le %(day)s : envoyez le nouveau.") % {
        "day": show_date(ended)
    }


def ended_notice(dossier: Dossier, rule, today: date) -> str:
    """What the person's own answers say of a document that has ended; empty when it has not."""
    ended = ended_on(dossier.procedure, dossier.answers, rule, today)
    if ended is None:
        return ""
    return _(
        "D’après vos réponses, ce document n’est plus valable depuis le %(day)s. S’il a été "
        "renouvelé, corrigez votre réponse et envoyez le nouveau."
    ) % {"day": show_date(ended)}


def _earlier(evidence, rule, today):
    return Earlier(
        evidence_id=str(evidence.pk),
        name=evidence.file.original_name,
        size=filesizeformat(evidence.file.size),
        given_on=clock.legal_day(evidence.given_at),
        dossier_number=evidence.dossier.number or "",
        open_url=page("file", evidence.file_id),
        refusal=why_not_again(evidence, rule, today),
    )
