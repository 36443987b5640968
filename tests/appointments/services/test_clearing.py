"""The right to a visit: heard from the review in the same transaction, ended with the case."""

import pytest

from appointments.enums import AppointmentState
from appointments.models import Clearance
from appointments.services import clearing
from portal.core.door import acting_for
from portal.core.models import JournalLine
from portal.vault.api import AccessGrant
from tests.factories import appointments as factory
from tests.factories.workflows import Life
from workflows.models import Case


def test_a_card_that_is_ready_clears_its_holder_for_one_visit(db):
    life = factory.cleared()
    clearance = life.clearance

    assert (clearance.purpose, clearance.service_id) == ("collection", "collection")
    assert clearance.dossier_number == life.dossier.number
    assert clearance.filed_at == life.dossier.filed_at
    assert str(clearance.deadline_on) == "2027-02-28"
    assert not clearance.is_vulnerable
    assert JournalLine.objects.filter(act="visit.clear", subject_id=str(clearance.pk)).exists()


def test_missing_prints_clear_for_prints(db):
    life = factory.cleared(purpose="biometrics")

    assert life.clearance.purpose == "biometrics"


def test_no_right_before_the_decision(db):
    life = Life().acknowledged().proposed()

    with life.desk():
        assert not Clearance.objects.exists()


def test_the_counter_may_open_the_files_from_then_on(db):
    life = factory.cleared()

    with life.desk():
        grant = AccessGrant.objects.open().get(subject_id=life.dossier.pk)
    assert "counter_agent" in grant.roles
    assert {"reviewer", "signatory", "supervisor"} <= set(grant.roles)


def test_the_end_of_the_case_takes_back_what_was_not_used(places):
    life = factory.appointed()
    with acting_for(life.supervisor):
        assert clearing.revoke_unused(case_id=life.id) == 1
        assert clearing.revoke_unused(case_id=life.id) == 0

    assert factory.appointment_of(life).state == AppointmentState.REVOKED
    assert factory.run().waiting == 0


def test_a_failure_to_clear_undoes_the_step(db, monkeypatch):
    life = Life().granted()

    def fail(**_facts):
        raise RuntimeError("no clearance")

    monkeypatch.setattr(clearing, "clear", fail)
    with pytest.raises(RuntimeError, match="no clearance"):
        life.card_ready()
    with life.desk():
        assert Case.objects.get(pk=life.id).state == "in_production"
