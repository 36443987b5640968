"""The public page of figures: how many visits a title takes, counted from the check-ins."""

from django.views.generic import TemplateView

from appointments import queries
from portal.core.views import ReadOnlyView
from portal.territory import api as territory


class Figures(ReadOnlyView, TemplateView):
    """By month, in all France or at one prefecture; nothing about a day to come."""

    template_name = "appointments/figures.html"

    def get_context_data(self, **kwargs):
        offices = {office.pk: office.name for office in territory.prefectures()}
        asked = self.request.GET.get("prefecture", "")
        code = asked if asked in offices else ""
        return super().get_context_data(**kwargs) | {
            "figures": queries.figures_of(code),
            "offices": sorted(offices.items(), key=lambda one: one[1]),
            "code": code,
            "office": offices.get(code, ""),
        }
