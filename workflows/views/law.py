"""The law that the portal applies, procedure by procedure, and what of it is to be confirmed."""

from django.views.generic import TemplateView

from dossiers import api as dossiers
from portal.core.views import ReadOnlyView


class Law(ReadOnlyView, TemplateView):
    """Channels, windows, delays and prices as the data files give them; nothing changes here."""

    template_name = "workflows/law.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"procedures": dossiers.law_of_procedures()}
