"""What the vault announces to the rooms above."""

from portal.core.events import DomainEvent

file_refused = DomainEvent(
    "A received file turned out to be infected or unreadable: nobody is shown it. Facts: file, at."
)
