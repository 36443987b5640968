"""The issuing run, at night and at noon, by the worker that has the issuer's role."""

from appointments import queries
from appointments.services import (
    counting,
    issuing,
    learning,
    offering,
    reaching,
    reminding,
    supplying,
    totalling,
)
from portal.core import clock, door
from portal.core.jobs import enqueue, job


@job("appointments.issue", queue="issuing")
def issue(*, prefecture_code, **_later_arguments):
    """Run one prefecture, then ask for the run of its near seats. Twice issues once."""
    with door.also(prefecture_code):
        at = clock.now()
        issuing.issue(prefecture_code, at=at)
        totalling.count(prefecture_code, at=at)
    offering.run_at_once(prefecture_code)


@job("appointments.issue_everywhere", queue="issuing", cron="30 1,11 * * *")
def issue_everywhere(**_later_arguments):
    """Enqueue a run for each prefecture that has a calendar. The hours of cron are UTC."""
    for code in queries.prefectures_with_a_calendar():
        enqueue("appointments.issue", prefecture_code=code, _lock=f"appointments.issue:{code}")


@job("appointments.issue_near", queue="issuing")
def issue_near(*, prefecture_code, **_later_arguments):
    """Give the near seats that were accepted, and offer the others. Twice offers nothing more."""
    with door.also(prefecture_code):
        issuing.issue_near(prefecture_code, at=clock.now())


@job("appointments.end_offers", queue="issuing", cron="*/10 * * * *")
def end_offers(**_later_arguments):
    """Where an offer ended or was accepted, ask for the run that takes its seat further."""
    for code in queries.prefectures_with_a_calendar():
        with door.also(code):
            is_to_run = queries.is_to_run(code, at=clock.now())
        if is_to_run:
            offering.run_at_once(code)


@job("appointments.count_visits", system=True, cron="10 3 * * *")
def count_visits(**_later_arguments):
    """Publish the visits per title of this month and of the one before."""
    counting.count_visits(at=clock.now())


@job("appointments.open_calendar", queue="issuing")
def open_calendar(*, prefecture_code, **_later_arguments):
    """Make the slots and seats that the hours ask for, and count them. Twice adds nothing."""
    with door.also(prefecture_code):
        at = clock.now()
        supplying.lock(prefecture_code)
        supplying.open_slots(prefecture_code, at=at)
        totalling.count(prefecture_code, at=at)


@job("appointments.open_calendars", queue="issuing", cron="10 0 * * *")
def open_calendars(**_later_arguments):
    """Enqueue it for each prefecture that has hours, every day, a little before the first run."""
    for code in queries.prefectures_with_a_calendar():
        enqueue(
            "appointments.open_calendar", prefecture_code=code, _lock=f"appointments.issue:{code}"
        )


@job("appointments.learn", queue="issuing", cron="15 0 * * *")
def learn(**_later_arguments):
    """Learn how many people stay away, before the night's runs. Twice a day learns once."""
    for code in queries.prefectures_with_a_calendar():
        with door.also(code):
            learning.learn(code, at=clock.now())


@job("appointments.remind", system=True, cron="5 7 * * *")
def remind(**_later_arguments):
    """Remind those whose visit is in ten or in two days. Running it twice sends once."""
    reminding.remind(at=clock.now())


@job("appointments.find_undelivered", system=True, cron="35 4 * * *")
def find_undelivered(**_later_arguments):
    """Find the notices of the coming week that reached nobody, and tell the supervisors once."""
    reaching.find_undelivered(at=clock.now())
