"""Every figure of the simulated market, with where it comes from.

`READ`: read in a published source. `ASSUMED`: chosen by us. `FITTED`: chosen so that one published
fact comes out, so that this fact proves nothing.
"""

from dataclasses import dataclass
from datetime import date

READ, ASSUMED, FITTED = "read", "assumed", "fitted"


@dataclass(frozen=True)
class Figure:
    """One figure: its mark and its source, or the reason for its value."""

    mark: str
    source: str


@dataclass(frozen=True)
class Parameters:
    """One prefecture, its visitors and those who sell its places. The default is Hérault, 2019."""

    first_day: date = date(2027, 1, 4)
    closed_days: frozenset[date] = frozenset()
    days_before: int = 182
    days_measured: int = 364
    days_after: int = 126

    titles_per_year: float = 12_000
    slots_per_year: int = 15_000
    season: float = 0.2
    renewal_share: float = 0.65
    cover_days: tuple[int, int] = (60, 120)
    vulnerable_share: float = 0.10
    help_share: float = 0.15
    tries_a_day: float = 0.45
    knows_the_hour: float = 0.08
    patience_days: int = 14
    willing_median: float = 60.0
    willing_sigma: float = 0.8
    urgent_days: int = 45
    urgent_factor: float = 1.5
    looks_for_a_seller: float = 0.2

    release_weeks: int = 4
    race_minutes: float = 5.0
    no_show_booked: float = 0.12
    no_show_issued: float = 0.08
    no_show_bought: float = 0.06
    incomplete_unreviewed: float = 0.25
    incomplete_reviewed: float = 0.04
    visits_open: tuple[int, int] = (1, 1)
    visits_issued: tuple[int, int] = (1, 1)
    production_days: int = 21

    reviews_a_day: float = 65.0
    review_days: float = 18.0
    review_shape: float = 2.0
    loop_share: float = 0.25
    loop_days: float = 14.0
    notice_days: int = 10
    horizon_days: int = 60
    readmitted_after_days: int = 14

    groups: int = 5
    cover: float = 1.2
    probe_slots: int = 10
    captcha_cost: float = 0.003
    email_cost: float = 0.05
    labour_cost: float = 5.0
    weekly_cost: float = 100.0
    first_price: float = 50.0
    price_step: float = 0.06
    double_sale: float = 0.10
    wrong_counter: float = 0.08
    leave_after_weeks: int = 8
    try_again_after_weeks: int = 26

    insider_a_week: float = 3.0
    insider_pairs_a_week: float = 0.25


_QUESTION = "réponse du ministre à la question écrite n° 19193 (JO AN, 12 novembre 2019)"
_OURS = "rule of our own engine"

FIGURES: dict[str, Figure] = {
    "titles_per_year": Figure(READ, _QUESTION),
    "slots_per_year": Figure(READ, _QUESTION),
    "season": Figure(ASSUMED, "a fifth more in the high season"),
    "renewal_share": Figure(ASSUMED, "about two thirds of the requests"),
    "cover_days": Figure(ASSUMED, "people start 60 to 120 days before their title ends"),
    "vulnerable_share": Figure(ASSUMED, "minors and the like, for the order of our engine"),
    "help_share": Figure(ASSUMED, "people who need help on line; they try half as often"),
    "tries_a_day": Figure(ASSUMED, "share of days on which a person tries, however often that day"),
    "knows_the_hour": Figure(FITTED, "V3; who knows when the week is put on line waits for it"),
    "patience_days": Figure(ASSUMED, "days of vain tries before a seller is looked for"),
    "willing_median": Figure(FITTED, "V2: prices of 20 to 150 € were published"),
    "willing_sigma": Figure(ASSUMED, "log-normal spread"),
    "urgent_days": Figure(ASSUMED, "days of cover left from which one pays more"),
    "urgent_factor": Figure(ASSUMED, "how much more"),
    "looks_for_a_seller": Figure(ASSUMED, "share, each day, of those who lost patience"),
    "release_weeks": Figure(READ, "one week put on line each week; 2 to 9 weeks ahead published"),
    "race_minutes": Figure(ASSUMED, "mean delay of a person who waits for the hour"),
    "no_show_booked": Figure(READ, "12.5 % at AIMA (Portugal), about 20 % elsewhere; V8"),
    "no_show_issued": Figure(ASSUMED, "with a notice and two reminders"),
    "no_show_bought": Figure(ASSUMED, "who paid comes: half of the self-booked"),
    "incomplete_unreviewed": Figure(ASSUMED, "a paper is missing and the visit must be made again"),
    "incomplete_reviewed": Figure(ASSUMED, "the same once the file was reviewed before"),
    "visits_open": Figure(ASSUMED, "visits of a renewal and of a first request; one in the base"),
    "visits_issued": Figure(ASSUMED, "same, when the file is sent on line; one in the base"),
    "production_days": Figure(READ, "21 days on average to make a card (a prefecture's page)"),
    "reviews_a_day": Figure(ASSUMED, "per working day; about a third more than what arrives"),
    "review_days": Figure(ASSUMED, "gamma, mean"),
    "review_shape": Figure(ASSUMED, "gamma, shape"),
    "loop_share": Figure(ASSUMED, "files for which papers are asked once"),
    "loop_days": Figure(ASSUMED, "days that this adds"),
    "notice_days": Figure(READ, _OURS),
    "horizon_days": Figure(READ, _OURS),
    "readmitted_after_days": Figure(ASSUMED, "until an agent spoke with who missed two visits"),
    "groups": Figure(ASSUMED, "independent sellers"),
    "cover": Figure(ASSUMED, "stock held, over the sales expected until it expires"),
    "probe_slots": Figure(ASSUMED, "what a newcomer takes to see"),
    "captcha_cost": Figure(ASSUMED, "price of a captcha solved by a paid human"),
    "email_cost": Figure(ASSUMED, "price of a mail address"),
    "labour_cost": Figure(ASSUMED, "a few minutes for each sale"),
    "weekly_cost": Figure(ASSUMED, "premises, machine and time of one seller"),
    "first_price": Figure(ASSUMED, "then each moves its price by its own results"),
    "price_step": Figure(ASSUMED, "change of price in a week"),
    "double_sale": Figure(ASSUMED, "one place sold to two buyers"),
    "wrong_counter": Figure(ASSUMED, "place taken for another purpose than the buyer's"),
    "leave_after_weeks": Figure(ASSUMED, "weeks of loss before a seller leaves"),
    "try_again_after_weeks": Figure(ASSUMED, "weeks before it tries again"),
    "insider_a_week": Figure(ASSUMED, "places that an agent sells alone, where one agent can"),
    "insider_pairs_a_week": Figure(ASSUMED, "same where it takes two agents in league"),
    "first_day": Figure(ASSUMED, "a Monday; only weekdays and holidays matter"),
    "closed_days": Figure(READ, "public holidays (code du travail L.3133-1)"),
    "days_before": Figure(ASSUMED, "from an office without backlog, half a year not measured"),
    "days_measured": Figure(ASSUMED, "one year of arrivals"),
    "days_after": Figure(ASSUMED, "longer than anybody's title lasts, to see who was late"),
}
