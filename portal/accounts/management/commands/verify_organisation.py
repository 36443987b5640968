"""Says that an organisation is what it says it is; run with the worker's role."""

from django.core.management.base import BaseCommand, CommandError

from portal.accounts.organisation import Organisation
from portal.accounts.organisations import verify
from portal.core import door


class Command(BaseCommand):
    """The operator has looked the number up and called back; from now on it receives mandates."""

    help = "Verify an organisation by its nine-digit registration number (SIREN)."

    def add_arguments(self, parser):
        """The number alone."""
        parser.add_argument("registration")

    def handle(self, *args, registration, **options):
        """Refuse a number that nobody, or more than one, waits with."""
        try:
            with door.acting(None, scope="system") as act:
                organisation = verify(registration, at=act.now)
        except Organisation.DoesNotExist:
            raise CommandError("No organisation waits with this number.") from None
        except Organisation.MultipleObjectsReturned:
            raise CommandError("Several organisations wait with this number: ask them.") from None
        self.stdout.write(f"{organisation.name}: verified")
