"""What runs by itself on the applicant's side: reminders of a deadline, drafts left for long."""

from uuid import UUID

from dossiers.services import extending, forgetting
from portal.core import clock
from portal.core.jobs import enqueue, job


@job("dossiers.remind_completions", system=True, cron="40 5 * * *")
def remind_completions(**_later_arguments) -> None:
    """Every day: one job for each request whose deadline is near."""
    for request_id in extending.to_remind(clock.legal_day(clock.now())):
        enqueue("dossiers.remind_completion", request_id=str(request_id))


@job("dossiers.remind_completion", system=True)
def remind_completion(*, request_id: str, **_later_arguments) -> None:
    """Send the reminder that is due today, if any. Running it twice sends one."""
    extending.remind(request_id=UUID(request_id), at=clock.now())


@job("dossiers.say_left_drafts", system=True, cron="32 3 * * *")
def say_left_drafts(**_later_arguments) -> None:
    """Every night, before the vault ends files: which drafts nobody comes back to."""
    forgetting.say_left_drafts(clock.now())
