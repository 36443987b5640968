"""The supervisor's page of the counters: hours, closures, how many wait. No free seat is shown."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from appointments import queries
from appointments.forms.supply import CloseSiteForm, OpenCounterForm
from appointments.models import Clearance, Service
from appointments.services import clearing, closing, opening
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView, ReadOnlyView


class Counters(ReadOnlyView, TemplateView):
    """Hours and closures to come; how many people wait and are expected."""

    template_name = "appointments/counters.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, clock.today()
        return super().get_context_data(**kwargs) | {
            "openings": queries.openings_of(user, today),
            "closures": queries.closures_of(user, clock.now()),
            "to_contact": queries.to_contact(user),
            "waiting": queries.count_waiting(user),
            "expected": queries.count_expected(user, clock.now()),
            "last_run": queries.last_run_of(user),
        }


class CloseSite(ActView):
    """Shut a site: the database revokes what it hits, the next run gives other seats."""

    form_class = CloseSiteForm
    template_name = "appointments/close_site.html"
    success_url = reverse_lazy("desk:counters")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"sites": queries.sites_of(self.request.user)}

    def perform(self, form):
        said = form.cleaned_data
        sites = {site.pk: site for site in queries.sites_of(self.request.user)}
        hit = closing.close_site(
            site=sites[said["site"]],
            starts_at=_midnight(said["first_day"]),
            ends_at=_midnight(said["last_day"] + timedelta(days=1)),
            reason=said["reason"],
        )
        told = ngettext(
            "Le site est fermé. %(count)s personne est prévenue et recevra un autre rendez-vous.",
            "Le site est fermé. %(count)s personnes sont prévenues et recevront un autre "
            "rendez-vous.",
            len(hit),
        )
        messages.success(self.request, told % {"count": len(hit)})


class OpenCounter(ActView):
    """Give a counter hours every week."""

    form_class = OpenCounterForm
    template_name = "appointments/open_counter.html"
    success_url = reverse_lazy("desk:counters")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"counters": queries.counters_of(self.request.user)}

    def perform(self, form):
        said = form.cleaned_data
        opening.open_counter(
            counter=get_object_or_404(queries.counters_of(self.request.user), pk=said["counter"]),
            service=Service.objects.get(pk=said["service"]),
            weekday=said["weekday"],
            hours=(said["starts"], said["ends"]),
            seats=said["seats"],
            first_day=said["first_day"],
        )
        messages.success(self.request, _("L’horaire est ajouté. Le prochain passage l’utilisera."))


class Readmit(View):
    """Put back in the queue somebody who missed two appointments, after a talk."""

    http_method_names = ["post"]

    def post(self, request, clearance_id):
        found = get_object_or_404(Clearance.objects.visible_to(request.user), pk=clearance_id)
        try:
            clearing.readmit(found, user=request.user)
            messages.success(request, _("Un autre rendez-vous sera donné au prochain passage."))
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return HttpResponseRedirect(reverse("desk:counters"))


class EndOpening(View):
    """End hours tonight; appointments already given are kept."""

    http_method_names = ["post"]

    def post(self, request, opening_id):
        today = clock.today()
        found = get_object_or_404(queries.openings_of(request.user, today), pk=opening_id)
        opening.end_opening(found, today=today)
        messages.success(request, _("L’horaire se termine ce soir."))
        return HttpResponseRedirect(reverse("desk:counters"))


def _midnight(day):
    return datetime(day.year, day.month, day.day, tzinfo=clock.PARIS)
