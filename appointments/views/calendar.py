"""The calendar of a site, by month and by week; and whom to call when a day was taken back."""

import calendar as months
from datetime import date, timedelta

from django.http import Http404
from django.views.generic import TemplateView

from appointments import queries
from appointments.queries import calendar
from dossiers import api as dossiers
from portal.core import clock, journal
from portal.core.views import ReadOnlyView

CALLED_AT_MOST = 50


class Calendar(ReadOnlyView, TemplateView):
    """What opens when, what is shut and why, and the issuer's totals of each day."""

    template_name = "appointments/calendar.html"

    def get_context_data(self, **kwargs):
        user, asked = self.request.user, self.request.GET
        sites = queries.sites_of(user)
        site = _chosen(sites, asked.get("site"))
        counters = [one for one in queries.counters_of(user) if site and one.site_id == site.pk]
        counter = _chosen(counters, asked.get("counter")) if asked.get("counter") else None
        weekly = asked.get("view") == "week"
        day = _day(asked.get("day"))
        first, last, before, after = _week(day) if weekly else _month(day)
        days = []
        if site is not None:
            days = calendar.calendar(
                site, first=first, last=last, counter_id=counter.pk if counter else None
            )
        return super().get_context_data(**kwargs) | {
            "sites": sites,
            "site": site,
            "counters": counters,
            "counter": counter,
            "weekly": weekly,
            "day": day,
            "today": clock.today(),
            "before": before,
            "after": after,
            "first": first,
            "weeks": [days[start : start + 7] for start in range(0, len(days), 7)],
        }


class ToCall(ReadOnlyView, TemplateView):
    """People of today and the next days whose appointment was taken back: somebody calls them."""

    def get_context_data(self, **kwargs):
        taken_back = calendar.to_call(self.request.user, clock.now())[:CALLED_AT_MOST]
        return super().get_context_data(**kwargs) | {"people": [_line(one) for one in taken_back]}


def _line(appointment):
    """One person with their telephone, read in the journal like a paper of the dossier."""
    journal.record(
        "visit.read_contact",
        subject_type="appointment",
        subject_id=appointment.pk,
        dossier_id=appointment.dossier_id,
        prefecture=appointment.prefecture_code,
    )
    return {"appointment": appointment, "phone": dossiers.contact_of(appointment.dossier).phone}


def _chosen(things, asked):
    if not asked:
        return next(iter(things), None)
    found = next((one for one in things if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def _day(asked) -> date:
    try:
        found = date.fromisoformat(asked or "")
    except ValueError:
        return clock.today()
    # far years have no calendar, and the ends of time no week before or after
    return found if abs((found - clock.today()).days) < 5 * 366 else clock.today()


def _week(day):
    first = day - timedelta(days=day.weekday())
    return first, first + timedelta(days=6), first - timedelta(days=7), first + timedelta(days=7)


def _month(day):
    """Whole weeks around a month, from a Monday to a Sunday."""
    begins = day.replace(day=1)
    ends = day.replace(day=months.monthrange(day.year, day.month)[1])
    first = begins - timedelta(days=begins.weekday())
    last = ends + timedelta(days=6 - ends.weekday())
    return first, last, begins - timedelta(days=1), ends + timedelta(days=1)
