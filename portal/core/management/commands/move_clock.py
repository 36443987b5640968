"""Move the clock of a demonstration (as the owner); production has no such clock."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError

from portal.core import clock


class Command(BaseCommand):
    help = "Move the demonstration's clock forward."

    def add_arguments(self, parser):
        parser.add_argument("--days", type=int, default=0)
        parser.add_argument("--hours", type=int, default=0)
        parser.add_argument("--to", help="a moment, 2027-01-31T09:00+01:00")

    def handle(self, *args, days, hours, to, **options):
        from datetime import datetime  # noqa: PLC0415

        by = timedelta(days=days, hours=hours)
        if to:
            by = datetime.fromisoformat(to) - clock.now()
        if by < timedelta(0):
            raise CommandError("The clock only moves forward.")
        self.stdout.write(clock.move(by).isoformat())
