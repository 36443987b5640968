"""What several people may be asked again at once."""

import pytest

from dossiers import api
from portal.core.door import acting
from tests.factories.workflows import filed_dossier

pytestmark = pytest.mark.django_db


def kinds_and_codes(items):
    return [(item.kind, item.code) for item in items]


def test_one_dossier_has_in_common_with_itself_all_that_it_may_be_asked():
    dossier = filed_dossier()

    with acting(None, prefectures=["75"]):
        shared, alone = api.askable_in_common([dossier.pk]), api.askable(dossier, "fr")
        assert kinds_and_codes(shared) == kinds_and_codes(alone)
        assert not any(item.given for item in shared)


def test_what_one_procedure_does_not_have_is_left_out_for_all():
    student = filed_dossier()
    spouse = filed_dossier(procedure="spouse-of-french-first")

    with acting(None, prefectures=["75"]):
        shared = kinds_and_codes(api.askable_in_common([student.pk, spouse.pk]))
        alone = [kinds_and_codes(api.askable(one)) for one in (student, spouse)]

    assert ("evidence", "enrolment") in alone[0]
    assert ("evidence", "enrolment") not in shared
    assert shared == [item for item in alone[0] if item in alone[1]]
    assert shared


def test_it_costs_two_statements_however_many(django_assert_max_num_queries):
    dossiers = [filed_dossier() for _ in range(3)]

    with acting(None, prefectures=["75"]):
        api.askable_in_common([dossiers[0].pk])
        with django_assert_max_num_queries(2):
            api.askable_in_common([one.pk for one in dossiers])


def test_another_offices_dossiers_have_nothing_to_ask():
    elsewhere = filed_dossier(commune="34172")

    with acting(None, prefectures=["75"]):
        assert api.askable_in_common([elsewhere.pk]) == []
