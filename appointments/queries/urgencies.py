"""Visits that cannot wait: what is asked, what was answered, and how often."""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from appointments.enums import SEATED_STATES
from appointments.models import Appointment, Clearance, Urgency, is_made_again

COUNTED_OVER = timedelta(days=365)


def urgencies_to_answer(user) -> QuerySet:
    """Asked and unanswered, of this agent's prefectures, oldest first."""
    waiting = Urgency.objects.visible_to(user).undecided().filter(clearance__revoked_at=None)
    return waiting.select_related("clearance", "asked_by").order_by("asked_at", "pk")


def urgencies_answered(user, at: datetime) -> QuerySet:
    """Answered over the last year, newest first, with the two people of each."""
    answered = Urgency.objects.visible_to(user).filter(asked_at__gte=at - COUNTED_OVER)
    return (
        answered.exclude(approved_at=None, declined_at=None)
        .select_related("clearance", "asked_by", "approved_by", "declined_by")
        .order_by("-asked_at", "pk")
    )


def count_urgencies(user, at: datetime) -> dict[str, int]:
    """How many were asked, agreed and declined over the last year."""
    asked = Urgency.objects.visible_to(user).filter(asked_at__gte=at - COUNTED_OVER)
    return asked.aggregate(
        asked=Count("pk"),
        agreed=Count("pk", filter=Q(approved_at__isnull=False)),
        declined=Count("pk", filter=Q(declined_at__isnull=False)),
    )


def who_waits(user, dossier_number: str) -> Clearance | None:
    """The clearance of a dossier of these prefectures that waits for an appointment."""
    seated = Appointment.objects.filter(
        ~is_made_again(), clearance=OuterRef("pk"), state__in=SEATED_STATES
    )
    waiting = Clearance.objects.live().filter(
        ~Exists(seated), prefecture_code__in=user.prefectures, dossier_number=dossier_number
    )
    return waiting.order_by("-cleared_at", "pk").first()
