"""More time for the person, once; and the reminders that come before a deadline."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import deadlines, events, rules
from dossiers.models import CompletionReminder, CompletionRequest, Dossier
from dossiers.services import telling
from dossiers.services.completing import CompletionRefused, refuse_what_is_over
from dossiers.services.drafting import lock_own, open_request_of
from dossiers.services.mandating import heard_by_the_office
from portal.core import clock, journal


@transaction.atomic
def extend_completion(
    *, dossier_id: UUID, applicant, reason: str, at: datetime
) -> CompletionRequest:
    """Put the deadline off at once, without asking anybody; pressing again changes nothing.

    The time "given to supply" (CRPA L.114-5) is longer, so the pause of the legal clock is
    too: the review hears of it in the same transaction. Raises DossierClosed when nothing is
    asked any more, CompletionRefused when the deadline is already as late as it may be.
    """
    dossier = lock_own(dossier_id, applicant)
    asked = open_request_of(dossier)
    if asked is None:
        refuse_what_is_over(dossier)
    request = rules.refuse_unless_asked(dossier, asked)
    if request.extended_to is not None:
        return request
    later = extension_of(request)
    if later is None:
        raise CompletionRefused(_("Le délai est déjà le plus long possible."))
    request.extended_to, request.extended_at, request.extension_reason = later, at, reason
    request.save(update_fields=["extended_to", "extended_at", "extension_reason"])
    telling.add_line(
        dossier, "dossier_completion_extended", params={"extended_on": later.isoformat()}
    )
    journal.record(
        "completion.extended",
        subject_type="completion",
        subject_id=request.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"from": request.due_on.isoformat(), "to": later.isoformat()},
    )
    with heard_by_the_office(dossier):
        events.completion_extended.announce(
            dossier=dossier, request=request, extended_to=later, at=at
        )
    return request


def extension_of(request: CompletionRequest) -> date | None:
    """The day that asking for more time would give; None when it was asked, or none is left."""
    if request.extended_to is not None:
        return None
    return deadlines.extended_day(
        asked_on=clock.legal_day(request.asked_at),
        due_on=request.due_on,
        days=settings.COMPLETION_EXTENSION_DAYS,
    )


def to_remind(today: date) -> list[UUID]:
    """The open requests whose deadline is near, the nearest first; each is judged in its turn."""
    last = today + deadlines.FIRST_REMINDER
    return list(
        CompletionRequest.objects.still_open()
        .with_last_day()
        .filter(ends_on__gte=today, ends_on__lte=last)
        .order_by("ends_on", "pk")
        .values_list("pk", flat=True)
    )


@transaction.atomic
def remind(*, request_id: UUID, at: datetime) -> CompletionReminder | None:
    """Remind the person if a reminder is due today; its row keeps it from being sent twice.

    Nothing is said once the person has answered. Running it twice does it once.
    """
    dossier_id = CompletionRequest.objects.values_list("dossier_id", flat=True).get(pk=request_id)
    dossier = (
        Dossier.objects.select_for_update(of=("self",))
        .select_related("applicant")
        .get(pk=dossier_id)
    )
    request = CompletionRequest.objects.get(pk=request_id)
    days = _reminder_due(request, clock.legal_day(at))
    if days is None or not rules.may_answer(dossier, request):
        return None
    reminder = CompletionReminder.objects.create(
        request=request,
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        for_day=request.last_day,
        days_before=days,
    )
    telling.add_line(
        dossier,
        "dossier_completion_reminder",
        by_role="system",
        params={"due_on": request.last_day.isoformat()},
    )
    telling.mail(dossier, "completion_reminder")
    journal.record(
        "completion.reminded",
        subject_type="completion",
        subject_id=request.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"days_before": days},
    )
    return reminder


def _reminder_due(request, today):
    sent = request.reminders.filter(for_day=request.last_day).order_by("-days_before")
    return deadlines.reminder_due(
        today=today,
        last_day=request.last_day,
        since=clock.legal_day(request.extended_at or request.asked_at),
        sent=sent.values_list("days_before", flat=True),
    )
