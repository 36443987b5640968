"""What other rooms may do with stored files.

A view that receives an upload is `@transaction.non_atomic_requests` and either calls `receive`,
or `keep` outside any transaction and `register` inside the one that writes its own row.
"""

from portal.vault.access import grant_access, may_read, revoke_access
from portal.vault.ending import (
    days_kept,
    expire,
    keep_from,
    keep_many_from,
    keep_open,
    running,
    without_rule,
)
from portal.vault.enums import HELD_BACK, FileKind, Removal, ScanState, SealState, Situation
from portal.vault.errors import LOST, KeyDestroyed, StorageDown
from portal.vault.judging.alarming import open_scan_alarm
from portal.vault.judging.marks import contest as contest_reading
from portal.vault.judging.second_looks import ask as ask_second_look
from portal.vault.judging.second_looks import opened as open_second_looks
from portal.vault.models import AccessGrant, StoredFile
from portal.vault.services import (
    Kept,
    discard,
    keep,
    keep_bytes,
    keep_pieces,
    names_of_gone,
    open_file,
    open_range,
    receive,
    register,
    remove,
    set_prefecture,
    store_bytes,
)
from portal.vault.viewer import Frame, show
from portal.vault.views import LARGE, SMALL, serve, serve_copy, serve_page, serve_sent

__all__ = [
    "HELD_BACK",
    "AccessGrant",
    "FileKind",
    "LARGE",
    "LOST",
    "SMALL",
    "Frame",
    "Kept",
    "KeyDestroyed",
    "Removal",
    "ScanState",
    "SealState",
    "Situation",
    "StorageDown",
    "StoredFile",
    "ask_second_look",
    "contest_reading",
    "days_kept",
    "discard",
    "expire",
    "grant_access",
    "keep",
    "keep_bytes",
    "keep_from",
    "keep_many_from",
    "keep_open",
    "keep_pieces",
    "may_read",
    "names_of_gone",
    "open_file",
    "open_scan_alarm",
    "open_second_looks",
    "open_range",
    "receive",
    "register",
    "remove",
    "revoke_access",
    "running",
    "serve",
    "serve_copy",
    "serve_page",
    "serve_sent",
    "set_prefecture",
    "show",
    "store_bytes",
    "without_rule",
]
