"""What the applicant's side does with news from below; each listener makes one call."""

from django.dispatch import receiver

from dossiers.services import forgetting, telling
from portal.vault.enums import Removal
from portal.vault.events import file_cleared, file_refused, files_ended


@receiver(files_ended, dispatch_uid="dossiers.agree_to_end")
def agree_to_end(*, subject_id, why, situation, at, **_):
    """The time of a dossier's files is over: what is alive refuses, a draft left for long goes."""
    if why == Removal.EXPIRED:
        forgetting.agree_to_end(dossier_id=subject_id, situation=situation, at=at)


@receiver(file_refused, dispatch_uid="dossiers.tell_of_refused_file")
def tell_of_refused_file(*, file, at, **_):
    """A paper turned out to be infected or unreadable: its person is told what to do."""
    telling.tell_of_refused_file(file)


@receiver(file_cleared, dispatch_uid="dossiers.tell_of_cleared_file")
def tell_of_cleared_file(*, file, at, **_):
    """A paper that was set aside has no virus after all: its person is told."""
    telling.tell_of_cleared_file(file)
