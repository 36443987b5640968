"""Check the procedures of this release, say what they change, publish them; as the owner."""

from django.core.management.base import BaseCommand, CommandError

from dossiers.catalogue.loader import catalogue
from dossiers.catalogue.reasons import reasons
from dossiers.catalogue.schema import CatalogueError
from dossiers.queries.texts import effects
from dossiers.services.publishing import publish_catalogue
from portal.core import clock


class Command(BaseCommand):
    help = "Vérifie, compare ou publie les textes de démarche de cette version."
    # A mistake of the files is said by `check`, not by Django before it.
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("verb", choices=["check", "diff", "publish"])
        parser.add_argument("--yes", action="store_true", help="publie sans demander")

    def handle(self, *args, verb, yes, **options):
        """`check` reads the files, `diff` shows what they would do, `publish` shows and does it."""
        self._check()
        if verb == "check":
            return
        found = self._diff()
        if verb == "diff" or not found:
            return
        if not yes and input("Publier ? (oui/non) ").strip().lower() != "oui":
            raise CommandError("Rien n’est publié.")
        self.stdout.write(f"{len(publish_catalogue())} texte(s) publié(s).")

    def _check(self):
        try:
            procedures = catalogue()
            reasons()
        except CatalogueError as error:
            raise CommandError("\n".join(error.problems)) from error
        self.stdout.write(f"{len(procedures)} démarche(s), aucune erreur.")

    def _diff(self):
        found = effects(clock.today())
        if not found:
            self.stdout.write("Rien de nouveau à publier.")
        for effect in found:
            self.stdout.write(f"\n{effect.code}")
            for line in effect.lines:
                self.stdout.write(f"  {line}")
            self.stdout.write(
                f"  brouillons en cours : {effect.drafts}, sans changement : {effect.untouched}"
            )
            for name, count in sorted(effect.losing.items()):
                self.stdout.write(f"  réponse perdue ou à refaire, {name} : {count}")
            for name, count in sorted(effect.asking.items()):
                self.stdout.write(f"  demandé en plus, {name} : {count}")
        return found
