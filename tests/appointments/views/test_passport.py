"""The passport page at the counter: to compare with a face, that day, and with a line."""

import datetime as dt
import io

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image

from appointments.services import notices
from dossiers.models import Evidence, Submission
from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.vault import api as vault
from tests.factories import appointments as factory
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.vault import cleared


def picture():
    kept = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(kept, "PNG")
    return kept.getvalue()


def evidence(life, rule_code):
    """One file in one box of a filed dossier."""
    facts = {"applicant_id": life.applicant.pk, "prefecture_code": life.office}
    stored = vault.store_bytes(
        picture(), "page.png", "image/png", subject_id=life.dossier.pk, kind="evidence", **facts
    )
    return Evidence.objects.create(
        dossier=life.dossier, rule_code=rule_code, file=stored, position=1, **facts
    )


@pytest.fixture
def with_passport(places):
    """Somebody who filed a passport page and a proof of address, with a second version."""
    life = factory.Life()
    with acting(life.applicant.pk, prefectures=[life.office]):
        given = [evidence(life, code) for code in ("passport", "proof-of-address")]
        Submission.objects.create(
            dossier=life.dossier,
            applicant=life.applicant,
            prefecture_code=life.office,
            number=2,
            answers=life.dossier.answers,
            evidence=[{"evidence": str(one.pk)} for one in given],
            sworn_text="Je certifie.",
            language="fr",
            filed_at=life.dossier.filed_at,
        )
    life.stored = cleared(given[0].file)
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
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    lines = JournalLine.objects.filter(act="document.read", subject_id=str(life.stored.pk))
    assert list(lines.values_list("actor_id", flat=True)) == [agent.pk]


def test_originals_are_asked_for_at_the_prints_and_not_again(with_passport):
    life = with_passport
    with life.desk():
        for purpose, expected in (("biometrics", 1), ("collection", 0)):
            facts = notices.facts_of_the_dossier(life.dossier.pk, purpose, clock.today())
            assert len(facts["bring"]) == expected
            for text in facts["bring"]:
                assert set(text) == {code for code, _name in settings.LANGUAGES}


def test_a_minor_is_one_until_their_eighteenth_birthday():
    born = dt.date(2008, 11, 24)

    assert notices.is_minor(born, dt.date(2026, 11, 23))
    assert not notices.is_minor(born, dt.date(2026, 11, 24))
    assert not notices.is_minor(None, dt.date(2026, 11, 24))
