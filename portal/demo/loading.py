"""Put the demonstration's people, places and opening hours in the database; safe to run again."""

import json
from datetime import date

from django.conf import settings
from django.db import transaction

from cms.api import admit_editor
from portal.accounts.api import Post, User, create_applicant
from portal.demo.people import AGENTS, APPLICANT, PASSWORD, SITES
from portal.territory.api import Counter, Site

POSTED_ON = date(2026, 1, 1)


class NotADemonstration(RuntimeError):
    """The demonstration's people have a public password: they never enter a real database."""


@transaction.atomic
def load() -> None:
    """Create what is missing. Raises NotADemonstration outside the demonstration."""
    if not settings.MOVABLE_CLOCK:
        raise NotADemonstration("Demonstration data belong to demonstrations.")
    for agent in AGENTS:
        facts = {"staff_number": agent.staff_number} if agent.staff_number else {}
        user = _account(agent.email, kind=agent.kind, display_name=agent.display_name, **facts)
        if agent.prefecture:
            Post.objects.get_or_create(
                user=user,
                prefecture_id=agent.prefecture,
                role=agent.role,
                defaults={"starts_on": POSTED_ON},
            )
        if agent.kind == "editor":
            admit_editor(user)
    if not User.objects.filter(email=APPLICANT).exists():
        create_applicant(APPLICANT, PASSWORD)
    for prefecture, name, address, access, counters in SITES:
        site, _ = Site.objects.get_or_create(
            prefecture_id=prefecture,
            name=name,
            defaults={"address": address, "access": access, "kind": "prefecture"},
        )
        for counter in counters:
            Counter.objects.get_or_create(site=site, name=counter)


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
