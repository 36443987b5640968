"""What the dossiers do with news from below; each listener makes one call."""

from django.dispatch import receiver

from dossiers.services import telling
from portal.vault.events import file_refused


@receiver(file_refused, dispatch_uid="dossiers.tell_of_refused_file")
def tell_of_refused_file(*, file, at, **_):
    """A paper turned out to be infected or unreadable: its person is told what to do."""
    telling.tell_of_refused_file(file)
