"""The line that an agent's reading leaves in the journal: without it nothing is given."""

from datetime import timedelta

from portal.core import clock, journal
from portal.core.models import JournalLine
from portal.vault.models import StoredFile

# A browser asks for a long file by pieces: those after the first belong to the same reading.
ONE_READING = timedelta(minutes=15)
_LINES_LOOKED_AT = 100


def leave(stored: StoredFile, reader, shown: dict, *, goes_on: bool = False) -> None:
    """One line for each answer that gives bytes to somebody else than the file's own person.

    A piece that does not begin the file leaves none when its reader was given its beginning
    during the last quarter of an hour.
    """
    if reader.pk == stored.applicant_id or (goes_on and _was_opened(stored, reader, shown)):
        return
    journal.record(
        "document.read",
        subject_type="stored_file",
        subject_id=stored.pk,
        dossier_id=stored.subject_id,
        prefecture=stored.prefecture_code or "",
        facts=shown,
    )


def _was_opened(stored, reader, shown):
    lines = JournalLine.objects.filter(actor_id=reader.pk).order_by("-id")
    since = clock.now() - ONE_READING
    return any(
        (line.act, line.subject_id, line.facts) == ("document.read", str(stored.pk), shown)
        and line.at >= since
        for line in lines[:_LINES_LOOKED_AT]
    )
