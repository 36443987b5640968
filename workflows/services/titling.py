"""The title that a grant gives: its name, its days, and the rule that they come from."""

from datetime import date

from django.utils.translation import gettext as _

from dossiers import api as dossiers
from workflows.enums import Outcome
from workflows.models import Case
from workflows.services.moves import MoveRefused


def title_of(
    case: Case, *, outcome: str, starts_on: date | None, months: int | None, reason: str = ""
) -> dict:
    """The title's columns of a proposal; none for anything but a grant.

    Without `months` the title ends as the procedure's own text computes it. Raises MoveRefused
    for a length that the text does not offer, or another than computed without its reason.
    """
    if outcome != Outcome.GRANT:
        return {}
    if starts_on is None:
        raise MoveRefused(_("Indiquez le premier jour du titre."))
    rules = dossiers.title_rules(case.dossier)
    computed = dossiers.title_end_of(case.dossier, starts_on)
    if rules.same_end_date and computed is None:
        raise MoveRefused(_("Le titre à refaire est déjà terminé : il n’a plus de durée."))
    offered = {end.months: end for end in dossiers.allowed_title_ends(case.dossier, starts_on)}
    end = computed if months is None else offered.get(months)
    if end is None:
        raise MoveRefused(_("Cette durée n’est pas prévue pour cette démarche."))
    is_another = computed is not None and end.on != computed.on
    if is_another and not reason:
        raise MoveRefused(_("Dites pourquoi la durée n’est pas celle que donne la règle."))
    return {
        "title_starts_on": starts_on,
        "title_ends_on": end.on,
        "title_months": end.months,
        "title_computed_on": computed.on if computed else None,
        "title_article": ", ".join(rules.legal),
        "title_category": dossiers.title_category_of(case.dossier),
        "title_reason": reason if is_another else "",
    }
