"""Static files of the applications, less the State's design kit: its marks are never served."""

from django.apps import apps
from django.contrib.staticfiles.finders import AppDirectoriesFinder


class AppsWithoutDsfrFinder(AppDirectoriesFinder):
    """Serve every application's static files except `dsfr`, whose marks are reserved."""

    def __init__(self, app_names=None, *args, **kwargs):
        """Ignore the names given: the exception must hold for every caller."""
        names = [config.name for config in apps.get_app_configs() if config.name != "dsfr"]
        super().__init__(names, *args, **kwargs)
