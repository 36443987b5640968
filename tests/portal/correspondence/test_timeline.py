"""The person reads what happened, newest first, in their language and with no agent's name."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError
from django.utils import translation

from portal.core.door import acting
from portal.correspondence import api, timeline
from portal.correspondence.models import TimelineLine, ordered_uuid
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setattr(timeline, "_sentences", {})
    api.declare_lines(
        {
            "test_filed": ("Vous avez déposé votre demande", "Numéro %(number)s."),
            "test_due": "Répondez avant le %(due_on)s",
            "test_visit": "Rendez-vous le %(starts_at)s",
        }
    )


@pytest.fixture
def applicant():
    return UserFactory()


def add(kind, applicant, dossier_id, **facts):
    facts = {"prefecture_code": None, "by_role": "applicant"} | facts
    return api.add_line(kind, dossier_id=dossier_id, applicant_id=applicant.pk, **facts)


def test_lines_are_read_newest_first_even_within_one_act(applicant):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        add("test_filed", applicant, dossier, params={"number": "42"})
        add("test_due", applicant, dossier, params={"due_on": date(2026, 12, 5)})

        lines = api.timeline(dossier)

    assert [(line.title, line.body) for line in lines] == [
        ("Répondez avant le 5 décembre 2026", ""),
        ("Vous avez déposé votre demande", "Numéro 42."),
    ]


def test_days_and_moments_are_written_in_the_readers_language_and_in_paris_time(applicant):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        moment = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
        add("test_visit", applicant, dossier, params={"starts_at": moment})
        add("test_due", applicant, dossier, params={"due_on": date(2026, 12, 5)})

        french = [line.title for line in api.timeline(dossier)]
        with translation.override("en"):
            english = [line.title for line in api.timeline(dossier)]

    assert french == ["Répondez avant le 5 décembre 2026", "Rendez-vous le 2 juillet 2026 00:30"]
    assert "Dec" in english[0]
    assert "July 2" in english[1]


@pytest.mark.parametrize(
    ("by_role", "office", "who"),
    [
        ("applicant", "", "Vous"),
        ("reviewer", "Préfecture du Rhône", "Préfecture du Rhône"),
        ("reviewer", "", "La préfecture"),
        ("system", "", ""),
        ("", "", ""),
    ],
)
def test_an_act_is_signed_by_an_office_never_by_a_name(applicant, by_role, office, who):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        add("test_filed", applicant, dossier, by_role=by_role, office=office, params={"number": 1})

        assert [line.who for line in api.timeline(dossier)] == [who]


@pytest.mark.parametrize("count", [1, 3])
def test_a_timeline_is_one_query(applicant, django_assert_num_queries, count):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        for number in range(count):
            add("test_filed", applicant, dossier, params={"number": number})

        with django_assert_num_queries(1):
            assert len(api.timeline(dossier)) == count


def test_an_undeclared_kind_is_refused(applicant):
    with pytest.raises(LookupError, match="surprise"), acting(applicant.pk):
        add("surprise", applicant, uuid.uuid4())


def test_a_line_without_what_its_sentence_names_is_refused(applicant):
    with pytest.raises(LookupError, match="due_on"), acting(applicant.pk):
        add("test_due", applicant, uuid.uuid4())


def test_a_kind_no_longer_declared_still_happened(applicant, monkeypatch):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        add("test_filed", applicant, dossier, params={"number": 1})
        monkeypatch.setattr(timeline, "_sentences", {})

        assert [line.title for line in api.timeline(dossier)] == ["Votre dossier a avancé"]


def test_two_rooms_cannot_declare_the_same_kind():
    with pytest.raises(ValueError, match="test_due"):
        api.declare_lines({"test_due": ("Autre phrase", "")})


def test_another_applicant_and_another_office_see_no_line(applicant):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        add("test_filed", applicant, dossier, prefecture_code="69", params={"number": 1})

    with acting(UserFactory().pk, prefectures=["75"]):
        assert api.timeline(dossier) == []
    with acting(None, prefectures=["69"]):
        assert len(api.timeline(dossier)) == 1


def test_lines_follow_the_dossier_to_another_office(applicant):
    dossier = uuid.uuid4()
    with acting(None, prefectures=["69"]):
        add("test_filed", applicant, dossier, prefecture_code="69", params={"number": 1})
        api.set_prefecture(dossier, "75")
        assert api.timeline(dossier) == []

    with acting(None, prefectures=["75"]):
        assert len(api.timeline(dossier)) == 1


def test_a_line_is_never_rewritten_nor_deleted(applicant):
    dossier = uuid.uuid4()
    with acting(applicant.pk):
        line = add("test_filed", applicant, dossier, params={"number": 1})

    with pytest.raises(IntegrityError, match="never changed"), acting(applicant.pk):
        TimelineLine.objects.filter(pk=line.pk).update(kind="test_due")


def test_identifiers_made_one_after_another_sort_in_that_order():
    made = [ordered_uuid() for _ in range(200)]

    assert [value.version for value in made[:1]] == [7]
    assert sorted(made, key=lambda value: value.int >> 64) == made
