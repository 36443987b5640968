"""The counter's day: who is expected, and whom a code opens."""

from django.http import Http404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import TemplateView

from appointments import queries
from appointments.enums import AppointmentState
from appointments.forms.scan import ScanForm
from appointments.services import checking_in
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView, ReadOnlyView


class AtASite:
    """The sites of the agent's prefecture, and the one where they stand."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.sites = queries.sites_of(request.user)
        asked = request.POST.get("site") or request.GET.get("site") or ""
        by_key = {str(site.pk): site for site in self.sites}
        if asked and asked not in by_key:
            raise Http404
        self.site = by_key.get(asked) or next(iter(self.sites), None)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"site": self.site, "sites": self.sites}


class Day(AtASite, ReadOnlyView, TemplateView):
    """Everybody expected today at a site, in order of time."""

    template_name = "appointments/day.html"

    def get_context_data(self, **kwargs):
        today = clock.today()
        expected = []
        if self.site is not None:
            expected = list(queries.day_sheet(self.request.user, site_id=self.site.pk, day=today))
        received = sum(one.state == AppointmentState.HONOURED for one in expected)
        return super().get_context_data(**kwargs) | {
            "today": today,
            "expected": expected,
            "received": received,
            "awaited": len(expected) - received,
            "scan_form": ScanForm(sites=self.sites, initial={"site": self.site and self.site.pk}),
        }


class Scan(AtASite, ActView):
    """A code is shown: open its visit, or say why not."""

    form_class = ScanForm
    template_name = "appointments/scan.html"
    found = None

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"sites": self.sites}

    def get_initial(self):
        return {"site": self.site.pk if self.site else None}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"found": self.found}

    def perform(self, form):
        at, user = clock.now(), self.request.user
        found = checking_in.find(form.cleaned_data["code"], user=user, at=at)
        self.found = found
        reasons = checking_in.reasons_not_to_receive(
            found, site_id=form.cleaned_data["site"], at=at
        )
        if reasons:
            raise DomainRefusal(*reasons)

    def get_success_url(self):
        query = urlencode({"site": self.site.pk})
        return f"{reverse('counter:visit', args=[self.found.pk])}?{query}"
