"""The issuing run, at night and at noon, by the worker that has the issuer's role."""

from appointments import queries
from appointments.services import counting, issuing
from portal.core import clock, door
from portal.core.jobs import enqueue, job


@job("appointments.issue", queue="issuing")
def issue(*, prefecture_code, **_later_arguments):
    """Run one prefecture. Running it twice issues once."""
    with door.also(prefecture_code):
        issuing.issue(prefecture_code, at=clock.now())


@job("appointments.issue_everywhere", queue="issuing", cron="30 1,11 * * *")
def issue_everywhere(**_later_arguments):
    """Enqueue a run for each prefecture that has a calendar. The hours of cron are UTC."""
    for code in queries.prefectures_with_a_calendar():
        enqueue("appointments.issue", prefecture_code=code, _lock=f"appointments.issue:{code}")


@job("appointments.count_visits", system=True, cron="10 3 * * *")
def count_visits(**_later_arguments):
    """Publish the visits per title of this month and of the one before."""
    counting.count_visits(at=clock.now())
