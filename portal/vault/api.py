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
)
from portal.vault.enums import FileKind, Removal, Situation
from portal.vault.models import AccessGrant, StoredFile
from portal.vault.previews import NoPreview
from portal.vault.services import (
    Kept,
    discard,
    keep,
    keep_bytes,
    open_file,
    open_range,
    receive,
    register,
    remove,
    set_prefecture,
    store_bytes,
)
from portal.vault.storage import StorageDown
from portal.vault.views import first_page_image, serve, serve_preview

__all__ = [
    "AccessGrant",
    "FileKind",
    "Kept",
    "NoPreview",
    "Removal",
    "Situation",
    "StorageDown",
    "StoredFile",
    "days_kept",
    "discard",
    "expire",
    "first_page_image",
    "grant_access",
    "keep",
    "keep_bytes",
    "keep_from",
    "keep_many_from",
    "keep_open",
    "may_read",
    "open_file",
    "open_range",
    "receive",
    "register",
    "remove",
    "revoke_access",
    "running",
    "serve",
    "serve_preview",
    "set_prefecture",
    "store_bytes",
]
