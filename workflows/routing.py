"""Which office and which service receive a request: one rule, pure, with its article.

The rule is given facts and answers with one `Route`: an office, with its service when one is
declared, or none and the code of the sentence that says why. The words are in
`workflows.queries.routes`; the facts are read there too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Authority = Literal["residence", "national"]
Kind = Literal["residence", "student_counter", "national"]
Rule = Literal[
    "residence",
    "police_prefecture",
    "overseas",
    "student_counter",
    "office_alone",
    "national",
    "chosen",
    "outside_the_law",
    "unknown_place",
    "without_national_office",
    "several_services",
]
Confidence = Literal["sourced", "recalled"]
RULES: tuple[str, ...] = get_args(Rule)

PARIS = "75"
METROPOLE = "metro"
CODE_RESIDENCE = "CESEDA, art. R. 431-20"

ARTICLES: dict[str, tuple[str, Confidence]] = {
    "residence": (CODE_RESIDENCE, "sourced"),
    "police_prefecture": (CODE_RESIDENCE, "sourced"),
    "overseas": (CODE_RESIDENCE, "recalled"),
    "student_counter": (CODE_RESIDENCE, "sourced"),
    "office_alone": (CODE_RESIDENCE, "sourced"),
    "chosen": ("CRPA, art. L. 114-2", "sourced"),
    "outside_the_law": ("CESEDA, art. L. 111-2", "recalled"),
}
"""The article behind each answer, and whether we read it or only recall it.

An answer that is not here rests on no article: it says that something must be decided.
"""


@dataclass(frozen=True, slots=True)
class Home:
    """Where the person lives; no office answers for it outside the law of stay."""

    insee: str
    arrondissement: str
    department: str
    zone: str
    office: str | None


@dataclass(frozen=True, slots=True)
class Offer:
    """What one service in force that day takes: its territory, and a procedure or all of them."""

    service: int
    office: str
    kind: Kind
    department: str = ""
    arrondissement: str = ""
    commune: str = ""
    procedure: str = ""

    def covers(self, home: Home) -> bool:
        """Whether the person lives in its territory."""
        return (
            self.department == home.department
            and self.arrondissement in ("", home.arrondissement)
            and self.commune in ("", home.insee)
        )

    @property
    def precision(self) -> tuple[int, bool]:
        """A commune before an arrondissement before a département; then a named procedure."""
        place = 2 if self.commune else 1 if self.arrondissement else 0
        return place, bool(self.procedure)


@dataclass(frozen=True, slots=True)
class Route:
    """The answer: an office, its service when it has one, and the rule that says so."""

    rule: Rule
    office: str | None = None
    service: int | None = None

    @property
    def article(self) -> str:
        """The article that the rule rests on; empty when there is none."""
        return ARTICLES.get(self.rule, ("", "sourced"))[0]

    @property
    def is_confirmed(self) -> bool:
        """False when the text was recalled and not read, or may differ there: it is said."""
        return ARTICLES.get(self.rule, ("", "sourced"))[1] == "sourced"


def find(
    *, procedure: str, authority: Authority, home: Home | None, offers: Iterable[Offer]
) -> Route:
    """The office and service competent for a request, on the day of the `offers`.

    Competence is by residence (CESEDA R.431-20); a student counter only changes the service,
    inside the same office: `offers` holds a counter when the institution is affiliated to it.
    """
    taken = [offer for offer in offers if offer.procedure in ("", procedure)]
    if authority == "national":
        return _national(taken)
    if home is None:
        return Route("unknown_place")
    if home.office is None:
        return Route("outside_the_law")
    mine = [offer for offer in taken if offer.office == home.office]
    counters = {offer.service for offer in mine if offer.kind == "student_counter"}
    if len(counters) == 1:
        return Route("student_counter", home.office, counters.pop())
    return _residence(home, mine)


def inside(office: str, *, procedure: str, offers: Iterable[Offer]) -> Route:
    """The service of an office that an agent chose, whatever the address; none when unclear."""
    whole = [
        offer
        for offer in offers
        if offer.office == office
        and offer.kind == "residence"
        and not offer.arrondissement
        and not offer.commune
        and offer.procedure in ("", procedure)
    ]
    services = _most_precise(whole)
    return Route("chosen", office, services.pop() if len(services) == 1 else None)


def _national(taken: list[Offer]) -> Route:
    national = [offer for offer in taken if offer.kind == "national"]
    services = _most_precise(national)
    if not services:
        return Route("without_national_office")
    if len(services) > 1:
        return Route("several_services")
    service = services.pop()
    office = next(offer.office for offer in national if offer.service == service)
    return Route("national", office, service)


def _residence(home: Home, mine: list[Offer]) -> Route:
    services = _most_precise(
        [offer for offer in mine if offer.kind == "residence" and offer.covers(home)]
    )
    if len(services) > 1:
        return Route("several_services")
    if not services:
        return Route("office_alone", home.office)
    return Route(_residence_rule(home), home.office, services.pop())


def _residence_rule(home: Home) -> Rule:
    if home.office == PARIS:
        return "police_prefecture"
    return "residence" if home.zone == METROPOLE else "overseas"


def _most_precise(offers: list[Offer]) -> set[int]:
    """The services that take the case most precisely: the database leaves at most one."""
    best = max((offer.precision for offer in offers), default=None)
    return {offer.service for offer in offers if offer.precision == best}
