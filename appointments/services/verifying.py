"""Anyone who was offered a paper can ask whether it is worth anything, and for whom."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from appointments.services import passes


@dataclass(frozen=True)
class Standing:
    """A live appointment as a stranger may know it: no name, no number, no hour."""

    initials: str
    site_name: str
    starts_at: datetime


def verify(shown: str, *, at: datetime) -> Standing | None:
    """What stands behind a QR or a typed code; None when no appointment to come does.

    One given back, taken back, missed, used or past answers as one that never was: what became
    of a person's appointment is theirs alone. A forged paper answers likewise. Raises
    UnreadablePass when the text was badly copied.
    """
    code = scan_id = None
    if shown.strip().upper().startswith(passes.PREFIX):
        try:
            scan_id = passes.read_seal(shown, at=at).scan_id
        except passes.RefusedPass:
            return None
    else:
        code = passes.read_code(shown)
    with connection.cursor() as cursor:
        cursor.execute("select * from appointments_standing(%s, %s)", [code, scan_id])
        found = cursor.fetchone()
    if found is None:
        return None
    return Standing(*found)
