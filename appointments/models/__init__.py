from appointments.models.appointment import (
    CHANGES_AT_MOST,
    Appointment,
    AppointmentTransition,
    ChangeRequest,
)
from appointments.models.check_in import CheckIn
from appointments.models.clearance import Clearance, KeptRank, Readmission
from appointments.models.days import CounterOutage, OpenDay, StudentSite
from appointments.models.figure import PUBLISHED_FROM, VisitFigure
from appointments.models.offer import ShortNoticeOffer
from appointments.models.preference import (
    BLOCKED_AT_MOST,
    SITES_AT_MOST,
    Preference,
    PreferredSite,
)
from appointments.models.reminder import Reminder, UndeliveredNotice
from appointments.models.run import DrawnSeed, IssueDecision, IssueRun, NoShowRate, RunInputs
from appointments.models.supply import (
    SEATS_AT_MOST,
    Closure,
    CounterSkill,
    OpeningPattern,
    Seat,
    Service,
    Slot,
)
from appointments.models.totals import DailyTotal, Forecast
from appointments.models.urgency import Urgency
from appointments.models.visit import Visit, WaitingScreen, is_made_again
from appointments.ordering import NOTICE

__all__ = [
    "BLOCKED_AT_MOST",
    "CHANGES_AT_MOST",
    "NOTICE",
    "PUBLISHED_FROM",
    "SEATS_AT_MOST",
    "SITES_AT_MOST",
    "Appointment",
    "AppointmentTransition",
    "ChangeRequest",
    "CheckIn",
    "Clearance",
    "Closure",
    "CounterOutage",
    "CounterSkill",
    "DailyTotal",
    "DrawnSeed",
    "Forecast",
    "IssueDecision",
    "IssueRun",
    "KeptRank",
    "NoShowRate",
    "OpenDay",
    "OpeningPattern",
    "Preference",
    "PreferredSite",
    "Readmission",
    "Reminder",
    "RunInputs",
    "Seat",
    "Service",
    "ShortNoticeOffer",
    "Slot",
    "StudentSite",
    "UndeliveredNotice",
    "Urgency",
    "is_made_again",
    "Visit",
    "VisitFigure",
    "WaitingScreen",
]
