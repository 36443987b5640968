"""Sending a case to its office, and opening again what was closed."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core import clock, door
from portal.territory import api as territory
from workflows.enums import ROUTING_DESK
from workflows.forms.acts import OfficeForm, ReopenForm
from workflows.models import Case
from workflows.queries.routes import elsewhere, why
from workflows.services import deciding, rerouting
from workflows.views.base import CaseActView, note_reading


class _ChooseOffice(CaseActView):
    """The office that the rule names comes first and is chosen already; any other may be."""

    form_class = OfficeForm

    @cached_property
    def dossier_view(self):
        return dossiers.dossier_summary(self.case.dossier_id)

    @cached_property
    def named(self):
        """The office of the rule, when it is not the one that has the case."""
        return elsewhere(self.case, self.dossier_view, on=clock.today())

    def get_form_kwargs(self):
        offices = territory.prefectures().exclude(pk=self.case.prefecture_code)
        return super().get_form_kwargs() | {
            "offices": list(offices.values_list("pk", "name")),
            "named": self.named,
        }

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"named": self.named}

    def facts(self, form):
        return {
            "prefecture_code": form.cleaned_data["prefecture"],
            "reason": form.cleaned_data["reason"],
        }


class Reroute(_ChooseOffice):
    """Another office is competent: it receives the case, the clock runs on."""

    move = "reroute"
    service = staticmethod(rerouting.reroute)
    explanation = _(
        "La date de dépôt reste acquise et le délai continue de courir (CRPA, art. L. 114-2 et "
        "L. 114-3). La personne est prévenue. Vous ne verrez plus ce dossier."
    )
    done = _("Le dossier est transmis. La personne est prévenue.")
    danger = True

    def get_success_url(self):
        return reverse("desk:queue")


class Route(_ChooseOffice):
    """A supervisor gives an office to a case for which the rule gave none, or two."""

    move = "route"
    service = staticmethod(rerouting.route)
    template_name = "workflows/route.html"
    explanation = _("Aucune préfecture n’a été trouvée par la règle : choisissez-la.")
    done = _("Le dossier est confié à la préfecture choisie.")

    def dispatch(self, request, *args, **kwargs):
        """Everything about a case without office happens at the routing desk."""
        with door.also(ROUTING_DESK):
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        return response

    def load(self, case_id):
        with door.also(ROUTING_DESK):
            cases = Case.objects.unrouted().select_related("dossier")
            return get_object_or_404(cases, pk=case_id)

    def back_url(self):
        return reverse("desk:supervision")

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "dossier": self.dossier_view,
            "why_not": why(self.case.routing_rule) if self.case.routing_rule else "",
        }


class Reopen(CaseActView):
    """A supervisor withdraws a refusal or a closure."""

    move = "reopen"
    service = staticmethod(deciding.reopen)
    form_class = ReopenForm
    explanation = _("La décision est retirée, sa lettre ne vaut plus ; la personne est prévenue.")
    done = _("Le dossier est rouvert.")
    danger = True

    def facts(self, form):
        return {"reason": form.cleaned_data["reason"]}
