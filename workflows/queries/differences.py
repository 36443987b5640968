"""What came since an agent last read a case, and what changed between any two filings."""

from dataclasses import dataclass

from dossiers import api as dossiers
from portal.accounts.api import User
from portal.core.models import JournalLine
from workflows.models import Case, CaseReading, Step


@dataclass(frozen=True)
class News:
    """What changed since the filing that the agent had read."""

    since: int
    last: int
    difference: dossiers.Difference


def read_up_to(case: Case, person: User) -> int | None:
    """The last filing that this agent has read for sure; None when they were never here.

    What they said, what an act of theirs was about, or at least what their first visit showed: a
    page that was opened once more is not a change that was read.
    """
    said = CaseReading.objects.filter(case=case, agent=person).values_list(
        "submission_number", flat=True
    )
    acted = Step.objects.filter(case=case, actor=person).values_list("submission_number", flat=True)
    visits = JournalLine.objects.filter(
        dossier_id=case.dossier_id, actor_id=person.pk, act="case.read", facts__has_key="filing"
    )
    first = visits.order_by("id").values_list("facts__filing", flat=True)[:1]
    return max([*said, *acted, *first], default=None)


def news_for(case: Case, person: User, page) -> News | None:
    """What an agent who has read or made something here has not read since; None without news.

    Somebody new to the case reads all of it: nothing is news to them. One filing costs nothing.
    """
    filings = page.dossier.submissions
    if len(filings) < 2:
        return None
    since = read_up_to(case, person)
    return news_between(case, filings, since) if since else None


def news_since_the_proposal(case: Case, page) -> News | None:
    """What the person changed after a proposal was made: it is signed only once looked at again."""
    proposal = page.open_proposal
    if proposal is None:
        return None
    return news_between(case, page.dossier.submissions, proposal.submission_number)


def news_between(case: Case, filings, since: int) -> News | None:
    """The difference from one filing to the last; None when it is the last."""
    older = next((one for one in filings if one.number == since), None)
    last = filings[-1]
    if older is None or older.number >= last.number:
        return None
    found = dossiers.difference(dossiers.procedure_of(case.dossier), older, last)
    return News(since=since, last=last.number, difference=found)


def two_filings(filings, older: str, newer: str):
    """The two filings named, in their order; by default the last two. None when one is unknown."""
    by_number = {str(one.number): one for one in filings}
    last = filings[-1].number
    first = by_number.get(older or str(max(last - 1, 1)))
    second = by_number.get(newer or str(last))
    if first is None or second is None:
        return None
    return (first, second) if first.number <= second.number else (second, first)
