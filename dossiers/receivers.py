"""What the applicant's side does with news from below; each listener makes one call."""

from django.dispatch import receiver

from dossiers.services import forgetting, telling
from portal.vault.enums import Situation
from portal.vault.events import file_refused, files_ended


@receiver(files_ended, dispatch_uid="dossiers.forget_draft")
def forget_draft(*, subject_id, situation, since, at, **_):
    """The files of a draft left for long go: its answers go with them, or nothing does."""
    if situation == Situation.DRAFT:
        forgetting.forget(dossier_id=subject_id, since=since, at=at)


@receiver(file_refused, dispatch_uid="dossiers.tell_of_refused_file")
def tell_of_refused_file(*, file, at, **_):
    """A paper turned out to be infected or unreadable: its person is told what to do."""
    telling.tell_of_refused_file(file)
