"""Load the demonstration (as the owner): people, places, opening hours."""

from django.core.management.base import BaseCommand

from portal.demo import loading


class Command(BaseCommand):
    help = "Load the demonstration's invented people and places; safe to run again."

    def handle(self, *args, **options):
        loading.load()
        loading.write_sign_ins()
        self.stdout.write("Demonstration data are in place.")
