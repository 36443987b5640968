"""Builds the style sheet: `manage.py build_assets`; takes seconds, needs no network and no Node."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core.assets.bundle import AssetProblem, build


class Command(BaseCommand):
    """Write `ui/portal.css` and its pictures where static files are collected from."""

    help = "Build the portal's style sheet from the installed design kit and our brand."
    requires_system_checks = []

    def handle(self, *args, **options):
        """Stop with a sentence when the installed design kit is not the expected one."""
        try:
            path = build(settings.ASSETS_DIR)
        except AssetProblem as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"{path} ({path.stat().st_size // 1024} KB)")
