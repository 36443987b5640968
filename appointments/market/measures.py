"""What a run says, as numbers: of the year measured, and of the people who arrived in it."""

from dataclasses import dataclass
from math import nan

import numpy as np

from appointments.market.issued import Desk
from appointments.market.world import World

MONTHS = 12
WORKDAYS = 5


@dataclass(frozen=True)
class Measure:
    """One column of the results: its name in two languages, and how it is written."""

    code: str
    french: str
    english: str
    digits: int = 2
    is_share: bool = False


MEASURES = (
    Measure("capture", "places prises par les vendeurs", "slots taken by sellers", 1, True),
    Measure("hoarded", "places tenues sous un faux nom", "slots held under a false name", 1, True),
    Measure("profit", "gain des vendeurs (€ par an)", "sellers’ profit (€ a year)", 0),
    Measure("revenue", "recettes des vendeurs (€ par an)", "sellers’ revenue (€ a year)", 0),
    Measure("sales", "ventes par an", "sales a year", 0),
    Measure("price", "prix moyen (€)", "mean price (€)", 0),
    Measure("member_month", "gain mensuel d’un vendeur (€)", "a seller’s monthly profit (€)", 0),
    Measure("active", "vendeurs encore là", "sellers still there", 1),
    Measure("paid", "personnes qui ont payé", "people who paid", 1, True),
    Measure("wait_median", "attente médiane (jours)", "median wait (days)", 0),
    Measure("wait_p90", "attente, 9e décile (jours)", "wait, 90th percentile (days)", 0),
    Measure("late", "reçus après la fin du titre, ou pas", "served after expiry, or not", 1, True),
    Measure("wasted", "places perdues", "slots wasted", 1, True),
    Measure("unused", "places que personne n’a prises", "slots that nobody took", 1, True),
    Measure("empty_hoard", "stock resté vide", "hoarded slots left empty", 1, True),
    Measure("no_show", "absences vues du guichet", "no-shows seen by the office", 1, True),
    Measure("visits", "visites par titre", "visits a title", 2),
    Measure("success", "essais qui réussissent", "tries that succeed", 1, True),
    Measure("volunteer", "réussite d’un essai par jour ouvré", "success of daily tries", 1, True),
    Measure("race", "minutes avant épuisement", "minutes to sell out", 1),
    Measure("gini", "inégalité de l’attente (Gini)", "inequality of the wait (Gini)", 2),
    Measure("overtakes", "places données en doublant", "slots given past someone", 1, True),
    Measure("inversions", "inversions de l’ordre publié", "inversions of the published order", 0),
    Measure("backlog", "dossiers en attente d’examen", "files waiting for review", 0),
    Measure("insider", "ventes d’un agent (€ par an)", "insider’s sales (€ a year)", 0),
)


def measure(world: World, desk: Desk) -> dict[str, float]:
    """Every measure of one run; not a number where it has no sense under this regime."""
    figures = world.parameters
    year = slice(figures.days_before, figures.days_before + figures.days_measured)
    found = _market(world, year) | _places(world, year) | _people(world, year)
    found |= _order(world, desk, year)
    return {one.code: float(found[one.code]) for one in MEASURES}


def _total(world: World, name: str, year: slice) -> float:
    found = world.notes.get(name)
    return float(found[year].sum()) if found is not None else 0.0


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else nan


def _market(world: World, year: slice) -> dict[str, float]:
    revenue, sales = _total(world, "revenue", year), _total(world, "sales", year)
    profit = revenue - _total(world, "cost", year)
    active = world.notes["active"][year]
    races = [minutes for day, minutes in world.races if year.start <= day < year.stop]
    return {
        "capture": _ratio(_total(world, "captured", year), world.office.capacity[:, year].sum()),
        "hoarded": _ratio(_total(world, "hoarded", year), world.office.capacity[:, year].sum()),
        "profit": profit,
        "revenue": revenue,
        "sales": sales,
        "price": _ratio(revenue, sales),
        "member_month": profit / MONTHS / max(len(world.groups), 1),
        "active": float(active.sum() / max(np.count_nonzero(np.arange(len(active)) % 7 == 0), 1)),
        "race": float(np.nanmedian(races)) if np.isfinite(races).any() else nan,
        "success": _ratio(_total(world, "successes", year), _total(world, "tries", year)),
        "volunteer": _volunteer(world, year, len(races)),
        "insider": _total(world, "insider", year),
    }


def _volunteer(world: World, year: slice, races: int) -> float:
    """Of one who tries every working day and knows the hour of the one release of the week."""
    if world.regime.random_release:
        return nan
    return _ratio(_total(world, "chances", year), races * WORKDAYS)


def _places(world: World, year: slice) -> dict[str, float]:
    office = world.office
    held = sum((group.held for group in world.groups), np.zeros_like(office.capacity))
    unsold = held + world.lost_places
    absent, refused = office.absent[:, year].sum(), office.refused[:, year].sum()
    capacity = office.capacity[:, year].sum()
    hoarded = world.notes.get("hoarded", np.zeros(1)).sum()
    return {
        "wasted": _ratio(unsold[:, year].sum() + absent + refused, capacity),
        "unused": _ratio(office.free[:, year].sum(), capacity),
        "empty_hoard": _ratio(unsold.sum(), hoarded),
        "no_show": _ratio(
            absent + unsold[:, year].sum(), office.given[:, year].sum() + unsold[:, year].sum()
        ),
    }


def _people(world: World, year: slice) -> dict[str, float]:
    people = world.people
    mine = (people.arrived >= year.start) & (people.arrived < year.stop)
    first = np.where(people.first_on < 0, world.office.length, people.first_on)[mine]
    wait = first - people.arrived[mine]
    served = mine & (people.served_on >= 0)
    return {
        "paid": float((people.paid[mine] > 0).mean()),
        "wait_median": float(np.median(wait)),
        "wait_p90": float(np.quantile(wait, 0.9)),
        "late": float((first > people.deadline[mine]).mean()),
        "visits": float(people.visits[served].mean()) if served.any() else nan,
        "gini": _gini(wait),
    }


def _gini(values: np.ndarray) -> float:
    ordered = np.sort(values)
    count = len(ordered)
    weights = 2 * np.arange(1, count + 1) - count - 1
    return float((weights * ordered).sum() / max(count * ordered.sum(), 1))


def _order(world: World, desk: Desk, year: slice) -> dict[str, float]:
    issued = bool(desk.pools)
    return {
        "overtakes": _ratio(_total(world, "overtakes", year), _total(world, "bookings", year)),
        "inversions": float(desk.inversions) if issued else nan,
        "backlog": float(desk.backlog[year.stop - 1]) if issued else nan,
    }
