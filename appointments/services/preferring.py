"""What a person prefers for their visit: it spares a wasted trip and moves nobody forward."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments import rules
from appointments.models import Appointment, Preference, PreferredSite
from appointments.queries.preferences import preference_of
from dossiers.api import Dossier
from portal.accounts.api import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from workflows.api import CaseView

TOO_LATE = _(
    "Votre rendez-vous est déjà donné : vos préférences ne peuvent plus changer. "
    "Si vous ne pouvez pas venir, dites-le sur cette page."
)
_REFUSALS = {
    "a_preference_is_said_before_a_visit_is_given": TOO_LATE,
    "a_preference_is_said_of_a_filed_dossier": _("Déposez d’abord votre demande."),
    "at_most_ten_half_days_are_blocked": _(
        "Vous pouvez écarter dix demi-journées au plus. Retirez-en quelques-unes."
    ),
    "a_preferred_site_is_in_the_prefecture": _(
        "Ce lieu n’est pas de la préfecture qui a votre dossier. Rechargez la page."
    ),
    "a_site_is_preferred_once": _("Choisissez chaque lieu une seule fois."),
}


@dataclass(frozen=True)
class Wishes:
    """What the person said: sites in order, half-days, needs."""

    sites: tuple[int, ...] = ()
    blocked: tuple[str, ...] = ()
    step_free: bool = False
    interpreter: str = ""
    short_notice: bool = False


def wishes_in(preference: Preference | None) -> Wishes:
    """What is kept, as it would be said again; nothing at all before the first time."""
    if preference is None:
        return Wishes()
    return Wishes(
        sites=tuple(one.site_id for one in preference.sites.all()),
        blocked=tuple(preference.blocked),
        step_free=preference.step_free,
        interpreter=preference.interpreter,
        short_notice=preference.short_notice,
    )


@transaction.atomic
def prefer(
    *,
    dossier: Dossier,
    case: CaseView | None,
    appointment: Appointment | None,
    wishes: Wishes,
    at: datetime,
) -> Preference:
    """Keep what the person prefers; the next run reads it. Saying the same twice writes once.

    Raises DomainRefusal once a visit is given, or before the dossier is filed.
    """
    if case is None or case.prefecture_code is None or dossier.person_id is None:
        raise DomainRefusal(_REFUSALS["a_preference_is_said_of_a_filed_dossier"])
    if not rules.may_prefer(case, appointment):
        raise DomainRefusal(TOO_LATE)
    with refusing(_REFUSALS):
        preference, is_new = Preference.objects.select_for_update(of=("self",)).get_or_create(
            dossier_id=dossier.pk,
            defaults={
                "applicant_id": dossier.applicant_id,
                "person_id": dossier.person_id,
                "prefecture_code": case.prefecture_code,
                "changed_at": at,
            },
        )
    if wishes_in(preference_of(dossier.pk)) == wishes and not is_new:
        return preference
    _write(preference, wishes)
    facts = {"sites": list(wishes.sites), "half_days": len(wishes.blocked)}
    journal.record(
        # needs are a matter of health: the journal says that something was said, and not what
        "visit.prefer",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        prefecture=preference.prefecture_code,
        facts=facts,
    )
    correspondence.add_line(
        "preference_said",
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=preference.prefecture_code,
        by_role=Role.APPLICANT.value,
    )
    return preference


def _write(preference: Preference, wishes: Wishes) -> None:
    """Ranks are unique, so the old sites go first; the row's lock keeps two tabs apart."""
    with refusing(_REFUSALS):
        for name in ("step_free", "interpreter", "short_notice"):
            setattr(preference, name, getattr(wishes, name))
        preference.blocked = list(wishes.blocked)
        preference.save(
            update_fields=["blocked", "step_free", "interpreter", "short_notice", "changed_at"]
        )
        PreferredSite.objects.filter(preference=preference).delete()
        PreferredSite.objects.bulk_create(
            PreferredSite(
                preference=preference,
                applicant_id=preference.applicant_id,
                prefecture_code=preference.prefecture_code,
                rank=rank,
                site_id=site,
            )
            for rank, site in enumerate(wishes.sites, start=1)
        )
