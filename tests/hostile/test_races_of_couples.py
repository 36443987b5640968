"""A couple's link under two hands at once: one outcome, on real connections."""

import pytest

from dossiers.models import DossierLink
from dossiers.models.procedure import published
from dossiers.services import linking
from dossiers.services.drafting import discard_draft
from portal.core.door import acting_for
from tests.factories.accounts import UserFactory
from tests.factories.couples import SECOND, asked, ended, linked
from tests.factories.dossiers import draft
from tests.hostile.test_races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_versions():
    published.cache_clear()


def people(number):
    found = [UserFactory() for _ in range(number)]
    return [(person, draft(person)) for person in found]


def accepting(person, dossier, code):
    def act():
        with acting_for(person):
            return linking.accept(dossier_id=dossier.pk, person=person, code=code, name=SECOND)

    return act


def live(*sides):
    """The live links that these people see."""
    found = set()
    for person, _dossier in sides:
        with acting_for(person):
            found |= set(DossierLink.objects.live().values_list("pk", flat=True))
    return found


def only_one(answers, *sides):
    """One of the acts linked, the other was refused, and one link lives."""
    assert len(refusals(answers)) == 1
    assert len(live(*sides)) == 1
    return str(refusals(answers)[0].reasons[0])


def test_of_two_acceptances_at_once_one_links():
    first, one, two = people(3)
    code = asked(*first)
    said = only_one(at_once(accepting(*one, code), accepting(*two, code)), first, one, two)
    assert said == linking.WORTHLESS

    mine, one, two = people(3)
    codes = asked(*one), asked(*two)
    only_one(at_once(*(accepting(*mine, code) for code in codes)), mine, one, two)

    one, two = people(2)
    codes = asked(*one), asked(*two)
    only_one(at_once(accepting(*one, codes[1]), accepting(*two, codes[0])), one, two)


def test_whatever_ends_it_at_the_same_moment_no_link_stays():
    one, two = people(2)
    code = asked(*one)

    def discard():
        with acting_for(one[0]) as act:
            discard_draft(dossier_id=one[1].pk, applicant=one[0], at=act.now)

    at_once(discard, accepting(*two, code))
    assert live(one, two) == set()

    one, two = people(2)
    linked(*one, *two)
    at_once(lambda: ended(*one), lambda: ended(*two))
    assert live(one, two) == set()
