"""The supervisor's page of the counters and its acts. No free seat is shown."""

from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View

from appointments import queries
from appointments.forms import supply as forms
from appointments.models import Clearance, Service
from appointments.queries import calendar, effects
from appointments.services import clearing, closing, opening
from appointments.views.previewing import PreviewedAct
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView


class Counters(ReadOnlyView, TemplateView):
    """Hours and closures to come; how many people wait and are expected."""

    template_name = "appointments/counters.html"

    def get_context_data(self, **kwargs):
        user, today = self.request.user, clock.today()
        return super().get_context_data(**kwargs) | {
            "openings": queries.openings_of(user, today),
            "closures": queries.closures_of(user, clock.now()),
            "outages": queries.outages_of(user, clock.now()),
            "to_contact": queries.to_contact(user),
            "waiting": queries.count_waiting(user),
            "expected": queries.count_expected(user, clock.now()),
            "last_run": queries.last_run_of(user),
            "forecasts": calendar.forecasts_of(user),
            "to_call": calendar.to_call(user, clock.now()).count(),
        }


class CloseSite(PreviewedAct):
    """Shut a site: the database revokes what it hits, a run gives other seats."""

    form_class = forms.CloseSiteForm
    success_url = reverse_lazy("desk:counters")
    heading = gettext_lazy("Fermer un site")
    warning = gettext_lazy("Les rendez-vous de ces jours sont retirés")
    explanation = gettext_lazy(
        "Chaque personne est prévenue aussitôt. Elle garde son rang, passe avant les autres et "
        "reçoit un autre rendez-vous au prochain passage. La fermeture pourra être raccourcie, "
        "mais ces rendez-vous ne reviendront pas."
    )
    confirm = gettext_lazy("Fermer le site")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"sites": queries.sites_of(self.request.user)}

    def hold(self, form):
        closing.hold(form.cleaned_data["site"])

    def effect(self, form):
        said = form.cleaned_data
        starts_at, ends_at = _whole_days(said)
        hit = effects.expected_during(starts_at, ends_at, site=said["site"])
        return effects.effect(said, moved=hit)

    def perform(self, form):
        said = form.cleaned_data
        starts_at, ends_at = _whole_days(said)
        sites = {site.pk: site for site in queries.sites_of(self.request.user)}
        hit = closing.close_site(
            site=sites[said["site"]], starts_at=starts_at, ends_at=ends_at, reason=said["reason"]
        )
        told = ngettext(
            "Le site est fermé. %(count)s personne est prévenue et recevra un autre rendez-vous.",
            "Le site est fermé. %(count)s personnes sont prévenues et recevront un autre "
            "rendez-vous.",
            len(hit),
        )
        messages.success(self.request, told % {"count": len(hit)})


class TakeOutCounter(PreviewedAct):
    """One counter receives nobody: out of order, or its agent is absent."""

    form_class = forms.OutageForm
    heading = gettext_lazy("Guichet hors service ou agent absent")
    warning = gettext_lazy("Les rendez-vous de ce guichet sont retirés")
    explanation = gettext_lazy(
        "Les personnes attendues à ce guichet ces jours-là sont prévenues et reçoivent un autre "
        "rendez-vous en premier. Le portail dit ensuite qui appeler pour aujourd’hui."
    )
    confirm = gettext_lazy("Fermer ce guichet")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"counters": queries.counters_of(self.request.user)}

    def _counter(self, form):
        counters = queries.counters_of(self.request.user)
        return get_object_or_404(counters, pk=form.cleaned_data["counter"])

    def hold(self, form):
        closing.hold(self._counter(form).site_id)

    def effect(self, form):
        said = form.cleaned_data
        starts_at, ends_at = _whole_days(said, from_time=said["from_time"])
        hit = effects.expected_during(starts_at, ends_at, counter=said["counter"])
        return effects.effect(said, moved=hit)

    def perform(self, form):
        said = form.cleaned_data
        starts_at, ends_at = _whole_days(said, from_time=said["from_time"])
        _outage, hit = closing.take_out_counter(
            counter=self._counter(form), starts_at=starts_at, ends_at=ends_at, kind=said["kind"]
        )
        told = ngettext(
            "Le guichet est fermé. %(count)s personne est prévenue.",
            "Le guichet est fermé. %(count)s personnes sont prévenues.",
            len(hit),
        )
        messages.success(self.request, told % {"count": len(hit)})

    def get_success_url(self):
        soon = calendar.to_call(self.request.user, clock.now()).exists()
        return reverse("desk:to_call" if soon else "desk:counters")


class OpenDay(PreviewedAct):
    """A site opens on a public holiday, or a mobile counter on a day of its tour."""

    form_class = forms.OpenDayForm
    success_url = reverse_lazy("desk:counters")
    heading = gettext_lazy("Ouvrir un jour férié ou un jour de tournée")
    confirm = gettext_lazy("Ouvrir ce jour")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"sites": queries.sites_of(self.request.user)}

    def effect(self, form):
        return effects.effect(form.cleaned_data)

    def perform(self, form):
        said = form.cleaned_data
        sites = {site.pk: site for site in queries.sites_of(self.request.user)}
        opening.open_day(site=sites[said["site"]], day=said["day"])
        messages.success(self.request, _("Ce jour est ouvert aux horaires habituels du site."))


