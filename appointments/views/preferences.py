"""The person says what suits them, from filing until a visit is given."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _

from appointments import rules
from appointments.forms.preference import PreferenceForm
from appointments.queries.preferences import preference_of, sites_to_prefer
from appointments.services import preferring
from appointments.views.applicant import OwnDossier
from portal.core import clock
from portal.core.views import ActView
from workflows import api as workflows


class Preferences(OwnDossier, ActView):
    """Sites, half-days and needs; once a visit is given, the page leads to it."""

    form_class = PreferenceForm
    template_name = "appointments/preferences.html"

    def dispatch(self, request, *args, **kwargs):
        """Nothing is asked when it could no longer serve."""
        self.case = workflows.case_of(self.dossier.pk)
        if not rules.may_prefer(self.case, self.appointment):
            messages.info(request, _("Il n’y a pas de préférences à dire pour l’instant."))
            return HttpResponseRedirect(self.page())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {
            "sites": sites_to_prefer(self.case.prefecture_code),
            "said": preferring.wishes_in(preference_of(self.dossier.pk)),
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"dossier": self.dossier}

    def perform(self, form):
        preferring.prefer(
            dossier=self.dossier,
            case=self.case,
            appointment=self.appointment,
            wishes=form.wishes,
            at=clock.now(),
        )
        messages.success(self.request, _("Vos préférences sont enregistrées."))

    def get_success_url(self):
        return self.page("preferences")
