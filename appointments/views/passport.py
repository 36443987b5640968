"""The page of the passport, as it was given with the dossier, to compare with a face."""

from django.http import Http404
from django.views.generic import View

from appointments.views.visit import OneVisit, passport_of
from dossiers import api as dossiers
from portal.vault import api as vault


class Passport(OneVisit, View):
    """The page of the passport, to compare; the vault writes the line of this reading."""

    http_method_names = ["get", "head"]

    def get(self, request, **kwargs):
        view = dossiers.dossier_summary(self.appointment.dossier_id)
        stored = passport_of(view)
        if stored is None or not self.may_be_shown():
            raise Http404
        return vault.serve_page(request, stored, page=1, width=vault.LARGE)

    def may_be_shown(self):
        """To an agent of the counter, that day, who is not close to the person."""
        return self.allowed() and self.is_of_today() and not self.is_close()
