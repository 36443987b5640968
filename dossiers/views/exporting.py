"""The copy of the whole dossier: asked for, watched, taken; its person's alone."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import TemplateView

from dossiers.models import Export
from dossiers.queries.exporting import export_view
from dossiers.queries.pages import page
from dossiers.services import exporting
from dossiers.views.own import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView
from portal.vault import api as vault

REFRESH_SECONDS = "4"
_GIVEN = (200, 206)


class ExportPage(OwnDossier, ReadOnlyView, TemplateView):
    """Whether a copy is made, how far it is, and where to take it."""

    template_name = "dossiers/export.html"

    def get(self, request, *args, **kwargs):
        """While it is made the page comes again by itself, unless its person has stopped it."""
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        if context["export"].is_making and not context["stopped"]:
            response["Refresh"] = REFRESH_SECONDS
        return response

    def get_context_data(self, **kwargs):
        origin = "space:dossier" if self.dossier.filed_at else "dossiers:tasks"
        return super().get_context_data(**kwargs) | self.titled(
            export=export_view(self.dossier, clock.now()),
            stopped="fixe" in self.request.GET,
            back_url=reverse(origin, args=[self.dossier.pk]),
        )


class AskExport(OwnDossier, View):
    """Ask for a copy; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, **_kwargs):
        try:
            exporting.ask(
                dossier_id=self.dossier.pk,
                applicant=request.user,
                language=self.language,
                at=clock.now(),
            )
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return redirect(page("export", self.dossier.pk))


class ExportFile(OwnDossier, View):
    """The copy itself; what is not made yet, or has ended, leads back to its page."""

    http_method_names = ["get", "head"]

    def get(self, request, **_kwargs):
        ready = Export.objects.of_dossier(self.dossier).filter(state="ready")
        export = ready.select_related("file").first()
        try:
            if export is None:
                raise Http404
            response = vault.serve(request, export.file)
        except Http404:
            messages.info(
                request, _("Cette copie n’est plus disponible. Demandez-en une nouvelle.")
            )
            return redirect(page("export", self.dossier.pk))
        if response.status_code in _GIVEN and request.method == "GET":
            exporting.take(export)
        return response
