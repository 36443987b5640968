"""By which channel a procedure is filed: dated rows, because the list is law and often changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dossiers.catalogue.fees import Confidence
from dossiers.catalogue.text import Text

ChannelKind = Literal["online", "elsewhere", "counter"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where to file from a day to a day, in named départements or in all of them.

    "online": here; "elsewhere": another public service; "counter": at the office. Without
    `since` the day is not known: the row is shown "to confirm" (à confirmer) and decides nothing.
    `where` says where to go, of a row that sends elsewhere.
    """

    channel: ChannelKind
    confidence: Confidence
    territories: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    legal: tuple[str, ...] = ()
    note: Text | None = None
    where: Text | None = None

    @property
    def is_confirmed(self) -> bool:
        """Read in a source that gives its day."""
        return self.confidence == "sourced" and self.since is not None

    @property
    def refuses(self) -> bool:
        """Whether a start here is wrong; what is to be confirmed only informs."""
        return self.is_confirmed and self.channel != "online"

    def covers(self, department: str) -> bool:
        """Whether the row speaks of this département; an unnamed one is in every row for all."""
        return not self.territories or department in self.territories

    def holds(self, on: date) -> bool:
        """Whether the day is within the row; an unknown beginning counts as past."""
        return (self.since or date.min) <= on <= (self.until or date.max)


def channel_on(rows: Iterable[Channel], on: date, department: str = "") -> Channel | None:
    """The row that applies: a named territory before all of them, then the latest beginning.

    None when no row covers that day there: nothing is known, hence nothing is refused.
    """
    found = [row for row in rows if row.covers(department) and row.holds(on)]
    return max(found, key=lambda row: (bool(row.territories), row.since or date.min), default=None)
