"""Services, what each takes and where, from a day to a day: the database keeps them apart."""

import psycopg
import pytest
from django.apps import apps
from django.db import connection
from django.db.utils import ProgrammingError

from portal.territory import loaders

pytestmark = pytest.mark.django_db

SERVICE = """
insert into territory_service
    (prefecture_id, code, name, kind, address, phone, email, starts_on, ends_on)
values (%s, %s, 'Service inventé', %s, '', '', '', %s, %s) returning id
"""
REMIT = """
insert into territory_remit (service_id, prefecture_id, kind, department_id, arrondissement_code,
    commune_id, procedure, starts_on, ends_on)
values (%(service)s, %(office)s, %(kind)s, %(department)s, %(arrondissement)s, %(commune)s,
    %(procedure)s, %(starts_on)s, %(ends_on)s) returning id
"""
AFFILIATION = """
insert into territory_affiliation (service_id, prefecture_id, institution, written, starts_on)
values (%s, %s, 'École inventée', %s, '2030-01-01') returning id
"""


@pytest.fixture
def write(owner):
    """The owner's statements, undone when the test ends."""
    with owner.transaction(force_rollback=True):
        yield owner.execute


def service(write, office="34", kind="residence", starts_on="2030-01-01", ends_on=None, code="x"):
    return write(SERVICE, [office, code, kind, starts_on, ends_on]).fetchone()[0]


def remit(write, pk, **facts):
    given = {
        "service": pk,
        "office": "34",
        "kind": "residence",
        "department": "34",
        "arrondissement": "",
        "commune": None,
        "procedure": "",
        "starts_on": "2030-01-01",
        "ends_on": None,
    }
    return write(REMIT, given | facts).fetchone()[0]


def refused(name):
    return pytest.raises(psycopg.errors.IntegrityError, match=name)


def test_two_services_never_take_the_same_place_and_procedure_on_a_day(write):
    other = service(write)

    with refused("one_residence_service_for_a_place_a_procedure_and_a_day"):
        remit(write, other)


@pytest.mark.parametrize(
    "place",
    [
        {"commune": "34032", "procedure": "duplicate"},
        {"arrondissement": "341", "procedure": "duplicate"},
        {"procedure": "duplicate"},
    ],
)
def test_of_a_smaller_territory_too_there_is_one_service_a_day(write, place):
    first, second = service(write), service(write, code="y")
    remit(write, first, **place, ends_on="2030-06-30")
    remit(write, second, **place, starts_on="2030-07-01")

    with refused("one_residence_service_for_a_place_a_procedure_and_a_day"):
        remit(write, first, **place, starts_on="2030-06-30", ends_on="2030-06-30")


def test_one_national_service_takes_a_procedure_on_a_day(write):
    national = {"kind": "national", "department": None, "procedure": "talent"}
    first = service(write, kind="national")
    second = service(write, kind="national", office="75", code="y")
    remit(write, first, **national)

    with refused("one_national_service_for_a_procedure_and_a_day"):
        remit(write, second, **national | {"office": "75"})


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        ({"department": "30"}, "a_remit_is_in_the_territory_of_its_office"),
        ({"office": "30", "department": "30"}, "a_remit_is_of_its_service"),
        ({"commune": "30189"}, "a_remit_names_a_commune_of_its_department"),
        ({"arrondissement": "301"}, "an_arrondissement_is_of_its_department"),
        (
            {"arrondissement": "341", "commune": "34032"},
            "a_remit_is_an_arrondissement_or_a_commune_not_both",
        ),
        ({"department": None}, "a_residence_service_has_a_territory_and_no_other_has"),
        ({"kind": "national", "department": None}, "a_remit_is_of_its_service"),
        ({"ends_on": "2029-12-31"}, "a_remit_ends_after_it_starts"),
        ({"starts_on": "2029-12-31"}, "outside the days of its service"),
    ],
)
def test_a_remit_is_of_its_service_its_office_and_their_days(write, wrong, name):
    pk = service(write)
    facts = {"procedure": "duplicate"} | wrong

    with pytest.raises(psycopg.Error, match=name):
        remit(write, pk, **facts)


def test_a_service_ends_after_everything_that_it_takes(write):
    pk = service(write)
    taken = remit(write, pk, procedure="duplicate")

    with (
        pytest.raises(psycopg.Error, match="a service ends after everything that it takes"),
        savepoint(write),
    ):
        write("update territory_service set ends_on = '2031-12-31' where id = %s", [pk])

    write("update territory_remit set ends_on = '2031-12-31' where id = %s", [taken])
    write("update territory_service set ends_on = '2031-12-31' where id = %s", [pk])


def savepoint(write):
    return write.__self__.transaction()


@pytest.mark.parametrize(
    "statement",
    [
        "delete from territory_service where id = %s",
        "update territory_service set starts_on = '2031-01-01' where id = %s",
        "update territory_service set prefecture_id = '30' where id = %s",
        "update territory_remit set procedure = '' where service_id = %s",
        "update territory_remit set starts_on = '2031-01-01' where service_id = %s",
        "delete from territory_remit where service_id = %s",
    ],
)
def test_the_history_of_a_service_is_never_rewritten(write, statement):
    pk = service(write)
    remit(write, pk, procedure="duplicate")

    with pytest.raises(psycopg.errors.RestrictViolation):
        write(statement, [pk])


def test_an_institution_has_one_counter_in_an_office_at_a_time(write):
    first = service(write, kind="student_counter")
    second = service(write, kind="student_counter", code="y")
    away = service(write, kind="student_counter", code="y", office="30")
    write(AFFILIATION, [first, "34", "ecole inventee"])
    write(AFFILIATION, [away, "30", "ecole inventee"])

    with refused("an_institution_has_one_counter_in_an_office_at_a_time"):
        write(AFFILIATION, [second, "34", "ecole inventee"])


def test_only_a_counter_has_affiliations(write):
    pk = service(write)

    with refused("an_affiliation_is_of_a_counter"):
        write(AFFILIATION, [pk, "34", "ecole inventee"])


@pytest.mark.parametrize("written", ["Université", " universite", "universite  inventee", ""])
def test_the_name_of_an_institution_is_kept_folded(write, written):
    pk = service(write, kind="student_counter")

    with refused("the_name_of_an_institution_is_folded"):
        write(AFFILIATION, [pk, "34", written])


@pytest.mark.parametrize("role", ["web", "worker"])
def test_no_page_and_no_job_changes_a_service(as_role, role):
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        as_role(role),
        connection.cursor() as cursor,
    ):
        cursor.execute("update territory_service set name = 'x'")


def test_loading_the_services_again_changes_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert loaders.load_services(apps) == 0
