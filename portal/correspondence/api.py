"""What other rooms may tell a person."""

from portal.correspondence.enums import MailState
from portal.correspondence.letters import LetterView, letter_file, letters_of
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from portal.correspondence.services import (
    declare_letters,
    declare_mails,
    issue_letter,
    revoke_letter,
    set_prefecture,
    tell,
    tell_agent,
)
from portal.correspondence.timeline import (
    Line,
    add_line,
    declare_lines,
    declared_kinds,
    latest_lines,
    timeline,
)

__all__ = [
    "Letter",
    "LetterView",
    "Line",
    "MailState",
    "OutgoingMail",
    "TimelineLine",
    "add_line",
    "declare_letters",
    "declare_lines",
    "declare_mails",
    "declared_kinds",
    "issue_letter",
    "latest_lines",
    "letter_file",
    "letters_of",
    "revoke_letter",
    "set_prefecture",
    "tell",
    "tell_agent",
    "timeline",
]
