"""A small country for hostile tests: two prefectures, their agents, dossiers in every state."""

import datetime as dt
import itertools
from types import SimpleNamespace
from unittest import mock

from portal.core import clock
from portal.core.door import acting, also
from portal.territory.queries import Competence
from tests.factories import appointments as visits
from tests.factories import dossiers
from tests.factories.accounts import PostFactory, UserFactory
from tests.factories.batches import closing
from tests.factories.cms import first_pages
from tests.factories.workflows import Life, filed_dossier
from workflows.enums import ROUTING_DESK
from workflows.models import Case

POSTS = ("reviewer", "signatory", "counter_agent", "supervisor")
PLACES = {"34": ("34172", "34000"), "75": ("75115", "75015")}
_numbers = itertools.count(1)


class OwnLife(Life):
    """A case led by the office's own agents, from a dossier filed with its papers."""

    def __init__(self, office, owner, people, *, dossier=None):
        self.office, self.applicant = office, owner
        self.reviewer, self.signatory = people["reviewer"], people["signatory"]
        self.counter, self.supervisor = people["counter_agent"], people["supervisor"]
        self.dossier = dossier or dossiers.filed(owner, **answers(office))
        with acting(None, prefectures=[office, ROUTING_DESK]):
            self.id = Case.objects.get(dossier=self.dossier).pk


def answers(office):
    """Answers of somebody who lives there, known by numbers of their own."""
    number, (commune, postcode) = next(_numbers), PLACES[office]
    return {
        "commune": commune,
        "postcode": postcode,
        "passport_number": f"ZZ{number:06}",
        "foreigner_number": f"99{number:08}",
    }


def build(owner_login):
    """Everything, in the present transaction; `owner_login` opens the sites."""
    places = visits.places(owner_login)
    world = SimpleNamespace(here=_office("34"), away=_office("75"))
    world.here.place, world.away.place = places.elsewhere, places.here
    for office in (world.here, world.away):
        visits.open_counters(office.place)
        _appoint(office)
    _more_lives(world.here)
    world.others = _others()
    with visits.role("editing"):
        first_pages()
    return world


def _office(code):
    people = {role: UserFactory(prefecture=code, **{role: True}) for role in POSTS}
    owner = UserFactory()
    office = SimpleNamespace(code=code, people=people, owner=owner, lives={})
    office.lives["filed"] = OwnLife(code, owner, people)
    office.batch = closing(office.lives["filed"])
    office.draft = dossiers.draft(owner, evidence=True, **answers(code))
    with acting(owner.pk):
        office.draft_evidence = office.draft.evidence.order_by("pk").first().pk
    return office


def _appoint(office):
    # One draft a person and procedure: this life belongs to a second account of the office.
    office.visitor = UserFactory()
    life = OwnLife(office.code, office.visitor, office.people).granted().card_ready()
    visits.run(office.code)
    life.appointment = visits.appointment_of(life)
    office.lives["appointed"] = life


def _more_lives(office):
    """The other states, all of them another account's."""
    lives, second = office.lives, office.visitor

    def one():
        return OwnLife(office.code, second, office.people)

    lives["completion"] = one().completion_asked(days=60)
    lives["review"] = one().acknowledged()
    lives["opinion"] = one().acknowledged().opinion_asked()
    lives["proposed"] = one().acknowledged().proposed()
    lives["refused"] = one().acknowledged().proposed("refuse").signed()
    nowhere = Competence(None, "34", "Aucune préfecture.")
    with mock.patch("workflows.services.opening.territory.competent_prefecture") as find:
        find.return_value = nowhere
        lost = filed_dossier(second, commune=PLACES[office.code][0])
    lives["unrouted"] = OwnLife(office.code, second, office.people, dossier=lost)


def _others():
    yesterday = clock.today() - dt.timedelta(days=1)
    former = UserFactory(agent=True)
    PostFactory(user=former, prefecture_id="34", role="reviewer", ends_on=yesterday)
    gone = UserFactory(prefecture="34", reviewer=True)
    return {
        "stranger": UserFactory(),
        "editor": UserFactory(editor=True),
        "auditor": UserFactory(auditor=True),
        "administrator": UserFactory(administrator=True),
        "former": former,
        "gone": gone,
        "closed_account": UserFactory(is_active=False),
    }


def everybody():
    """The door open as wide as an office's can be: for reading results in tests."""
    return acting(None, prefectures=["34", "75", ROUTING_DESK])


__all__ = ["POSTS", "also", "build", "everybody"]
