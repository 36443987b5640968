"""Describes the sites of an office and their counters from a file; run with the worker's role."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from portal.core.errors import DomainRefusal
from portal.territory.sites import load_sites


class Command(BaseCommand):
    """The file is kept by the office: it is the only way in, so that a site has an author."""

    help = "Create or update the sites, counters and landmarks of a TOML file."

    def add_arguments(self, parser):
        """The file."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        """Write all of it or nothing, and say each problem with its place."""
        try:
            loaded = load_sites(file)
        except DomainRefusal as refusal:
            raise CommandError("\n".join(refusal.reasons)) from refusal
        self.stdout.write(f"{loaded.sites} sites")
