"""What a person says of their appointment: "I will come", or "I cannot come"."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from appointments import rules
from appointments.enums import AppointmentState
from appointments.models import Appointment, ChangeRequest
from appointments.queries.delivery import OPENED
from appointments.services import elsewhere, notices
from portal.accounts.api import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

_REFUSALS = {
    "a_change_is_asked_for_a_live_appointment": _(
        "Ce rendez-vous n’est plus à venir. Rechargez la page pour voir où en est votre dossier."
    ),
    "at_most_two_changes_asked_by_the_person": _(
        "Vous avez déjà rendu deux rendez-vous. Écrivez à la préfecture : un agent vous répondra."
    ),
    "an_appointment_ends_by_a_fact": _("Il est trop tard pour confirmer ce rendez-vous."),
    "an_appointment_follows_its_transitions": _("Ce rendez-vous n’est plus à venir."),
    "appointments_changerequest_appointment_id_key": _("Ce rendez-vous a déjà été rendu."),
}


@transaction.atomic
def give_back(appointment: Appointment, *, reason: str, user, at: datetime) -> ChangeRequest:
    """Give an appointment back: its seat goes to the next in the queue, its person keeps a rank.

    Raises DomainRefusal when it is no longer live, or was already changed once.
    """
    if not rules.may_give_back(appointment, user, at=at):
        raise DomainRefusal(
            _("Ce rendez-vous ne peut plus être rendu ici. Écrivez à la préfecture.")
        )
    elsewhere.hold_case(appointment.dossier_id)
    with refusing(_REFUSALS):
        change = ChangeRequest.objects.create(
            appointment=appointment,
            dossier_id=appointment.dossier_id,
            applicant_id=appointment.applicant_id,
            prefecture_code=appointment.prefecture_code,
            site_id=appointment.site_id,
            reason=reason,
        )
    notices.withdraw_letter(appointment)
    if rules.is_its_person(appointment, user):
        code, by_role = "appointment_cancelled", Role.APPLICANT
    else:
        code, by_role = "appointment_given_back_at_counter", Role.COUNTER_AGENT
    notices.tell_about(appointment, code, by_role=by_role.value)
    _write(appointment, "appointment.give_back", {"reason": reason})
    return change


@transaction.atomic
def confirm(appointment: Appointment, *, user, at: datetime) -> None:
    """Note that the person will come. Saying it twice says it once."""
    if appointment.state == AppointmentState.CONFIRMED:
        return
    if not rules.may_confirm(appointment, user, at=at):
        raise DomainRefusal(_("Ce rendez-vous n’est plus à venir."))
    elsewhere.hold_case(appointment.dossier_id)
    with refusing(_REFUSALS):
        Appointment.objects.filter(pk=appointment.pk).update(state=AppointmentState.CONFIRMED)
    _write(appointment, "appointment.confirm", {})


def note_opened(appointment: Appointment) -> None:
    """The person took their notice or its calendar entry: they know when they are expected."""
    _write(appointment, OPENED, {})


def _write(appointment: Appointment, act: str, facts: dict) -> None:
    journal.record(
        act,
        subject_type="appointment",
        subject_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        prefecture=appointment.prefecture_code,
        facts=facts,
    )
