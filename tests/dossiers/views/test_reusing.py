"""A document given before is given again without sending it, unless it has ended."""

import base64
import datetime as dt

import pytest
from django.urls import reverse

from dossiers.catalogue.loader import catalogue
from dossiers.models import Evidence
from portal.core import clock
from portal.core.door import acting
from portal.vault import api as vault
from tests.factories.accounts import UserFactory
from tests.factories.arrival import begin
from tests.factories.dossiers import draft, filed, give, picture
from tests.factories.vault import update_as_worker

pytestmark = pytest.mark.django_db
OTHER = "duplicate"


def reuse(client, dossier, evidence, rule, **typed):
    url = reverse("dossiers:evidence_reuse", args=[dossier.pk, rule])
    return client.post(url, {"evidence": str(evidence.pk), **typed})


def given(dossier, rule):
    with acting(dossier.applicant_id):
        return list(dossier.evidence.given().filter(rule_code=rule).select_related("file"))


def box(client, dossier, rule):
    return client.get(reverse("dossiers:evidence_box", args=[dossier.pk, rule]))


def day(on, name="dated_on"):
    return {f"{name}_day": on.day, f"{name}_month": on.month, f"{name}_year": on.year}


@pytest.fixture
def earlier(applicant):
    """A dossier that the person filed."""
    return filed(applicant)


@pytest.fixture
def rule(earlier, applicant):
    """A box that both procedures have and that asks for no date."""
    shared = {one.code for one in catalogue()[OTHER].evidence if not one.max_age_months}
    with acting(applicant.pk):
        held = earlier.evidence.given().values_list("rule_code", flat=True)
        return next(code for code in sorted(set(held)) if code in shared)


def test_an_earlier_document_is_given_again_as_a_file_of_its_own(
    signed_in, applicant, earlier, rule
):
    new = draft(applicant, OTHER)
    (before,) = given(earlier, rule)
    assert before.file.original_name in box(signed_in, new, rule).text

    answer = reuse(signed_in, new, before, rule)

    assert answer.status_code == 302
    (again,) = given(new, rule)
    assert (again.file.sha256, again.file.subject_id) == (before.file.sha256, new.pk)
    assert again.file_id != before.file_id
    with acting(applicant.pk):
        assert vault.open_file(again.file) == vault.open_file(before.file)
    assert "Reprendre ce document" not in box(signed_in, new, rule).text


def test_a_file_held_back_since_is_not_offered_again(signed_in, applicant, earlier, rule):
    new = draft(applicant, OTHER)
    (before,) = given(earlier, rule)
    with acting(applicant.pk):
        update_as_worker(before.file, scan_state="scanning")
        update_as_worker(
            before.file, scan_state="infected", threat="Portal.Worm", signatures="27099 2026-12-28"
        )

    assert before.file.original_name not in box(signed_in, new, rule).text

    said = reuse(signed_in, new, before, rule)

    assert "ne peut plus être repris" in signed_in.get(said["Location"]).text
    assert given(new, rule) == []


def test_anothers_document_and_a_drafts_are_nothing(signed_in, applicant, rule):
    other = UserFactory()
    theirs = given(filed(other), rule)[0]
    begun = draft(applicant, "spouse-of-french-first")
    new = draft(applicant, OTHER)
    mine = give(begun, applicant, "passport")

    for wanted in (theirs, mine):
        said = reuse(signed_in, new, wanted, rule)
        assert "ne peut plus être repris" in signed_in.get(said["Location"]).text
    with acting(applicant.pk):
        assert not Evidence.objects.filter(dossier=new).exists()


def test_a_passport_that_has_ended_is_said_so_at_once(signed_in, applicant):
    today = clock.legal_day(clock.now())
    ended = (today - dt.timedelta(days=1)).isoformat()
    new = draft(applicant, passport_ends_on=ended)

    page = box(signed_in, new, "passport")

    assert "n’est plus valable depuis" in page.text
    assert signed_in.get(reverse("dossiers:evidence", args=[new.pk])).status_code == 200


def test_an_ended_document_is_not_given_again(signed_in, applicant, earlier, move_clock):
    (before,) = given(earlier, "passport")[:1]
    ends = dt.date.fromisoformat(earlier.answers["passport_ends_on"])
    new = draft(applicant, "spouse-of-french-first")
    with acting(applicant.pk):
        answers = new.answers | {"passport_ends_on": "2050-01-01"}
        type(new).objects.filter(pk=new.pk).update(answers=answers)
    move_clock(dt.timedelta(days=(ends - clock.today()).days + 2))

    assert "n’est plus valable" in box(signed_in, new, "passport").text
    reuse(signed_in, new, before, "passport")

    assert given(new, "passport") == []


def test_an_old_proof_of_address_is_told_from_the_date_that_is_typed(signed_in, applicant):
    new = draft(applicant)
    url = reverse("dossiers:evidence_box", args=[new.pk, "proof-of-address"])
    old = clock.today() - dt.timedelta(days=400)

    refused = signed_in.post(url, {"file": picture(), **day(old)})
    in_pieces = begin(
        signed_in,
        new,
        100,
        rule="proof-of-address",
        HTTP_UPLOAD_METADATA=f"filename YS5qcGc=,dated {encoded(old)}",
    )

    assert "moins de 6 mois" in refused.text
    assert (in_pieces.status_code, "moins de 6 mois" in in_pieces.text) == (422, True)
    assert given(new, "proof-of-address") == []
    fresh = clock.today() - dt.timedelta(days=3)
    assert signed_in.post(url, {"file": picture(), **day(fresh)}).status_code == 302


def encoded(on):
    return base64.b64encode(on.isoformat().encode()).decode()


def test_an_earlier_proof_of_address_needs_its_date(signed_in, applicant, earlier):
    new = draft(applicant, "spouse-of-french-first")
    (before,) = given(earlier, "proof-of-address")
    today = clock.today()

    reuse(signed_in, new, before, "proof-of-address")
    reuse(signed_in, new, before, "proof-of-address", **day(today - dt.timedelta(days=400)))
    assert given(new, "proof-of-address") == []
    reuse(signed_in, new, before, "proof-of-address", **day(today - dt.timedelta(days=20)))

    assert len(given(new, "proof-of-address")) == 1
