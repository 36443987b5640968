"""Closes an account of the administration; run with the worker's role."""

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.enums import Kind
from portal.accounts.models import User
from portal.accounts.services import close_account
from portal.core import clock


class Command(BaseCommand):
    """The agent is out at their next request; what they did keeps their name."""

    help = "Close the account of an agent, editor, auditor or administrator."

    def add_arguments(self, parser):
        """The address alone."""
        parser.add_argument("email")

    def handle(self, *args, email, **options):
        """Refuse an applicant: their account is closed by nobody but themselves."""
        user = (
            User.objects.exclude(kind=Kind.APPLICANT)
            .filter(email=User.objects.normalize_email(email))
            .first()
        )
        if user is None:
            raise CommandError("No account of the administration has this address.")
        close_account(user, on=clock.today())
        self.stdout.write(f"{user.email}: closed")
