"""The facts of routing, from the official geography and the services of a day."""

import datetime as dt
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest

from dossiers.catalogue.loader import catalogue
from portal.territory import api as territory
from workflows.queries.routes import WHY, find_route
from workflows.routing import RULES, Home, Offer, find

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 26)
DRAWN = 35_014

# The sixteen postcodes that two départements share, and the offices that they lead to.
STRADDLING = {
    "01200": {"01", "74"},
    "01410": {"01", "39"},
    "01590": {"01", "39"},
    "05110": {"04", "05"},
    "05130": {"04", "05"},
    "05160": {"04", "05"},
    "05700": {"05", "26"},
    "06260": {"04", "06"},
    "13780": {"13", "83"},
    "21340": {"21", "71"},
    "33220": {"24", "33"},
    "37160": {"37", "86"},
    "42620": {"03", "42"},
    "43450": {"15", "43"},
    "48250": {"07", "48"},
    "52100": {"51", "52"},
}


def facts(commune, *, institution="", authority="residence"):
    return SimpleNamespace(commune_code=commune, institution=institution, authority=authority)


def route(commune, *, procedure="student-renewal", on=TODAY, **given):
    case = SimpleNamespace(procedure_code=procedure)
    return find_route(case, facts(commune, **given), on=on)


def every_home():
    rows = territory.Commune.objects.select_related("department").order_by("pk")
    for commune in rows:
        yield Home(
            insee=commune.insee,
            arrondissement=commune.arrondissement_code,
            department=commune.department_id,
            zone=commune.department.zone,
            office=commune.department.prefecture_id,
        )


def offers_by_department():
    found = defaultdict(list)
    for remit in territory.Remit.objects.in_force(TODAY).order_by("pk"):
        found[remit.department_id].append(
            Offer(remit.service_id, remit.prefecture_id, remit.kind, remit.department_id)
        )
    return found


def test_every_commune_and_procedure_has_one_office_and_service_or_one_sentence():
    offers, homes = offers_by_department(), list(every_home())
    authorities = {code: one.authority for code, one in catalogue().items()}
    local = [code for code, authority in authorities.items() if authority == "residence"]
    services = Counter()

    for home in homes:
        for code, authority in authorities.items():
            found = find(
                procedure=code, authority=authority, home=home, offers=offers[home.department]
            )
            if authority == "national":
                assert (found.rule, found.office) == ("without_national_office", None)
            elif found.office is None:
                assert (found.rule, home.office) == ("outside_the_law", None)
            else:
                assert (found.office, found.service is None) == (home.office, False)
            assert WHY[found.rule]
            services[found.rule] += 1

    assert len(homes) == DRAWN
    assert services == {
        "residence": len(local) * 34_770,
        "police_prefecture": len(local) * 21,
        "overseas": len(local) * 133,
        "outside_the_law": len(local) * 90,
        "without_national_office": (len(authorities) - len(local)) * DRAWN,
    }


def test_every_office_has_one_service_for_every_procedure():
    remits = territory.Remit.objects.in_force(TODAY).order_by("pk")
    offices = {remit.prefecture_id for remit in remits if remit.procedure == ""}

    assert offices == set(territory.prefectures().values_list("pk", flat=True))
    assert territory.Service.objects.in_force(TODAY).count() == len(offices) == 103


def test_the_list_of_straddling_postcodes_is_that_of_the_data():
    found = defaultdict(set)
    for codes, department in territory.Commune.objects.values_list("postcodes", "department"):
        for code in codes:
            found[code].add(department)

    assert {code: both for code, both in found.items() if len(both) > 1} == STRADDLING


@pytest.mark.parametrize(("postcode", "offices"), STRADDLING.items())
def test_a_postcode_of_two_departments_leads_to_the_office_of_the_commune(postcode, offices):
    communes = territory.Commune.objects.filter(postcodes__contains=[postcode]).order_by("pk")

    found = {commune.insee: route(commune.insee).office for commune in communes}

    assert set(found.values()) == offices
    assert all(office == insee[:2] for insee, office in found.items())


