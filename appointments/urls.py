"""Addresses of the visit: the person's under their dossier, the counter's under its own door."""

from appointments.views import (
    applicant,
    calendar,
    cards,
    check,
    counter,
    figures,
    follow_up,
    give_back,
    moves,
    offers,
    offline,
    opening_sooner,
    passport,
    preferences,
    reaching,
    screens,
    supply,
    urgency,
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
_ASKING = frozenset({Role.SUPERVISOR.value, Role.REVIEWER.value, Role.COUNTER_AGENT.value})
OF_THE_OFFICE = Policy("agent", _ASKING, "prefecture", "urgency")
ANSWERING = Policy("agent", frozenset({Role.SUPERVISOR.value}), "prefecture", "urgency")
REACHING = Policy("agent", frozenset({Role.SUPERVISOR.value}), "prefecture", "appointment")

OF_A_CARD = Policy("counter", frozenset({Role.COUNTER_AGENT.value}), "prefecture", "card")
FOLLOW_UP = Policy("agent", frozenset({Role.SUPERVISOR.value}), "prefecture", "appointment")
# Whoever has the address of a screen reads numbers and counters, and nothing else.
ON_THE_WALL = Policy("public", ANYONE)

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
    _mine("preferences/", preferences.Preferences, "preferences"),
    _mine("place-proposee/<uuid:offer_id>/", offers.Offer, "offer"),
]

desk_urlpatterns = [
    route("guichets/", supply.Counters.as_view(), name="counters", policy=SUPERVISION),
    route("guichets/fermer/", supply.CloseSite.as_view(), name="close_site", policy=SUPERVISION),
    route(
        "guichets/fermetures/<uuid:shut_id>/",
        opening_sooner.OpenSiteSooner.as_view(),
        name="open_site_sooner",
        policy=SUPERVISION,
    ),
    route(
        "guichets/absences/<uuid:shut_id>/",
        opening_sooner.TakeCounterBack.as_view(),
        name="take_counter_back",
        policy=SUPERVISION,
    ),
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
    route("visites/", follow_up.Visits.as_view(), name="visits", policy=FOLLOW_UP),
    route(
        "visites/<uuid:appointment_id>/autre-rendez-vous/",
        follow_up.GiveAnother.as_view(),
        name="give_another",
        policy=FOLLOW_UP,
    ),
    route("guichets/a-joindre/", reaching.ToReach.as_view(), name="to_reach", policy=REACHING),
    route(
        "guichets/a-joindre/<uuid:appointment_id>/",
        reaching.Reached.as_view(),
        name="reached",
        policy=REACHING,
    ),
    route("urgences/", urgency.Urgencies.as_view(), name="urgencies", policy=OF_THE_OFFICE),
    route(
        "urgences/<uuid:urgency_id>/",
        urgency.AnswerUrgency.as_view(),
        name="answer_urgency",
        policy=ANSWERING,
    ),
]

counter_urlpatterns = [
    _counter("", counter.Day, "day"),
    _counter("nom/", counter.Find, "find"),
    _counter("code/", counter.Scan, "scan"),
    _counter("camera/", counter.Camera, "camera"),
    _counter("suivant/", counter.CallNext, "call_next"),
    _counter("salle/", screens.Open, "screen"),
    _counter("feuille/", offline.Paper, "paper"),
    _counter("hors-ligne/", offline.Page, "offline"),
    _counter("hors-ligne/feuille/", offline.DaySheet, "offline_sheet"),
    _counter("hors-ligne/entrees/", offline.Enter, "offline_enter"),
    _counter("hors-ligne/relais.js", offline.Relay, "offline_relay"),
    route(
        "a-prevenir/",
        calendar.ToCall.as_view(template_name="appointments/to_call_at_counter.html"),
        name="to_call",
        policy=AT_THE_COUNTER,
    ),
    route("cartes/", cards.Cards.as_view(), name="cards", policy=OF_A_CARD),
    route(
        "cartes/<uuid:dispatch_id>/envoi/",
        cards.Send.as_view(),
        name="card_send",
        policy=OF_A_CARD,
    ),
    route(
        "cartes/<uuid:dispatch_id>/arrivee/",
        cards.Receive.as_view(),
        name="card_receive",
        policy=OF_A_CARD,
    ),
    _counter(_ONE, visit.Visit, "visit"),
    _counter(_ONE + "arrivee/", moves.Arrive, "arrive"),
    _counter(_ONE + "appel/", moves.Call, "call"),
    _counter(_ONE + "au-guichet/", moves.Serve, "serve"),
    _counter(_ONE + "autre-jour/", give_back.GiveBack, "give_back"),
    _counter(_ONE + "fin/", moves.Complete, "complete"),
    _counter(_ONE + "identite/", moves.TurnAway, "turn_away"),
    _counter(_ONE + "sans-suite/", moves.LeaveUnfulfilled, "leave"),
    _counter(_ONE + "passeport/", passport.Passport, "passport"),
]

screen_urlpatterns = [
    route("<str:token>/", screens.Screen.as_view(), name="waiting", policy=ON_THE_WALL),
]
