"""By which channel a person files, today and where they live: here, elsewhere, at the counter."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from dossiers.catalogue.channels import Channel, channel_on
from dossiers.catalogue.loader import catalogue
from dossiers.enums import ChannelKind
from dossiers.queries.answers import short_language, show_date


@dataclass(frozen=True)
class ChannelFact:
    """Where the law has a procedure filed, in the language of the page.

    `refuses`: a start here is wrong. A row that is not confirmed never refuses: it informs.
    """

    code: str
    label: str
    note: str
    where: str
    legal: tuple[str, ...]
    since: date | None
    is_confirmed: bool
    refuses: bool

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it does not start here, on which text that rests, and where to go."""
        why = _("Depuis le %(day)s, cette démarche ne se dépose pas sur ce portail (%(legal)s).")
        day = show_date(self.since) if self.since else ""
        return (why % {"day": day, "legal": " ; ".join(self.legal)}, self.where)


def channel_fact(
    procedure_code: str, on: date, department: str = "", language: str | None = None
) -> ChannelFact | None:
    """The channel of that day in that département; None when nothing is known of it.

    The rows are those of this release, whatever text a draft keeps to: the channel is the law of
    the day, and no promise made when the draft was begun.
    """
    procedure = catalogue().get(procedure_code)
    row = channel_on(procedure.channels, on, department) if procedure else None
    return _fact(row, language or short_language()) if row else None


def refusal(
    procedure_code: str,
    on: date,
    department: str = "",
    language: str | None = None,
    *,
    assisted: bool = False,
) -> tuple[str, ...]:
    """Why a request does not start, or is not filed, here today; empty when it may be.

    Only a confirmed row refuses. With an agent at the counter, the counter is the right place.
    """
    found = channel_fact(procedure_code, on, department, language)
    if found is None or not found.refuses or (assisted and found.code == ChannelKind.COUNTER):
        return ()
    return found.reasons


def depends_on_the_department(procedure_code: str) -> bool:
    """Whether some département has a row of its own."""
    return any(row.territories for row in catalogue()[procedure_code].channels)


def _fact(row: Channel, language: str) -> ChannelFact:
    return ChannelFact(
        code=row.channel,
        label=str(ChannelKind(row.channel).label),
        note=row.note.get(language) if row.note else "",
        where=row.where.get(language) if row.where else "",
        legal=row.legal,
        since=row.since,
        is_confirmed=row.is_confirmed,
        refuses=row.refuses,
    )
