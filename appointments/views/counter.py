"""The counter's day: who is expected, who waits, whom a code or a name opens."""

import unicodedata
from collections import Counter as Tally
from dataclasses import dataclass

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import urlencode
from django.views.generic import FormView, TemplateView

from appointments import queries
from appointments.enums import AppointmentState, VisitState
from appointments.forms.scan import CounterForm, FindForm, ScanForm
from appointments.models import Appointment, Visit
from appointments.services import checking_in, visiting
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView, ReadOnlyView
from workflows import api as workflows


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


@dataclass(frozen=True)
class Expected:
    """One line of the day: the appointment and, once the person has come, the visit."""

    appointment: Appointment
    visit: Visit | None

    @property
    def where(self):
        """What became of the person so far: a state of the visit, or of the appointment."""
        return self.visit.state if self.visit else self.appointment.state

    @property
    def counter(self):
        """Where they are called or served; until then, where they are expected."""
        return (self.visit and self.visit.counter) or self.appointment.counter


def visit_of(appointment):
    """The visit that an appointment's arrival began, or None before it."""
    honoured = appointment.state == AppointmentState.HONOURED
    return appointment.check_in.visit if honoured else None


def with_camera(response):
    """Let this page, and no other, ask for the camera of the device."""
    response["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
    return response


def plain(text):
    """Without accents or capitals, as a name is looked for."""
    apart = unicodedata.normalize("NFKD", text)
    return "".join(one for one in apart if not unicodedata.combining(one)).casefold().strip()


class OneDay(AtASite):
    """Everybody expected today at a site, in order of time, all of them or those of a counter."""

    template_name = "appointments/day.html"
    looked_for = ""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.counters = list(queries.counters_at(self.site.pk)) if self.site else []
        asked = request.GET.get("counter") or ""
        self.counter = next((one for one in self.counters if str(one.pk) == asked), None)

    def people(self):
        """The lines of the day."""
        if self.site is None:
            return []
        found = queries.day_sheet(self.request.user, site_id=self.site.pk, day=clock.today())
        return [Expected(one, visit_of(one)) for one in found]

    def get_context_data(self, **kwargs):
        people = self.people()
        tally = Tally(one.where for one in people)
        awaited = tally[AppointmentState.ISSUED] + tally[AppointmentState.CONFIRMED]
        shown = [one for one in people if self.counter in (None, one.counter)]
        if self.looked_for:
            shown = [
                one
                for one in shown
                if plain(self.looked_for) in plain(one.appointment.clearance.holder_name)
            ]
        return (
            super().get_context_data(**kwargs)
            | {
                "today": clock.today(),
                "left_open": self.left_open(),
                "here": urlencode({"site": self.site.pk}) if self.site else "",
                "expected": shown,
                "awaited": awaited,
                "waiting": tally[VisitState.ARRIVED],
                "at_counters": tally[VisitState.CALLED] + tally[VisitState.SERVED],
                "received": tally[VisitState.ENDED],
                "counter": self.counter,
                "counters": self.counters,
                "looked_for": self.looked_for,
            }
            | self.forms(kwargs.get("form"))
        )

    def left_open(self):
        """Visits of the days before that still wait for their outcome."""
        if self.site is None:
            return []
        user = self.request.user
        return queries.left_open(user, site_id=self.site.pk, before=clock.today())

    def forms(self, found=None):
        """What is typed or chosen on this page."""
        here = {"site": self.site and self.site.pk}
        return {
            "find_form": found or FindForm(initial={"name": self.looked_for}),
            "scan_form": ScanForm(sites=self.sites, initial=here),
            "call_form": CounterForm(
                counters=self.counters, initial={"counter": self.counter and self.counter.pk}
            ),
        }


class Day(OneDay, ReadOnlyView, TemplateView):
    """The day sheet, and how many cards follow a person who moved."""

    def get_context_data(self, **kwargs):
        to_send, awaited = workflows.count_cards(self.request.user)
        moving = {"cards_to_send": to_send, "cards_awaited": awaited}
        return super().get_context_data(**kwargs) | moving


class Find(OneDay, FormView):
    """The day sheet, less those who do not have this name."""

    http_method_names = ["post"]
    form_class = FindForm

    def form_valid(self, form):
        self.looked_for = form.cleaned_data["name"]
        return self.render_to_response(self.get_context_data(form=form))


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


class Camera(AtASite, ReadOnlyView, TemplateView):
    """The same code, read by the camera of a telephone: pictures stay on the telephone."""

    template_name = "appointments/camera.html"

    def get_context_data(self, **kwargs):
        here = {"site": self.site.pk if self.site else None}
        return super().get_context_data(**kwargs) | {
            "scan_form": ScanForm(sites=self.sites, initial=here)
        }

    def render_to_response(self, context, **options):
        return with_camera(super().render_to_response(context, **options))


class CallNext(AtASite, ActView):
    """Whoever comes first for this counter is shown on the screen."""

    http_method_names = ["post"]
    form_class = CounterForm
    template_name = "appointments/call_next.html"
    called = None

    def get_form_kwargs(self):
        counters = queries.counters_at(self.site.pk) if self.site else []
        return super().get_form_kwargs() | {"counters": counters}

    def perform(self, form):
        counter = get_object_or_404(
            queries.counters_at(self.site.pk), pk=form.cleaned_data["counter"]
        )
        self.called = visiting.call_next(counter=counter, user=self.request.user)

    def get_success_url(self):
        query = urlencode({"site": self.site.pk})
        return f"{reverse('counter:visit', args=[self.called.pk])}?{query}"
