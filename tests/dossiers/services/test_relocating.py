"""A person who moved files the same request again with another address, and nothing else."""

import pytest

from dossiers import events
from dossiers.models import Dossier, Submission
from dossiers.rules import DossierClosed
from dossiers.services.drafting import Typed
from dossiers.services.relocating import AddressRefused, declare_address
from dossiers.services.withdrawing import seal, withdraw_dossier
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence.models import OutgoingMail, TimelineLine
from tests.dossiers.services.test_completing import answer, ask
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, filed, give

pytestmark = pytest.mark.django_db

LYON = {
    "housing": "hosted",
    "host_name": "Hôte Exemple",
    "address_line": "2 rue de l’Exemple",
    "postcode": "69007",
    "commune": "69387",
}
PAPEETE = LYON | {"postcode": "98714", "commune": "98735"}


@pytest.fixture
def heard(monkeypatch):
    """The declaration seen from this room alone; the review has its own tests of what follows."""
    said = []
    monkeypatch.setattr(events.address_changed, "announce", lambda **facts: said.append(facts))
    return said


@pytest.fixture
def dossier(applicant, heard):
    return filed(applicant)


def declare(dossier, address=LYON, *, seen=1, language="fr"):
    with acting(dossier.applicant_id) as act:
        return declare_address(
            dossier_id=dossier.pk,
            applicant=dossier.applicant,
            answers=address,
            seen=seen,
            at=act.now,
            language=language,
        )


def submissions(dossier):
    with acting(dossier.applicant_id):
        return list(Submission.objects.filter(dossier=dossier).order_by("number"))


def test_only_the_address_changes_and_the_papers_stay(dossier, heard):
    filing = declare(dossier)

    first, second = submissions(dossier)
    changed = {
        name
        for name in first.answers | second.answers
        if first.answers.get(name) != second.answers.get(name)
    }
    assert second == filing
    assert changed == set(LYON)
    assert second.evidence == first.evidence != []
    assert second.sworn_text == first.sworn_text
    assert [facts["submission"] for facts in heard] == [second]


def test_the_old_address_leaves_nothing_in_the_new_one(dossier):
    declare(dossier)

    declare(dossier, LYON | {"housing": "own", "host_name": "Hôte Exemple"}, seen=2)

    assert "host_name" not in submissions(dossier)[-1].answers


def test_it_is_told_and_journaled_without_the_address(dossier):
    declare(dossier)

    with acting(dossier.applicant_id):
        kinds = TimelineLine.objects.filter(dossier_id=dossier.pk).values_list("kind", flat=True)
        assert "dossier_address_changed" in kinds
        subjects = OutgoingMail.objects.filter(recipient=dossier.applicant)
        assert "Votre nouvelle adresse est enregistrée" in subjects.values_list(
            "subject", flat=True
        )
    line = JournalLine.objects.get(act="dossier.address_changed")
    assert set(line.facts) == {"submission"}


def test_pressing_twice_files_once(dossier, heard):
    first = declare(dossier)

    assert declare(dossier) == first
    assert len(submissions(dossier)) == 2
    assert len(heard) == 1


def test_another_tab_that_shows_the_former_address_is_refused_and_changes_nothing(dossier):
    declare(dossier)

    with pytest.raises(AddressRefused, match="autre onglet"):
        declare(dossier, LYON | {"address_line": "3 rue de l’Exemple"}, seen=1)

    assert len(submissions(dossier)) == 2


@pytest.mark.parametrize(
    ("address", "sentence"),
    [(PAPEETE, "ses propres règles"), (LYON | {"commune": "00000"}, "Choisissez votre commune")],
)
def test_where_no_office_answers_the_dossier_keeps_its_address(dossier, address, sentence):
    with pytest.raises(AddressRefused, match=sentence):
        declare(dossier, address)

    assert len(submissions(dossier)) == 1


def test_what_a_completion_holds_and_has_not_sent_is_not_sent(dossier, applicant):
    ask(dossier)
    answer(dossier, applicant, birth_city=Typed("Neuve"))
    give(dossier, applicant, "passport")

    declare(dossier)

    first, second = submissions(dossier)
    assert second.answers["birth_city"] == first.answers["birth_city"] != "Neuve"
    assert second.evidence == first.evidence
    with acting(applicant.pk):
        working = Dossier.objects.get(pk=dossier.pk).answers
    assert (working["birth_city"], working["commune"]) == ("Neuve", "69387")


def test_a_decided_request_still_takes_the_address(dossier):
    with acting(dossier.applicant_id) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    declare(dossier)

    assert len(submissions(dossier)) == 2


def test_a_request_given_up_takes_none(dossier):
    with acting(dossier.applicant_id) as act:
        withdraw_dossier(dossier_id=dossier.pk, applicant=dossier.applicant, at=act.now)

    with pytest.raises(DossierClosed, match="abandonnée"):
        declare(dossier)


def test_a_draft_is_changed_as_a_draft(applicant):
    with pytest.raises(DossierClosed, match="brouillon"):
        declare(draft(applicant))


def test_another_person_declares_nothing(dossier):
    other = UserFactory()
    with acting(other.pk) as act, pytest.raises(Dossier.DoesNotExist):
        declare_address(
            dossier_id=dossier.pk,
            applicant=other,
            answers=LYON,
            seen=1,
            at=act.now,
            language="fr",
        )
