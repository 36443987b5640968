"""At the door: find an appointment from what is shown, and say in words why not, or enter it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import rules
from appointments.enums import AppointmentState, VisitOutcome
from appointments.models import Appointment, CheckIn, Visit
from appointments.services import elsewhere, notices, passes, visiting
from portal.accounts.api import Role
from portal.core import clock, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.territory.api import Site

EARLY_AT_MOST = LATE_AT_MOST = timedelta(hours=2)
_NOT_NOW = gettext_lazy("Ce rendez-vous ne peut pas être enregistré maintenant. Rechargez la page.")
_REFUSALS = visiting.HANDS | {
    "appointments_checkin_pkey": gettext_lazy("Cette personne a déjà été reçue."),
    "an_entry_is_made_once": gettext_lazy("Cette personne a déjà été reçue."),
    "a_check_in_needs_a_live_appointment_now": _NOT_NOW,
    "a_check_in_is_at_a_counter_of_the_site": gettext_lazy("Ce guichet est sur un autre site."),
}


def find(shown: str, *, user, at: datetime) -> Appointment:
    """The appointment that a QR or a typed code opens.

    Raises DomainRefusal when it is forged, unreadable, over, or of another prefecture.
    """
    here = Appointment.objects.visible_to(user).select_related(
        "site", "clearance", "check_in__counter"
    )
    if shown.strip().upper().startswith(passes.PREFIX):
        scanned = passes.read_seal(shown, at=at)
        found = here.filter(scan_id=scanned.scan_id).first()
        if found is None and elsewhere.has_left(scan_id=scanned.scan_id):
            raise DomainRefusal(elsewhere.LEFT)
        if found is None:
            raise DomainRefusal(_other_office(scanned.site_id))
        return found
    code = passes.read_code(shown)
    found = here.filter(code=code).first()
    if found is None and elsewhere.has_left(code=code):
        raise DomainRefusal(elsewhere.LEFT)
    if found is None:
        raise DomainRefusal(
            _("Ce code n’ouvre aucun rendez-vous de votre préfecture. Vérifiez la convocation.")
        )
    return found


def _other_office(site_id: int) -> str:
    site = Site.objects.select_related("prefecture").filter(pk=site_id).first()
    if site is None:
        return _("Ce rendez-vous est dans un lieu qui n’existe plus.")
    return _("Ce rendez-vous est à un autre endroit : %(site)s, %(office)s.") % {
        "site": site.name,
        "office": site.prefecture.name,
    }


def reasons_not_to_receive(appointment: Appointment, *, site_id: int, at: datetime) -> list[str]:
    """Why this person is not received here and now, in words; nothing when they are."""
    ended = _ended(appointment)
    if ended:
        return [ended]
    if appointment.site_id != site_id:
        return [_("Ce rendez-vous est à un autre site : %(site)s.") % {"site": appointment.site}]
    expected = appointment.starts_at.astimezone(clock.PARIS)
    when = {
        "day": date_format(expected, "DATE_FORMAT"),
        "time": date_format(expected, "TIME_FORMAT"),
    }
    if clock.legal_day(at) != clock.legal_day(expected):
        return [_("Ce rendez-vous est pour un autre jour : le %(day)s à %(time)s.") % when]
    if at < appointment.starts_at - EARLY_AT_MOST:
        return [
            _("Trop tôt : le rendez-vous est à %(time)s. Revenez dans les deux heures d’avant.")
            % when
        ]
    if at > appointment.ends_at + LATE_AT_MOST:
        return [_("Trop tard : le rendez-vous était à %(time)s. Un autre sera donné.") % when]
    return []


def _ended(appointment: Appointment) -> str:
    state = appointment.state
    if state == AppointmentState.HONOURED:
        entry = appointment.check_in
        return _("Cette personne a déjà été reçue à %(time)s, %(counter)s.") % {
            "time": date_format(entry.arrived_at.astimezone(clock.PARIS), "TIME_FORMAT"),
            "counter": entry.counter.name,
        }
    sentences: dict[str, str] = {
        AppointmentState.CANCELLED: _("Ce rendez-vous a été rendu par la personne."),
        AppointmentState.REVOKED: _("Ce rendez-vous a été retiré par la préfecture."),
        AppointmentState.MISSED: _("Ce rendez-vous est passé et noté comme manqué."),
    }
    return sentences.get(state, "")


@dataclass(frozen=True)
class Claim:
    """An arrival noted by a device without the server: when, and under which key of its own."""

    at: datetime
    key: UUID


@transaction.atomic
def arrive(
    appointment: Appointment, *, counter, user, at: datetime, claim: Claim | None = None
) -> CheckIn:
    """Enter the person, once, at this counter's site: now, or when a device claims it was.

    The database keeps its own time beside the claim. Raises DomainRefusal with the reason.
    """
    _only_the_counter(appointment, user)
    elsewhere.hold_case(appointment.dossier_id)
    reasons = reasons_not_to_receive(
        appointment, site_id=counter.site_id, at=claim.at if claim else at
    )
    if reasons:
        raise DomainRefusal(*reasons)
    with refusing(_REFUSALS):
        entry = CheckIn.objects.create(
            appointment=appointment,
            dossier_id=appointment.dossier_id,
            applicant_id=appointment.applicant_id,
            prefecture_code=appointment.prefecture_code,
            site_id=appointment.site_id,
            counter=counter,
            agent=user,
            claimed_at=claim.at if claim else None,
            entry_key=claim.key if claim else None,
        )
    notices.tell_about(appointment, "appointment_honoured", by_role=Role.COUNTER_AGENT.value)
    journal.record(
        "appointment.check_in",
        subject_type="appointment",
        subject_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        prefecture=appointment.prefecture_code,
        facts={"counter": counter.pk} | ({"claimed": claim.at.isoformat()} if claim else {}),
    )
    return entry


@transaction.atomic
def turn_away(appointment: Appointment, *, reason: str, counter, user, at: datetime) -> Visit:
    """Somebody came whom nobody could recognise at the door: they did come, and lose nothing."""
    arrive(appointment, counter=counter, user=user, at=at)
    appointment.refresh_from_db(fields=["state"])
    return visiting.leave_unfulfilled(
        appointment, outcome=VisitOutcome.UNIDENTIFIED, reason=reason, user=user
    )


def _only_the_counter(appointment: Appointment, user) -> None:
    if not rules.may_receive(appointment, user):
        raise DomainRefusal(_("Seul un agent du guichet de cette préfecture peut faire cela."))
