"""Load the demonstration (as the owner): procedures, people, places, hours, guidance."""

from django.core.management.base import BaseCommand

from appointments import demo as appointments
from cms import demo as cms
from portal.demo import loading


class Command(BaseCommand):
    help = "Load the demonstration's invented people and places; safe to run again."

    def handle(self, *args, **options):
        loading.load()
        appointments.load()
        cms.load()
        loading.write_sign_ins()
        self.stdout.write("Demonstration data are in place.")
