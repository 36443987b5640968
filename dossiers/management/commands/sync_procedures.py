"""Publish the procedures of this release; run by the owner's role."""

from django.core.management.base import BaseCommand

from dossiers.services.publishing import publish_catalogue


class Command(BaseCommand):
    help = "Publie les textes de démarche que cette version apporte. Peut être relancée."

    def handle(self, *args, **options):
        """Say what was added."""
        added = publish_catalogue()
        for version in added:
            self.stdout.write(f"{version.code} {version.digest[:12]}")
        self.stdout.write(f"{len(added)} texte(s) de démarche publié(s).")
