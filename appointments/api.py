"""What other rooms may use of the visits. Everything else is private."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from appointments import queries
from appointments.enums import AppointmentState, Purpose
from appointments.models import Appointment
from appointments.queries.offers import offers_of

__all__ = [
    "AppointmentState",
    "AppointmentView",
    "OfferView",
    "Purpose",
    "appointment_of",
    "appointments_of",
    "is_waiting",
    "offers_to_answer",
]


@dataclass(frozen=True)
class AppointmentView:
    """The last appointment given for a dossier, and what became of it."""

    id: UUID
    purpose: str
    purpose_label: str
    state: str
    state_label: str
    is_live: bool
    starts_at: datetime
    ends_at: datetime
    site_name: str
    site_address: str
    counter_name: str


def appointment_of(dossier_id: UUID) -> AppointmentView | None:
    """The appointment to show for a dossier; None before the first one is given."""
    return appointments_of([dossier_id]).get(dossier_id)


def appointments_of(dossier_ids: Iterable[UUID]) -> dict[UUID, AppointmentView]:
    """The same for many dossiers at once: those that were given one, by dossier."""
    return {found.dossier_id: _view(found) for found in queries.latest_of(dossier_ids)}


def _view(found: Appointment) -> AppointmentView:
    return AppointmentView(
        id=found.pk,
        purpose=found.purpose,
        purpose_label=str(found.get_purpose_display()),
        state=found.state,
        state_label=str(found.get_state_display()),
        is_live=found.is_live,
        starts_at=found.starts_at,
        ends_at=found.ends_at,
        site_name=found.site.name,
        site_address=found.site.address,
        counter_name=found.counter.name,
    )


def is_waiting(dossier_id: UUID) -> bool:
    """Whether the next run has an appointment to give for this dossier."""
    return queries.waiting_of(dossier_id) is not None


@dataclass(frozen=True)
class OfferView:
    """A near place that its person may answer; where and when are on its own page alone."""

    id: UUID
    expires_at: datetime


def offers_to_answer(dossier_ids: Iterable[UUID], *, at: datetime) -> dict[UUID, OfferView]:
    """The offers that wait for an answer of the person who acts, by dossier."""
    return {
        dossier: OfferView(one.pk, one.expires_at)
        for dossier, one in offers_of(dossier_ids, at=at).items()
        if one.is_open(at)
    }
