"""Run the issuing of appointments now, for every prefecture or for some."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from appointments import queries
from appointments.services import issuing
from portal.core import clock, door

ROLE = "portal_issuer"


class Command(BaseCommand):
    help = "Gives free seats to those who wait, in order. Needs PORTAL_ROLE=issuer."

    def add_arguments(self, parser):
        parser.add_argument("prefectures", nargs="*", help="codes; all of them by default")

    def handle(self, *args, prefectures, **options):
        """One transaction for each prefecture: a failure undoes only its own run."""
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            if cursor.fetchone()[0] != ROLE:
                raise CommandError("Only the issuing role may run this: set PORTAL_ROLE=issuer.")
        for code in prefectures or queries.prefectures_with_a_calendar():
            with door.acting(None, prefectures=[code]):
                report = issuing.issue(code, at=clock.now())
            self.stdout.write(f"{code}: {report.issued} given, {report.waiting} waiting")
