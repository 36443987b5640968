"""Everything that was sent, each time, and what it changed."""

from django.views.generic import TemplateView

from dossiers.queries.differences import versions_of
from dossiers.views.own import OwnDossier
from portal.core.views import ReadOnlyView


class SentVersions(OwnDossier, ReadOnlyView, TemplateView):
    """The same history as the office reads."""

    template_name = "dossiers/versions.html"

    def get_context_data(self, **kwargs):
        versions = versions_of(self.dossier, language=self.language)
        return super().get_context_data(**self.titled(versions=versions, **kwargs))
