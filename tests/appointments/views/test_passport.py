"""The passport page at the counter: to compare with a face, that day, and with a line."""

import io

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from dossiers.models import Evidence, Submission
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.vault import api as vault
from tests.factories import appointments as factory
from tests.factories.accounts import PASSWORD, UserFactory


def picture():
    kept = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def with_passport(places):
    """Somebody whose dossier holds a passport page, filed with a second version."""
    life = factory.Life()
    owner = life.applicant
    with acting(owner.pk, prefectures=[life.office]):
        stored = vault.store_bytes(
            picture(),
            "passeport.png",
            "image/png",
            subject_id=life.dossier.pk,
            applicant_id=owner.pk,
            prefecture_code=life.office,
            kind="evidence",
        )
        evidence = Evidence.objects.create(
            dossier=life.dossier,
            applicant=owner,
            prefecture_code=life.office,
            rule_code="passport",
            file=stored,
            position=1,
        )
        Submission.objects.create(
            dossier=life.dossier,
            applicant=owner,
            prefecture_code=life.office,
            number=2,
            answers=life.dossier.answers,
            evidence=[{"evidence": str(evidence.pk)}],
            sworn_text="Je certifie.",
            language="fr",
            filed_at=life.dossier.filed_at,
        )
    life.stored = stored
    factory.clear(life)
    factory.run()
    life.appointment = factory.appointment_of(life)
    return life


def test_the_passport_page_is_shown_on_the_day_and_leaves_a_line(
    with_passport, client, at_the_visit
):
    life = with_passport
    agent = UserFactory(counter_agent=True, prefecture="75")
    page = reverse("counter:passport", args=[life.appointment.pk])
    client.post(reverse("counter:sign_in"), {"email": agent.email, "password": PASSWORD})
    assert client.get(page).status_code == 404
    at_the_visit(life.appointment)

    visit = client.get(reverse("counter:visit", args=[life.appointment.pk]))
    answer = client.get(page)

    assert f'src="{page}"' in visit.text
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    lines = JournalLine.objects.filter(act="document.read", subject_id=str(life.stored.pk))
    assert list(lines.values_list("actor_id", flat=True)) == [agent.pk]


def test_the_papers_to_bring_are_named_on_the_notice(with_passport):
    assert [text["fr"] for text in with_passport.clearance.bring]
    assert set(with_passport.clearance.bring[0]) == {code for code, _name in settings.LANGUAGES}