@pytest.mark.parametrize(
    ("commune", "rule", "office"),
    [
        ("75056", "police_prefecture", "75"),
        ("75112", "police_prefecture", "75"),
        ("13205", "residence", "13"),
        ("2A004", "residence", "2A"),
        ("97611", "overseas", "976"),
        ("97502", "overseas", "975"),
        ("97701", "overseas", "978"),
        ("98735", "outside_the_law", None),
        ("98818", "outside_the_law", None),
        ("98613", "outside_the_law", None),
        ("98901", "outside_the_law", None),
        ("00000", "unknown_place", None),
        ("", "unknown_place", None),
    ],
)
def test_a_place_has_its_rule(commune, rule, office):
    found = route(commune)

    assert (found.rule, found.office) == (rule, office)


def test_a_national_procedure_has_no_office_and_says_why():
    assert route("34172", authority="national").rule == "without_national_office"


def test_routing_costs_two_statements(django_assert_max_num_queries):
    with django_assert_max_num_queries(2):  # one once this process knows the commune
        route("34172", institution="Université inventée")


def test_each_rule_has_its_sentence():
    assert set(WHY) == set(RULES)
    assert all(str(sentence).endswith(".") for sentence in WHY.values())


def test_before_any_service_began_the_office_is_alone():
    assert route("34172", on=dt.date(2021, 4, 30)).rule == "office_alone"
    assert route("34172", on=dt.date(2021, 5, 1)).rule == "residence"


# Far from every other test's day: what the owner commits stays, and nobody may delete it.
LATER = dt.date(2090, 1, 1)
_SERVICE = """
insert into territory_service (prefecture_id, code, name, kind, address, phone, email, starts_on)
values (%s, %s, 'Service inventé', %s, '', '', '', '2090-01-01') returning id
"""
_REMIT = """
insert into territory_remit (service_id, prefecture_id, kind, department_id,
    arrondissement_code, procedure, starts_on)
values (%s, %s, %s, %s, '', %s, '2090-01-01')
"""


@pytest.fixture
def new_service(owner):
    """A service that begins in 2090, with what it takes; committed by the owner."""

    def begin(office, kind, procedure):
        pk = owner.execute(_SERVICE, [office, f"x-{kind}-{procedure}", kind]).fetchone()[0]
        department = office if kind == "residence" else None
        owner.execute(_REMIT, [pk, office, kind, department, procedure])
        owner.commit()
        return pk

    return begin


def test_a_service_that_begins_takes_the_cases_of_its_first_day(new_service, owner):
    former = route("2A004").service
    for table, column in (("remit", "service_id"), ("service", "id")):
        owner.execute(
            f"update territory_{table} set ends_on = '2089-12-31' where {column} = %s", [former]
        )
    new = new_service("2A", "residence", "")

    assert route("2A004", on=LATER - dt.timedelta(days=1)).service == former
    assert route("2A004", on=LATER).service == new
    assert territory.Service.objects.get(pk=former).remits.count() == 1


def test_a_student_goes_to_the_counter_of_their_institution_in_their_own_office(new_service, owner):
    counter = new_service("34", "student_counter", "student-renewal")
    owner.execute(
        "insert into territory_affiliation (service_id, prefecture_id, institution, written,"
        " starts_on, ends_on) values (%s, '34', 'Université Inventée', 'universite inventee',"
        " '2090-01-01', '2090-12-31')",
        [counter],
    )
    owner.commit()

    def found(institution, commune="34172", on=LATER, **more):
        return route(commune, institution=institution, on=on, **more)

    for written in ("Université Inventée", " UNIVERSITE  inventée. ", "université-inventée"):
        assert (found(written).rule, found(written).service) == ("student_counter", counter)
    for other in ("Université Inventé", "Université Inventée de Nîmes", "inventée", ""):
        assert found(other).rule == "residence"
    assert found("Université Inventée", commune="30189").office == "30"
    assert found("Université Inventée", procedure="duplicate").rule == "residence"
    assert found("Université Inventée", on=dt.date(2091, 1, 1)).rule == "residence"


def test_a_national_service_takes_its_procedure_wherever_the_person_lives(new_service):
    service = new_service("44", "national", "invented-procedure")
    national = {"procedure": "invented-procedure", "authority": "national"}

    for commune in ("34172", "98735", ""):
        found = route(commune, on=LATER, **national)
        assert (found.rule, found.office, found.service) == ("national", "44", service)
    assert route("34172", on=TODAY, **national).rule == "without_national_office"
    assert route("34172", on=LATER, procedure="invented-procedure").rule == "residence"
