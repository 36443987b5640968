"""What other rooms may tell a person."""

from portal.correspondence.enums import MailState
from portal.correspondence.letters import Call, LetterView, call_to_come, letter_file, letters_of
from portal.correspondence.models import Letter, OutgoingMail, TimelineLine
from portal.correspondence.rendering import paper
from portal.correspondence.services import (
    declare_letters,
    declare_mails,
    invite,
    issue_letter,
    issue_letters,
    revoke_letter,
    set_prefecture,
    tell,
    tell_agent,
    tell_many,
)
from portal.correspondence.timeline import (
    Line,
    add_line,
    add_lines,
    declare_lines,
    declared_kinds,
    latest_lines,
    timeline,
)

__all__ = [
    "Call",
    "Letter",
    "LetterView",
    "Line",
    "MailState",
    "OutgoingMail",
    "TimelineLine",
    "add_line",
    "add_lines",
    "call_to_come",
    "declare_letters",
    "declare_lines",
    "declare_mails",
    "declared_kinds",
    "invite",
    "issue_letter",
    "issue_letters",
    "latest_lines",
    "letter_file",
    "letters_of",
    "paper",
    "revoke_letter",
    "set_prefecture",
    "tell",
    "tell_agent",
    "tell_many",
    "timeline",
]
