"""Who may sign in an office, for its supervisors to read."""

from dataclasses import dataclass
from datetime import date

from workflows.enums import Family, Outcome
from workflows.models import SigningDelegation


@dataclass(frozen=True)
class DelegationLine:
    """One delegation in words."""

    who: str
    quality: str
    acts: tuple[str, ...]
    families: tuple[str, ...]
    reference: str
    order_on: date
    starts_on: date
    ends_on: date | None
    is_in_force: bool


def delegations_of(person, today: date) -> list[DelegationLine]:
    """Every delegation of this person's offices, the newest first; one statement."""
    found = SigningDelegation.objects.visible_to(person).select_related("signatory")
    return [_line(one, today) for one in found.order_by("-starts_on", "-made_at", "pk")]


def _line(one: SigningDelegation, today: date) -> DelegationLine:
    return DelegationLine(
        who=str(one.signatory),
        quality=one.quality,
        acts=tuple(str(Outcome(act).label) for act in one.acts),
        families=tuple(str(Family(family).label) for family in one.families),
        reference=one.order_reference,
        order_on=one.order_on,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
        is_in_force=one.starts_on <= today and (one.ends_on is None or today <= one.ends_on),
    )
