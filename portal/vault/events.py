"""News from the vault. Receivers run in the same transaction and must succeed."""

from portal.core.events import DomainEvent

files_ended = DomainEvent(
    "The files of a dossier have gone. Facts: subject_id, why, situation, at."
)
file_cleared = DomainEvent(
    "A file that was set aside as infected was scanned again and has no virus. Facts: file, at."
)
file_refused = DomainEvent(
    "A received file turned out to be infected or unreadable: nobody is shown it. Facts: file, at."
)
