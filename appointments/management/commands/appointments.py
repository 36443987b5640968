"""What an auditor asks of the issuing runs: make one again, or follow the chain of seals."""

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from appointments.models import IssueRun
from appointments.services import replaying
from portal.core import door
from portal.territory import api as territory

ROLE = "portal_issuer"
SHOWN_AT_MOST = 20


class Command(BaseCommand):
    help = "replay RUN, or verify [PREFECTURE…]. Needs PORTAL_ROLE=issuer."

    def add_arguments(self, parser):
        parser.add_argument("act", choices=["replay", "verify"])
        parser.add_argument("names", nargs="*", help="a run, or codes of prefectures")

    def handle(self, *args, act, names, **options):
        """Say "identique", or what differs and end with an error."""
        with connection.cursor() as cursor:
            cursor.execute("select current_user")
            if cursor.fetchone()[0] != ROLE:
                raise CommandError(
                    "Only the issuing role may read what a run saw: PORTAL_ROLE=issuer."
                )
        found = list(self.replay(names) if act == "replay" else self.verify(names))
        if not found:
            self.stdout.write("identique")
            return
        for line in found[:SHOWN_AT_MOST]:
            self.stdout.write(line)
        raise CommandError(f"{len(found)} difference(s)")

    def replay(self, names):
        """What each of these runs decides otherwise when it is made again."""
        if not names:
            raise CommandError("Which run?")
        for name in names:
            run = IssueRun.objects.filter(pk=name).first()
            if run is None:
                raise CommandError(f"There is no run {name}.")
            with door.acting(None, prefectures=[run.prefecture_code]):
                yield from replaying.differences(run)

    def verify(self, names):
        """Where the chain of each prefecture is broken."""
        for code in names or [one.pk for one in territory.prefectures()]:
            with door.acting(None, prefectures=[code]):
                yield from replaying.broken_links(code)
