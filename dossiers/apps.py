"""What the room does when Django starts: the catalogue is checked, its sentences declared."""

from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class DossiersConfig(AppConfig):
    name = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Dossiers"

    def ready(self):
        from dossiers import receivers  # noqa: F401 -- it listens once imported
        from dossiers.services import publishing, telling
        from portal.correspondence import api as correspondence

        register(publishing.check_catalogue)
        post_migrate.connect(
            publishing.publish_after_migration, sender=self, dispatch_uid="dossiers.publish"
        )
        correspondence.declare_lines(telling.LINES)
        correspondence.declare_mails(telling.MAILS)
        correspondence.declare_letters(telling.LETTERS)
