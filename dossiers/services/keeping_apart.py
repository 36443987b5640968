"""Requests of one person that the table of procedures keeps apart, at the start and at filing."""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.together import compatibility
from dossiers.models import Dossier
from dossiers.queries.answers import short_language
from portal.core.errors import DomainRefusal


class NotTogether(DomainRefusal):
    """Another request of the person is under way, and the table keeps both apart."""


def one_at_a_time(applicant) -> None:
    """Of two starts or filings at once, the second reads what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"dossiers.start:{applicant.pk}"],
        )


def refuse_a_start(applicant, procedure_code: str) -> None:
    """Raises NotTogether when a draft or a filed request is kept apart from this procedure."""
    if already := _apart_among(Dossier.objects.of_applicant(applicant).live(), procedure_code):
        raise NotTogether(
            already,
            _(
                "Terminez-la, retirez-la ou supprimez son brouillon avant d’en commencer une "
                "autre. Elle est dans votre espace."
            ),
        )


def apart_at_filing(dossier: Dossier, applicant) -> str:
    """Why a draft cannot be filed beside what is filed already; mostly an empty text.

    Both may have been begun before the table kept them apart, or the other was opened again
    since. Only what this caller sees counts: an agent who helps sees one draft (decision 19).
    """
    if not compatibility().apart_from(dossier.procedure_code):
        return ""
    one_at_a_time(applicant)
    filed = Dossier.objects.of_applicant(applicant).live().exclude(filed_at=None)
    already = _apart_among(filed, dossier.procedure_code)
    return already and " ".join(
        (
            already,
            str(_("Retirez-la ou attendez sa décision. Votre brouillon est gardé.")),
        )
    )


def _apart_among(dossiers, procedure_code: str) -> str:
    apart = compatibility().apart_from(procedure_code)
    other = dossiers.filter(procedure_code__in=apart).order_by("created_at").first()
    if other is None:
        return ""
    language = short_language()
    return str(_("Vous avez déjà une demande en cours : %(title)s. %(why)s")) % {
        "title": other.procedure.title.get(language),
        "why": apart[other.procedure_code].get(language),
    }
