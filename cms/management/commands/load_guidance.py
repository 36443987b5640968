"""Create the public pages that are missing; what editors wrote is left alone."""

from django.core.management.base import BaseCommand

from cms import demo


class Command(BaseCommand):
    help = "Create the site, its three languages and their first pages. Run as the editing role."

    def handle(self, *args, **options):
        for page in demo.load():
            self.stdout.write(f"{page.locale.language_code} {page.url_path}")
