"""What runs by itself on the applicant’s side: reminders, drafts left for long, files arrived."""

from uuid import UUID

from dossiers.services import (
    albums,
    arriving,
    consulting,
    exporting,
    extending,
    forgetting,
    parting,
)
from portal.core import clock
from portal.core.jobs import enqueue, job, opened


@job("dossiers.remind_completions", system=True, cron="40 5 * * *")
def remind_completions(**_later_arguments) -> None:
    """Every day: one job for each request whose deadline is near."""
    for request_id in extending.to_remind(clock.legal_day(clock.now())):
        enqueue("dossiers.remind_completion", request_id=str(request_id))


@job("dossiers.remind_completion", system=True)
def remind_completion(*, request_id: str, **_later_arguments) -> None:
    """Send the reminder that is due today, if any. Running it twice sends one."""
    extending.remind(request_id=UUID(request_id), at=clock.now())


@job("dossiers.receive_upload", system=True, atomic=False, attempts=12)
def receive_upload(*, upload_id: str, **_later_arguments) -> None:
    """Make the file of an upload that is whole. Running it twice makes one."""
    arriving.receive_upload(UUID(upload_id), opened)


@job("dossiers.bind_album", system=True, atomic=False, attempts=12)
def bind_album(*, album_id: str, language: str, **_later_arguments) -> None:
    """Bind the photographs of an album into one document. Running it twice makes one."""
    albums.bind_album(UUID(album_id), language, opened)


@job("dossiers.make_export", atomic=False)
def make_export(*, export_id: str, **_later_arguments) -> None:
    """Make the copy of a whole dossier, as its person. Running it twice makes one."""
    exporting.make(UUID(export_id), opened)


@job("dossiers.say_left_drafts", system=True, cron="32 3 * * *")
def say_left_drafts(**_later_arguments) -> None:
    """Every night, before the vault ends files: which drafts nobody comes back to."""
    forgetting.say_left_drafts(clock.now())


@job("dossiers.ask_register", system=True, atomic=False, attempts=5)
def ask_register(*, lookup_id: str, **_later_arguments) -> None:
    """Ask the foreigners' register what a person asks. Running it twice keeps one answer."""
    consulting.put_question(UUID(lookup_id), opened)


@job("dossiers.forget_register", system=True, cron="23 * * * *")
def forget_register(**_later_arguments) -> None:
    """Every hour: nothing that the register said is there a day later."""
    consulting.forget_answers(clock.now())


@job("dossiers.tell_couple", system=True)
def tell_couple(*, kind: str, link_id: str, by: str, **_later_arguments) -> None:
    """Tell a person that their request is treated with another, or no longer. Twice tells once."""
    parting.tell(kind=kind, link_id=UUID(link_id), by=UUID(by), at=clock.now())
