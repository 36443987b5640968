"""Put the demonstration's people, places and opening hours in the database; safe to run again."""

import json
from datetime import date

from django.conf import settings
from django.db import transaction

from cms.api import admit_editor
from portal.accounts.api import Post, Role, User, create_applicant
from portal.demo.people import AGENTS, APPLICANT, PASSWORD, SITES, STUDENT_COUNTERS
from portal.territory.api import (
    Affiliation,
    Counter,
    Landmark,
    Remit,
    Service,
    ServiceKind,
    Site,
    fold,
)
from workflows.api import SigningOrder, give_power_to_sign

POSTED_ON = date(2026, 1, 1)


class NotADemonstration(RuntimeError):
    """The demonstration's people have a public password: they never enter a real database."""


@transaction.atomic
def load() -> None:
    """Create what is missing. Raises NotADemonstration outside the demonstration."""
    if not settings.MOVABLE_CLOCK:
        raise NotADemonstration("Demonstration data belong to demonstrations.")
    for agent in AGENTS:
        _settle(agent)
    if not User.objects.filter(email=APPLICANT).exists():
        create_applicant(APPLICANT, PASSWORD)
    for site in SITES:
        _site(*site)
    for counter in STUDENT_COUNTERS:
        _student_counter(*counter)


def _site(prefecture, name, address, access, counters, place, around):
    latitude, longitude = place
    site, _ = Site.objects.get_or_create(
        prefecture_id=prefecture,
        name=name,
        defaults={
            "address": address,
            "access": access,
            "kind": "prefecture",
            "latitude": latitude,
            "longitude": longitude,
        },
    )
    for landmark, north, east in around:
        Landmark.objects.get_or_create(
            site=site, name=landmark, defaults={"latitude": north, "longitude": east}
        )
    for counter in counters:
        Counter.objects.get_or_create(site=site, name=counter)


def _student_counter(prefecture, code, name, address, procedures, institutions):
    """A counter of invented institutions; a service that is there already is left as it is."""
    kind, days = ServiceKind.STUDENT_COUNTER, {"starts_on": POSTED_ON}
    service, is_new = Service.objects.get_or_create(
        prefecture_id=prefecture,
        code=code,
        defaults={"name": name, "address": address, "kind": kind, **days},
    )
    if not is_new:
        return
    shared = {"service": service, "prefecture_id": prefecture, **days}
    for procedure in procedures:
        Remit.objects.create(kind=kind, procedure=procedure, **shared)
    for institution, written in institutions:
        for one in written:
            Affiliation.objects.create(institution=institution, written=fold(one), **shared)


def _settle(agent) -> None:
    """One account with its post, its power to sign, its pages."""
    facts = {"staff_number": agent.staff_number} if agent.staff_number else {}
    user = _account(agent.email, kind=agent.kind, display_name=agent.display_name, **facts)
    if agent.prefecture:
        Post.objects.get_or_create(
            user=user,
            prefecture_id=agent.prefecture,
            role=agent.role,
            defaults={"starts_on": POSTED_ON},
        )
    if agent.role == Role.SIGNATORY:
        give_power_to_sign(user, _order(agent.prefecture))
    if agent.kind == "editor":
        admit_editor(user)


def _order(prefecture):
    """An invented order, of every act and procedure."""
    return SigningOrder(
        prefecture_code=prefecture,
        acts=("grant", "refuse", "close"),
        quality="Pour le préfet et par délégation, la cheffe du bureau du séjour (exemple)",
        reference=f"Arrêté inventé n° 2026-{prefecture}-01",
        signed_on=POSTED_ON,
        starts_on=POSTED_ON,
    )


def _account(email, **facts):
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, PASSWORD, **facts)
    return user


def sign_ins() -> list[dict]:
    """One line a role: who, where, with which password."""
    lines = [{"role": "applicant", "email": APPLICANT, "door": "/compte/connexion/"}]
    lines += [{"role": a.role, "email": a.email, "door": a.door} for a in AGENTS]
    return [line | {"password": PASSWORD} for line in lines]


def write_sign_ins() -> None:
    """Leave the sign-ins where the launcher prints them."""
    folder = settings.VAR / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "signins.json").write_text(json.dumps(sign_ins(), indent=1, ensure_ascii=False))
