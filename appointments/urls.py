"""Addresses of the visit: the person's under their dossier, the counter's under its own door."""

from appointments.views import (
    applicant,
    calendar,
    check,
    counter,
    figures,
    give_back,
    passport,
    supply,
    visit,
)
from portal.accounts.api import Role
from portal.core.policy import ANYONE, Policy, route

PUBLIC = Policy("public", ANYONE)
OWN = Policy("applicant", frozenset({Role.APPLICANT.value}), "own", "appointment")
AT_THE_COUNTER = Policy(
    "counter", frozenset({Role.COUNTER_AGENT.value}), "prefecture", "appointment"
)

SUPERVISION = Policy("agent", frozenset({Role.SUPERVISOR.value}), "prefecture", "opening")

_MINE = "dossiers/<uuid:dossier_id>/rendez-vous/"
_ONE = "rendez-vous/<uuid:appointment_id>/"


def _mine(path, view, name):
    return route(_MINE + path, view.as_view(), name=name, policy=OWN)


def _counter(path, view, name):
    return route(path, view.as_view(), name=name, policy=AT_THE_COUNTER)


public_urlpatterns = [
    route("verifier/", check.CheckPaper.as_view(), name="check", policy=PUBLIC),
    route("chiffres/", figures.Figures.as_view(), name="figures", policy=PUBLIC),
]

applicant_urlpatterns = [
    _mine("", applicant.ShowAppointment, "show"),
    _mine("agenda.ics", applicant.CalendarFile, "ics"),
    _mine("convocation/", applicant.Notice, "notice"),
    _mine("je-ne-peux-pas-venir/", applicant.CannotCome, "cannot_come"),
    _mine("je-viendrai/", applicant.ConfirmComing, "confirm"),
]

desk_urlpatterns = [
    route("guichets/", supply.Counters.as_view(), name="counters", policy=SUPERVISION),
    route("guichets/fermer/", supply.CloseSite.as_view(), name="close_site", policy=SUPERVISION),
    route(
        "guichets/ouvrir/", supply.OpenCounter.as_view(), name="open_counter", policy=SUPERVISION
    ),
    route(
        "guichets/horaires/<int:opening_id>/fin/",
        supply.EndOpening.as_view(),
        name="end_opening",
        policy=SUPERVISION,
    ),
    route(
        "guichets/horaires/<int:opening_id>/changer/",
        supply.ChangeOpening.as_view(),
        name="change_opening",
        policy=SUPERVISION,
    ),
    route("guichets/calendrier/", calendar.Calendar.as_view(), name="calendar", policy=SUPERVISION),
    route(
        "guichets/absence/",
        supply.TakeOutCounter.as_view(),
        name="take_out_counter",
        policy=SUPERVISION,
    ),
    route("guichets/jour-ouvert/", supply.OpenDay.as_view(), name="open_day", policy=SUPERVISION),
    route(
        "guichets/a-prevenir/",
        calendar.ToCall.as_view(template_name="appointments/to_call.html"),
        name="to_call",
        policy=SUPERVISION,
    ),
    route(
        "guichets/file/<uuid:clearance_id>/",
        supply.Readmit.as_view(),
        name="readmit",
        policy=SUPERVISION,
    ),
]

counter_urlpatterns = [
    _counter("", counter.Day, "day"),
    _counter("code/", counter.Scan, "scan"),
    route(
        "a-prevenir/",
        calendar.ToCall.as_view(template_name="appointments/to_call_at_counter.html"),
        name="to_call",
        policy=AT_THE_COUNTER,
    ),
    _counter(_ONE, visit.Visit, "visit"),
    _counter(_ONE + "arrivee/", visit.Arrive, "arrive"),
    _counter(_ONE + "autre-jour/", give_back.GiveBack, "give_back"),
    _counter(_ONE + "fin/", visit.Complete, "complete"),
    _counter(_ONE + "passeport/", passport.Passport, "passport"),
]