class OpenCounter(PreviewedAct):
    """Give a counter hours every week."""

    form_class = forms.OpenCounterForm
    success_url = reverse_lazy("desk:counters")
    heading = gettext_lazy("Ajouter un horaire")
    confirm = gettext_lazy("Ajouter")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"counters": queries.counters_of(self.request.user)}

    def effect(self, form):
        said, hours = form.cleaned_data, _hours(form)
        opening.refuse_impossible(hours)
        if calendar.overlapping(
            said["counter"], hours.weekday, hours.minutes, first=said["first_day"]
        ):
            raise DomainRefusal(opening.ALREADY_OPEN)
        return effects.effect(said)

    def perform(self, form):
        said = form.cleaned_data
        opening.open_counter(
            counter=get_object_or_404(queries.counters_of(self.request.user), pk=said["counter"]),
            hours=_hours(form),
            first_day=said["first_day"],
            last_day=said["last_day"],
        )
        messages.success(self.request, _("L’horaire est ajouté. Le prochain passage l’utilisera."))


class OneOpening(PreviewedAct):
    """An act on hours that exist, of a counter of the supervisor's prefecture."""

    success_url = reverse_lazy("desk:counters")

    def setup(self, request, *args, opening_id, **kwargs):
        super().setup(request, *args, opening_id=opening_id, **kwargs)
        self.opening = calendar.opening_of(request.user, opening_id)
        if self.opening is None or self.opening.is_given_up:
            raise Http404

    def hold(self, form):
        closing.hold(self.opening.counter.site_id)
        self.opening.refresh_from_db()


class ChangeOpening(OneOpening):
    """Other hours from a day on: the past stays as it was said."""

    form_class = forms.ChangeOpeningForm
    heading = gettext_lazy("Changer un horaire")
    explanation = gettext_lazy(
        "Les jours d’avant gardent l’horaire actuel. Les rendez-vous déjà donnés sont maintenus, "
        "même en dehors des nouvelles heures."
    )
    confirm = gettext_lazy("Changer l’horaire")

    def get_initial(self):
        one = self.opening
        starts, ends = one.minutes.lower, one.minutes.upper
        return {
            "service": one.service_id,
            "weekday": one.weekday,
            "starts": time(starts // 60, starts % 60),
            "ends": time(ends // 60 % 24, ends % 60),
            "seats": one.seats,
            "reserve": one.reserve,
            "slot_minutes": one.slot_minutes,
            "interpreters": one.interpreters,
        }

    def effect(self, form):
        said, hours = form.cleaned_data, _hours(form)
        opening.refuse_impossible(hours)
        if calendar.overlapping(
            self.opening.counter_id,
            hours.weekday,
            hours.minutes,
            first=said["first_day"],
            besides=self.opening.pk,
        ):
            raise DomainRefusal(opening.ALREADY_OPEN)
        given = effects.expected_in(self.opening, first=said["first_day"])
        kept = effects.outside(given, hours=hours)
        return effects.effect((said, self.opening.valid), kept=kept)

    def perform(self, form):
        opening.change_opening(
            self.opening,
            hours=_hours(form),
            first_day=form.cleaned_data["first_day"],
            today=clock.today(),
        )
        messages.success(self.request, _("L’horaire change à partir de ce jour."))


class EndOpening(OneOpening):
    """End hours on a day; appointments already given are kept."""

    form_class = forms.EndOpeningForm
    heading = gettext_lazy("Terminer un horaire")
    explanation = gettext_lazy(
        "Les places libres sont retirées. Les rendez-vous déjà donnés sont maintenus : si personne "
        "ne sera là, déclarez aussi le guichet hors service."
    )
    confirm = gettext_lazy("Terminer cet horaire")

    def get_initial(self):
        return {"last_day": clock.today()}

    def effect(self, form):
        said = form.cleaned_data
        given = effects.expected_in(self.opening, first=said["last_day"] + timedelta(days=1))
        return effects.effect((said, self.opening.valid), kept=given)

    def perform(self, form):
        opening.end_opening(
            self.opening, last_day=form.cleaned_data["last_day"], today=clock.today()
        )
        messages.success(self.request, _("La fin de cet horaire est enregistrée."))


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


def _hours(form) -> opening.Hours:
    said = form.cleaned_data
    return opening.Hours(
        service=Service.objects.get(pk=said["service"]),
        weekday=said["weekday"],
        starts=said["starts"],
        ends=said["ends"],
        seats=said["seats"],
        reserve=said["reserve"] or 0,
        slot_minutes=said["slot_minutes"],
        interpreters=tuple(said["interpreters"]),
    )


def _whole_days(said, *, from_time=None) -> tuple[datetime, datetime]:
    starts_at = calendar.midnight(said["first_day"])
    if from_time:
        starts_at = starts_at.replace(hour=from_time.hour, minute=from_time.minute)
    return starts_at, calendar.midnight(said["last_day"] + timedelta(days=1))
