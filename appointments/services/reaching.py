"""A notice that reached nobody is not a missed visit: it is found, and the person is reached."""

from datetime import datetime
from itertools import groupby

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from appointments import rules
from appointments.models import Appointment, UndeliveredNotice
from appointments.queries.delivery import reached_at_last, reached_nobody
from appointments.queries.people import supervisors_of
from portal.accounts.api import User
from portal.core import clock, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence

PATH = "/agent/guichets/a-joindre/"
_OVER = _("Cette personne n’est plus à joindre : rechargez la page.")
_REFUSALS = {
    "a_person_is_reached_once": _OVER,
    "a_person_is_reached_before_the_visit": _("Le moment du rendez-vous est passé."),
}


@transaction.atomic
def find_undelivered(*, at: datetime) -> int:
    """Write down the notices of the coming week that reached nobody, and tell the supervisors.

    Ends those whose person was reached since. Running it twice finds and tells once.
    """
    for notice in reached_at_last(at):
        UndeliveredNotice.objects.filter(pk=notice.pk, reached_at=None).update(reached_at=at)
        _write(notice, "appointment.reached", {"by": "message"})
    found = [_undelivered(one) for one in reached_nobody(at).select_for_update(of=("self",))]
    UndeliveredNotice.objects.bulk_create(found)
    for office, notices in groupby(found, lambda one: one.prefecture_code):
        told = list(notices)
        for notice in told:
            _write(notice, "appointment.undelivered", {})
        for supervisor in supervisors_of(office, clock.legal_day(at)):
            correspondence.tell_agent(
                supervisor, "notices_undelivered", path=PATH, sentence=_how_many(len(told))
            )
    return len(found)


@transaction.atomic
def reach(appointment: Appointment, *, user: User, at: datetime) -> None:
    """Note that an agent told the person by another way: not coming then counts again.

    Raises PermissionDenied outside the office, DomainRefusal when nobody is to be reached.
    """
    if not rules.may_reach(appointment, user):
        raise PermissionDenied("appointment.reach")
    with refusing(_REFUSALS):
        standing = UndeliveredNotice.objects.standing().filter(appointment=appointment)
        if not standing.update(reached_at=at, reached_by=user):
            raise DomainRefusal(_OVER)
    _write(_undelivered(appointment), "appointment.reached", {"by": "agent"})


def _undelivered(appointment: Appointment) -> UndeliveredNotice:
    return UndeliveredNotice(
        appointment_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        applicant_id=appointment.applicant_id,
        prefecture_code=appointment.prefecture_code,
        site_id=appointment.site_id,
        found_at=appointment.issued_at,  # the trigger writes the true moment
    )


def _how_many(number: int):
    return ngettext_lazy(
        "%(number)s convocation n’a pas pu être remise : joignez la personne autrement.",
        "%(number)s convocations n’ont pas pu être remises : joignez les personnes autrement.",
        number,
    ) % {"number": number}


def _write(notice: UndeliveredNotice, act: str, facts: dict) -> None:
    journal.record(
        act,
        subject_type="appointment",
        subject_id=notice.appointment_id,
        dossier_id=notice.dossier_id,
        prefecture=notice.prefecture_code,
        facts=facts,
    )
