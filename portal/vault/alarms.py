"""A file whose object is lost or changed: said on its row, in the journal, and to the operators.

The operators read it as a job that fails: it looks at the file again, by itself and on demand,
and ends when the file is whole again.
"""

import contextlib
import logging

from portal.core import clock, door, journal
from portal.core.jobs import enqueue
from portal.vault.enums import Trouble
from portal.vault.errors import Missing, StorageDown, Unreadable
from portal.vault.models import StoredFile

logger = logging.getLogger(__name__)


def trouble_of(error: StorageDown) -> str:
    """What an error says of the file itself; nothing when the store alone is to blame."""
    if isinstance(error, Missing):
        return Trouble.MISSING
    return Trouble.UNREADABLE if isinstance(error, Unreadable) else ""


def note(stored: StoredFile, error: StorageDown) -> None:
    """Raise the alarm of a file, once until it is whole again; a store that is down raises none."""
    trouble = trouble_of(error)
    if not trouble:
        return
    logger.error("vault: the file %s is %s: %s", stored.pk, trouble, error)
    with door_of(stored):
        changed = (
            StoredFile.objects.kept()
            .filter(pk=stored.pk, trouble="")
            .update(trouble=trouble, trouble_since=clock.now())
        )
        if changed:
            _record("document.trouble", stored, {"trouble": trouble})
            enqueue("vault.look_again", file_id=str(stored.pk))


def end(stored: StoredFile) -> None:
    """The file was read whole: the alarm is over."""
    changed = (
        StoredFile.objects.filter(pk=stored.pk)
        .exclude(trouble="")
        .update(trouble="", trouble_since=None)
    )
    if changed:
        _record("document.whole_again", stored, {})


def _record(act, stored, facts):
    journal.record(
        act,
        subject_type="stored_file",
        subject_id=stored.pk,
        dossier_id=stored.subject_id,
        prefecture=stored.prefecture_code or "",
        facts=facts,
    )


def door_of(stored: StoredFile):
    """The present act, or one of nobody's that sees this file as far as the role allows."""
    if door.current():
        return contextlib.nullcontext()
    codes = [stored.prefecture_code] if stored.prefecture_code else []
    return door.acting(None, prefectures=codes, scope="system")
