"""The right to one visit: given by a step of the review, ended when the case ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from appointments import queries
from appointments.enums import AppointmentState, Purpose
from appointments.models import Appointment, Clearance, KeptRank, Readmission
from appointments.services import notices
from portal.accounts.api import Role
from portal.core import clock, journal
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from portal.territory import api as territory
from portal.vault import api as vault


@transaction.atomic
def clear(*, case, step, purpose: str, at: datetime) -> Clearance:
    """Insert the clearance of a step. The database refuses any step that clears nothing.

    A clearance of the same purpose that was never used is revoked first: there is one live
    right to one visit, and its appointment falls with it.
    """
    Clearance.objects.live().filter(dossier=case.dossier_id, purpose=purpose).update(revoked_at=at)
    clearance = _right_to(case, step, purpose, at)
    clearance.save(force_insert=True)
    _open_files_to_the_counter(clearance)
    _write(clearance, "visit.clear", {"purpose": clearance.purpose, "step": str(step.pk)})
    return clearance


@transaction.atomic
def clear_elsewhere(*, case, step, purpose: str, at: datetime) -> Clearance:
    """The right to a visit ends at the office that the person left and begins where they live.

    One transaction, in the order that the database asks for: the rank is kept, the former right
    is revoked with its appointment, the new one is born of the step of the transfer with the
    same filing, cover and class. A visit under way ends with it. The person reads why.
    """
    rights = Clearance.objects.live().select_for_update(of=("self",), no_key=True)
    former = rights.get(dossier=case.dossier_id, purpose=purpose)
    told = _appointments_that_end(former)
    clearance = _right_to(case, step, purpose, at)
    KeptRank.objects.create(
        clearance_id=clearance.pk,
        former=former,
        first=former,
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        waiting_since=former.cleared_at,
        at=at,
    )
    Clearance.objects.filter(pk=former.pk).update(revoked_at=at)
    clearance.save(force_insert=True)
    _open_files_to_the_counter(clearance)
    office = territory.prefecture(case.prefecture_code).name
    for appointment, kind in told:
        notices.withdraw_letter(appointment)
        notices.tell_about(appointment, kind, office=office)
    facts = {"purpose": clearance.purpose, "step": str(step.pk), "former": str(former.pk)}
    _write(clearance, "visit.clear_elsewhere", facts)
    return clearance


def _appointments_that_end(former: Clearance) -> list[tuple[Appointment, str]]:
    """What falls with a right, and how it is told: one to come, or one whose visit is under way."""
    given = former.appointments.select_related("site", "letter", "applicant").order_by("pk")
    under_way = given.filter(check_in__visit__outcome="")
    return [
        *((one, "appointment_moved") for one in given.live()),
        *((one, "visit_moved") for one in under_way.filter(state=AppointmentState.HONOURED)),
    ]


def _right_to(case, step, purpose: str, at: datetime) -> Clearance:
    """The right to one visit that a step gives, not written yet."""
    return Clearance(
        dossier_id=case.dossier_id,
        case_id=case.pk,
        step_id=step.pk,
        applicant_id=case.applicant_id,
        person_id=case.dossier.person_id,
        prefecture_code=case.prefecture_code,
        service_id=Purpose(purpose).value,
        purpose=Purpose(purpose).value,
        cleared_at=at,
        filed_at=case.filed_at,
        holder_name=case.holder_name,
        dossier_number=case.dossier_number,
        language=case.language,
        **notices.facts_of_the_dossier(case.dossier_id, purpose, clock.legal_day(at)),
    )


def _write(clearance: Clearance, act: str, facts: dict | None = None) -> None:
    journal.record(
        act,
        subject_type="clearance",
        subject_id=clearance.pk,
        dossier_id=clearance.dossier_id,
        prefecture=clearance.prefecture_code,
        facts=facts,
    )


def _open_files_to_the_counter(clearance: Clearance) -> None:
    """The agent of the counter compares the face with the passport: they may now open it."""
    code = clearance.prefecture_code
    grants = vault.AccessGrant.objects.open().filter(
        subject_id=clearance.dossier_id, prefecture_code=code
    )
    roles = {role for grant in grants.order_by("pk") for role in grant.roles}
    vault.grant_access(
        clearance.dossier_id, code, roles | {Role.COUNTER_AGENT.value}, reason="visit"
    )


@transaction.atomic
def readmit(clearance: Clearance, *, user) -> Readmission:
    """After a talk with the person, let the next run serve them again, behind the others.

    Raises DomainRefusal when a run would serve them anyway.
    """
    if clearance.pk not in {one.pk for one in queries.to_contact(user)}:
        raise DomainRefusal(_("Cette personne est déjà dans la file."))
    readmission = Readmission.objects.create(
        clearance=clearance,
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        prefecture_code=clearance.prefecture_code,
        agent=user,
    )
    correspondence.add_line(
        "appointment_readmitted",
        dossier_id=clearance.dossier_id,
        applicant_id=clearance.applicant_id,
        prefecture_code=clearance.prefecture_code,
        by_role=Role.SUPERVISOR.value,
    )
    correspondence.tell(
        clearance.applicant, "appointment_readmitted", dossier_id=clearance.dossier_id
    )
    _write(clearance, "visit.readmit")
    return readmission


@transaction.atomic
def revoke_unused(*, case_id: UUID) -> int:
    """Revoke the rights to visits that will not take place; live appointments fall with them.

    Each is held before its appointment is read: what a run gives at this moment falls too.
    """
    revoked = 0
    unused = queries.unused_clearances(case_id)
    for clearance in unused.select_for_update(of=("self",), no_key=True):
        live = clearance.appointments.live().order_by("pk").first()
        Clearance.objects.filter(pk=clearance.pk, revoked_at=None).update(
            revoked_at=clearance.cleared_at  # the trigger writes the true moment
        )
        _write(clearance, "visit.revoke")
        if live is not None:
            notices.withdraw_letter(live)
            notices.tell_about(live, "appointment_revoked")
        revoked += 1
    return revoked
