"""Published facts, and whether the simulation reproduces them. Where it does not, it says so.

A fact that a figure was fitted on, or that follows from an input, is told apart from one that
comes out by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from appointments.market.runner import Row
from appointments.market.statistics import interval, sign_test, values_of

REPRODUCED, FITTED, NOT_REPRODUCED, NOT_RUN = "reproduced", "fitted", "not reproduced", "not run"
SURE = 0.01
ALMOST_ALL = 0.7


@dataclass(frozen=True)
class Fact:
    """A published fact, what was found, and the verdict."""

    code: str
    published: dict[str, str]
    found: dict[str, str]
    verdict: str


class Results:
    """Means and signs of the rows, by scenario and measure."""

    def __init__(self, rows: Sequence[Row]):
        self.rows = rows
        self.known = {row.scenario for row in rows}

    def mean(self, scenario: str, measure: str) -> float:
        return interval(values_of(self.rows, scenario, measure)).mean

    def positive(self, scenario: str, measure: str) -> tuple[int, int]:
        """In how many seeds it is above zero, of how many."""
        values = values_of(self.rows, scenario, measure)
        return sum(one > 0 for one in values), len(values)


Judge = Callable[[Results], tuple[bool, str, str]]


def judge(rows: Sequence[Row]) -> list[Fact]:
    """Every fact, in order."""
    results = Results(rows)
    facts = []
    for code, needs, is_fitted, french, english, rule in _FACTS:
        published = {"fr": french, "en": english}
        missing = [one for one in needs if one not in results.known]
        if missing:
            names = ", ".join(missing)
            found = {"fr": f"non joué : {names}", "en": f"not run: {names}"}
            facts.append(Fact(code, published, found, NOT_RUN))
            continue
        holds, said_french, said_english = rule(results)
        verdict = (FITTED if is_fitted else REPRODUCED) if holds else NOT_REPRODUCED
        facts.append(Fact(code, published, {"fr": said_french, "en": said_english}, verdict))
    return facts


def _profits(found: Results) -> tuple[bool, str, str]:
    gains = {code: found.positive(code, "profit") for code in ("R1", "R5", "R5-low", "R1-low")}
    count = gains["R1"][1]
    none = all(gains[code][0] == 0 for code in ("R5", "R5-low"))
    low = sign_test(count - gains["R1-low"][0], count)
    holds = none and sign_test(*gains["R1"]) < SURE and low < SURE
    said = ", ".join(f"{code} {won}/{of}" for code, (won, of) in gains.items())
    return holds, f"graines avec un gain : {said}", f"seeds with a profit: {said}"


def _herault(found: Results) -> tuple[bool, str, str]:
    wait, price, race = (found.mean("R1", one) for one in ("wait_median", "price", "race"))
    holds = 45 <= wait <= 90 and 20 <= price <= 150 and race <= 10
    return (
        holds,
        f"{wait:.0f} jours, {price:.0f} €, {race:.1f} minute",
        f"{wait:.0f} days, {price:.0f} €, {race:.1f} minute",
    )


def _volunteer(found: Results) -> tuple[bool, str, str]:
    knows, all_tries = found.mean("R1", "volunteer"), found.mean("R1", "success")
    return (
        0.02 <= knows <= 0.06,
        f"{knows:.1%} en connaissant l’heure ; {all_tries:.1%} de tous les essais",
        f"{knows:.1%} when the hour is known; {all_tries:.1%} of all tries",
    )


def _three_in_four(found: Results) -> tuple[bool, str, str]:
    codes = ("R1-low", "R1-18000", "R1-complete")
    fails = {code: 1 - found.mean(code, "success") for code in codes}
    said = ", ".join(f"{code} {share:.0%}" for code, share in fails.items())
    return any(0.6 <= one <= 0.9 for one in fails.values()), f"échecs : {said}", f"fails: {said}"


def _spain(found: Results) -> tuple[bool, str, str]:
    names = ("capture", "price", "member_month")
    capture, price, month = (found.mean("R1", one) for one in names)
    holds = capture > ALMOST_ALL and 30 <= price <= 200 and 4_500 <= month <= 18_000
    return (
        holds,
        f"{capture:.0%} des places, {price:.0f} €, {month:.0f} € par mois et vendeur",
        f"{capture:.0%} of slots, {price:.0f} €, {month:.0f} € a month and seller",
    )


def _persists(found: Results) -> tuple[bool, str, str]:
    profit = {code: found.mean(code, "profit") for code in ("R1", "R2", "R3", "R4")}
    stock = {code: found.mean(code, "hoarded") for code in ("R1", "R4")}
    holds = (
        all(abs(profit[code] / profit["R1"] - 1) < 0.1 for code in ("R2", "R3"))
        and stock["R4"] < 0.6 * stock["R1"]
        and found.mean("R4", "sales") > 0.5 * found.mean("R1", "sales")
    )
    said = ", ".join(f"{code} {one:.0f} €" for code, one in profit.items())
    kept = f"{stock['R1']:.0%} → {stock['R4']:.0%}"
    return holds, f"gain : {said} ; stock {kept}", f"profit: {said}; hoarded {kept}"


def _half_empty(found: Results) -> tuple[bool, str, str]:
    empty, usual = found.mean("R1-hoard", "empty_hoard"), found.mean("R1", "empty_hoard")
    return (
        0.4 <= empty <= 0.6,
        f"{empty:.0%} du stock (R1 : {usual:.0%})",
        f"{empty:.0%} of the stock (R1: {usual:.0%})",
    )


def _absent(found: Results) -> tuple[bool, str, str]:
    share = found.mean("R1", "no_show")
    return 0.10 <= share <= 0.20, f"{share:.1%} dans R1", f"{share:.1%} in R1"


def _visits(found: Results) -> tuple[bool, str, str]:
    before, after = found.mean("R1-visits", "visits"), found.mean("R6-visits", "visits")
    said = f"{before:.1f} → {after:.1f}"
    return 3 <= before <= 4 and 1 <= after <= 2, said, said


def _berlin(found: Results) -> tuple[bool, str, str]:
    profit = found.mean("R6b", "profit")
    before, after = found.mean("R6", "wait_median"), found.mean("R6b", "wait_median")
    return (
        profit <= 0 and after > before + 14,
        f"gain {profit:.0f} €, attente {before:.0f} → {after:.0f} jours",
        f"profit {profit:.0f} €, wait {before:.0f} → {after:.0f} days",
    )


_FACTS: tuple[tuple[str, tuple[str, ...], bool, str, str, Judge], ...] = (
    (
        "V1",
        ("R1", "R5", "R1-low", "R5-low"),
        False,
        "Article de recherche : gain si premier arrivé et forte demande, aucun par tirage, "
        "aucun si la demande est faible",
        "Research paper: profit when first come and demand is high, none by batch, none when "
        "demand is low",
        _profits,
    ),
    (
        "V2",
        ("R1",),
        True,
        "Hérault : environ deux mois, 20 à 150 €, épuisé en quelques minutes",
        "Hérault: about two months, 20 to 150 €, sold out within minutes",
        _herault,
    ),
    (
        "V3",
        ("R1",),
        True,
        "CAPPE 34 : cinq réussites en 125 jours ouvrés d’essais (4 %)",
        "CAPPE 34: five successes in 125 working days of tries (4 %)",
        _volunteer,
    ),
    (
        "V4",
        ("R1-low", "R1-18000", "R1-complete"),
        False,
        "Ain : trois essais sur quatre échouent, pression faible",
        "Ain: three tries in four fail, at low pressure",
        _three_in_four,
    ),
    (
        "V5",
        ("R1",),
        False,
        "Espagne 2023 : presque toutes les places, 30 à 200 €, 9 000 € par mois et membre",
        "Spain 2023: practically all slots, 30 to 200 €, 9 000 € a month and member",
        _spain,
    ),
    (
        "V6",
        ("R1", "R2", "R3", "R4"),
        False,
        "France, Irlande, Munich : captcha et limites ne changent rien ; lier le nom arrête le "
        "stock, pas la commande",
        "France, Ireland, Munich: captcha and limits change nothing; binding the name stops "
        "hoarding, not made-to-order",
        _persists,
    ),
    (
        "V7",
        ("R1", "R1-hoard"),
        False,
        "Miami : la moitié du stock reste vide",
        "Miami: half of the hoarded slots stay empty",
        _half_empty,
    ),
    (
        "V8",
        ("R1",),
        True,
        "Absences : 12,5 % (AIMA), environ 20 % (Pas-de-Calais)",
        "No-shows: 12.5 % (AIMA), about 20 % (Pas-de-Calais)",
        _absent,
    ),
    (
        "V9",
        ("R1-visits", "R6-visits"),
        True,
        "Le ministre, 2019 : de trois ou quatre visites à une ou deux",
        "The minister, 2019: from three or four visits to one or two",
        _visits,
    ),
    (
        "V10",
        ("R6", "R6b"),
        False,
        "Berlin : plus de places à vendre, mais le silence",
        "Berlin: no more slots to sell, but silence",
        _berlin,
    ),
)
