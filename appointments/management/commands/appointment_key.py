"""Prints the public key that checks the passes, to keep when another key takes over."""

from django.core.management.base import BaseCommand

from appointments.services import passes


class Command(BaseCommand):
    """Public, therefore printable: it signs nothing."""

    help = "Print the public half of PORTAL_QR_KEY, for PORTAL_QR_OLD_PUBLIC_KEYS."

    def handle(self, **options):
        """Print it alone, on one line."""
        self.stdout.write(passes.public_key())
