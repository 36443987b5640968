"""Who works in the office, with how much in hand, and who has a case."""

from dataclasses import dataclass
from datetime import date

from dossiers import api as dossiers
from portal.accounts import api as accounts
from portal.accounts.api import Member, Role
from workflows.models import Case
from workflows.queries.names import role_label
from workflows.queries.workload import held_by
from workflows.rules import may_give_away


@dataclass(frozen=True)
class TeamLine:
    """One agent in the supervisor's list."""

    member: Member
    roles: tuple[str, ...]
    skills: tuple[str, ...]
    cases: int | None
    """Cases in hand; None for who reviews none."""


@dataclass(frozen=True)
class Holding:
    """Whose case it is, in the words that this reader may read."""

    is_mine: bool
    is_nobodys: bool
    name: str
    may_give_away: bool


def team_lines(prefecture_code: str, day: date) -> list[TeamLine]:
    """The agents of an office with their cases, skills and absences."""
    held = held_by(prefecture_code)
    titles = {facts.code: facts.title for facts in dossiers.procedures()}
    return [
        TeamLine(
            member=member,
            roles=tuple(role_label(role) for role in member.roles),
            skills=tuple(titles.get(code, code) for code in member.skills),
            cases=held.get(member.user.pk, 0) if _reviews(member, held) else None,
        )
        for member in accounts.team_of(prefecture_code, day)
    ]


def holding_of(case: Case, reader) -> Holding:
    """A colleague has a name for the supervisor of the team alone."""
    supervises = may_give_away(case, reader)
    return Holding(
        is_mine=case.reviewer_id == reader.pk,
        is_nobodys=case.reviewer_id is None,
        name=str(case.reviewer) if supervises and case.reviewer_id else "",
        may_give_away=supervises and case.reviewer_id is not None,
    )


def _reviews(member, held):
    return Role.REVIEWER.value in member.roles or member.user.pk in held
