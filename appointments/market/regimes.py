"""The rules of an office, and the scenarios: a rule with some figures changed."""

from dataclasses import dataclass, field, replace
from typing import Any

from appointments.market.parameters import Parameters

OPEN, DRAWN, ISSUED = "open", "lottery", "issued"
RENEWAL, FIRST = 0, 1
POOLS = (RENEWAL, FIRST)


@dataclass(frozen=True)
class Regime:
    """How places are given, for renewals and for first requests."""

    modes: tuple[str, str] = (OPEN, OPEN)
    captcha: bool = False
    email_limit: bool = False
    numbers_checked: bool = False
    random_release: bool = False

    def may_hoard(self, pool: int) -> bool:
        """Where a place can be taken under any name: not where the foreigner's number is read."""
        return self.modes[pool] == OPEN and not (self.numbers_checked and pool == RENEWAL)


@dataclass(frozen=True)
class Scenario:
    """One regime on one set of figures, with its name in two languages."""

    code: str
    french: str
    english: str
    regime: Regime
    changes: dict[str, Any] = field(default_factory=dict)
    is_main: bool = False

    def parameters(self, base: Parameters) -> Parameters:
        """The base with this scenario's changes."""
        return replace(base, **self.changes)


R1 = Regime()
R2 = Regime(captcha=True)
R3 = Regime(captcha=True, email_limit=True)
R4 = Regime(captcha=True, email_limit=True, numbers_checked=True)
R5 = Regime(modes=(DRAWN, DRAWN))
R6 = Regime(modes=(ISSUED, ISSUED))
R6C = Regime(modes=(ISSUED, OPEN))

_MAIN = (
    Scenario("R1", "Premier arrivé, premier servi", "Open, first come", R1),
    Scenario("R2", "… avec captcha", "… with a captcha", R2),
    Scenario("R3", "… et limite par adresse", "… and a limit per mail address", R3),
    Scenario("R4", "… et numéro d’étranger vérifié", "… and the foreigner’s number checked", R4),
    Scenario("R5", "Tirage au sort chaque semaine", "Weekly batch lottery", R5),
    Scenario("R6", "Donné après l’examen", "Issued after review", R6),
)

_OTHERS = (
    Scenario(
        "R1b",
        "R1, mise en ligne à une heure au hasard",
        "R1, released at a random time",
        Regime(random_release=True),
    ),
    Scenario(
        "R6b",
        "R6, examen sous la demande (−10 %)",
        "R6, review under arrivals (−10 %)",
        R6,
        {"reviews_a_day": 43.0},
    ),
    Scenario(
        "R6c", "R6, premières demandes laissées ouvertes", "R6, first requests left open", R6C
    ),
    Scenario(
        "R6-incomplete",
        "R6 sans le gain de complétude",
        "R6 without the completeness gain",
        R6,
        {"incomplete_reviewed": 0.25},
    ),
    Scenario(
        "R6-noshow",
        "R6, autant d’absences que R1",
        "R6 with as many no-shows as R1",
        R6,
        {"no_show_issued": 0.12},
    ),
    Scenario(
        "R6-neither",
        "R6 sans l’un ni l’autre gain",
        "R6 with neither gain",
        R6,
        {"incomplete_reviewed": 0.25, "no_show_issued": 0.12},
    ),
    Scenario(
        "R5-complete",
        "R5 avec le gain de complétude",
        "R5 with the completeness gain",
        R5,
        {"incomplete_unreviewed": 0.04},
    ),
    Scenario(
        "R6-review",
        "R6, examen sous la demande (−25 %)",
        "R6, review under arrivals (−25 %)",
        R6,
        {"reviews_a_day": 36.0},
    ),
    Scenario(
        "R6-demand",
        "R6, demande +20 %",
        "R6, demand +20 %",
        R6,
        {"titles_per_year": 14_400, "reviews_a_day": 78.0},
    ),
    Scenario(
        "R6-slow",
        "R6, examen de 60 jours en moyenne",
        "R6, review of 60 days on average",
        R6,
        {"review_days": 60.0},
    ),
    Scenario(
        "R1-complete",
        "R1, 4 % de dossiers incomplets",
        "R1 with 4 % incomplete",
        R1,
        {"incomplete_unreviewed": 0.04},
    ),
    Scenario(
        "R1-18000", "R1, 18 000 places", "R1 with 18 000 slots", R1, {"slots_per_year": 18_000}
    ),
    Scenario(
        "R1-low",
        "R1, demande divisée par deux",
        "R1, half the demand",
        R1,
        {"titles_per_year": 6_000},
    ),
    Scenario(
        "R5-low",
        "R5, demande divisée par deux",
        "R5, half the demand",
        R5,
        {"titles_per_year": 6_000},
    ),
    Scenario(
        "R1-hoard",
        "R1, stocks trois fois plus grands",
        "R1, stocks three times larger",
        R1,
        {"cover": 3.6},
    ),
    Scenario(
        "R1-visits",
        "R1, trois visites par titre",
        "R1, three visits a title",
        R1,
        {"visits_open": (3, 3), "slots_per_year": 37_500},
    ),
    Scenario(
        "R6-visits",
        "R6, une visite ou deux par titre",
        "R6, one visit or two a title",
        R6,
        {"visits_issued": (1, 2), "slots_per_year": 20_250},
    ),
)

MAIN = tuple(replace(one, is_main=True) for one in _MAIN)
SCENARIOS: dict[str, Scenario] = {one.code: one for one in (*MAIN, *_OTHERS)}
