"""What other rooms may do with files that arrive in pieces.

The room above authorises, says where the file goes (`about`), and enqueues its own job once
`begin_assembling` says that the last piece is there. That job reads `whole_file` through
`portal.vault.api.keep`, then calls `finish` or `fail` in the transaction of its own rows.
"""

from portal.vault.arrival.models import Upload, UploadReason, UploadState
from portal.vault.arrival.services import (
    PieceOutOfOrder,
    TooManyUploads,
    begin,
    begin_assembling,
    cancel,
    cancel_about,
    fail,
    finish,
    lock_assembling,
)
from portal.vault.arrival.staging import WholeFile
from portal.vault.arrival.views import OneUpload, Uploads, own_upload

__all__ = [
    "OneUpload",
    "PieceOutOfOrder",
    "TooManyUploads",
    "Upload",
    "UploadReason",
    "UploadState",
    "Uploads",
    "WholeFile",
    "begin",
    "begin_assembling",
    "cancel",
    "cancel_about",
    "fail",
    "finish",
    "lock_assembling",
    "own_upload",
]
