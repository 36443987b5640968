from appointments.models.appointment import (
    CHANGES_AT_MOST,
    NOTICE,
    Appointment,
    AppointmentTransition,
    ChangeRequest,
)
from appointments.models.check_in import CheckIn
from appointments.models.clearance import Clearance, Readmission
from appointments.models.run import IssueDecision, IssueRun
from appointments.models.supply import (
    SEATS_AT_MOST,
    Closure,
    CounterSkill,
    OpeningPattern,
    Seat,
    Service,
    Slot,
)

__all__ = [
    "CHANGES_AT_MOST",
    "NOTICE",
    "SEATS_AT_MOST",
    "Appointment",
    "AppointmentTransition",
    "ChangeRequest",
    "CheckIn",
    "Clearance",
    "Closure",
    "CounterSkill",
    "IssueDecision",
    "IssueRun",
    "OpeningPattern",
    "Readmission",
    "Seat",
    "Service",
    "Slot",
]
