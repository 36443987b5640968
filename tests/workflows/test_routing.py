"""The rule that routes: pure, on facts given by hand."""

import pytest

from workflows.routing import ARTICLES, RULES, Home, Offer, Route, find, inside

MONTPELLIER = Home("34172", "343", "34", "metro", "34")
BEZIERS = Home("34032", "341", "34", "metro", "34")
PARIS = Home("75115", "751", "75", "metro", "75")
MAMOUDZOU = Home("97611", "", "976", "drom", "976")
SAINT_PIERRE = Home("97502", "", "975", "com", "975")
PAPEETE = Home("98735", "", "987", "com", None)

WHOLE = Offer(1, "34", "residence", "34")
ARRONDISSEMENT = Offer(2, "34", "residence", "34", arrondissement="341")
COMMUNE = Offer(3, "34", "residence", "34", commune="34032")
COUNTER = Offer(4, "34", "student_counter", procedure="student-renewal")
NATIONAL = Offer(5, "44", "national", procedure="talent")
STUDENT_SERVICE = Offer(6, "34", "residence", "34", procedure="student-renewal")


def route(home, *offers, procedure="student-renewal", authority="residence"):
    return find(procedure=procedure, authority=authority, home=home, offers=offers)


def test_the_office_of_the_home_is_competent():
    assert route(MONTPELLIER, WHOLE) == Route("residence", "34", 1)


def test_in_paris_it_is_the_police_prefecture():
    assert route(PARIS, Offer(9, "75", "residence", "75")) == Route("police_prefecture", "75", 9)


@pytest.mark.parametrize("home", [MAMOUDZOU, SAINT_PIERRE])
def test_overseas_the_office_is_known_and_its_own_rules_are_said_to_be_unconfirmed(home):
    found = route(home, Offer(9, home.office, "residence", home.department))

    assert found == Route("overseas", home.office, 9)
    assert not found.is_confirmed


def test_outside_the_law_of_stay_there_is_no_office():
    found = route(PAPEETE, WHOLE)

    assert found == Route("outside_the_law")
    assert "L. 111-2" in found.article
    assert not found.is_confirmed


def test_a_commune_that_nobody_knows_has_no_office():
    assert route(None, WHOLE) == Route("unknown_place")


def test_the_smallest_territory_wins():
    everything = (WHOLE, ARRONDISSEMENT, COMMUNE)

    assert route(BEZIERS, *everything).service == 3
    assert route(BEZIERS, WHOLE, ARRONDISSEMENT).service == 2
    assert route(MONTPELLIER, *everything).service == 1


def test_a_named_procedure_wins_over_all_of_them_in_the_same_territory():
    assert route(MONTPELLIER, WHOLE, STUDENT_SERVICE).service == 6
    assert route(MONTPELLIER, WHOLE, STUDENT_SERVICE, procedure="duplicate").service == 1
    assert route(BEZIERS, ARRONDISSEMENT, STUDENT_SERVICE).service == 2


def test_two_services_as_precise_as_each_other_are_chosen_by_a_supervisor():
    assert route(MONTPELLIER, WHOLE, Offer(7, "34", "residence", "34")) == Route("several_services")


def test_an_office_without_a_service_is_still_competent():
    assert route(MONTPELLIER) == Route("office_alone", "34")


def test_an_affiliated_student_goes_to_the_counter_of_the_same_office():
    assert route(MONTPELLIER, WHOLE, COUNTER) == Route("student_counter", "34", 4)


def test_a_counter_takes_only_its_procedures():
    assert route(MONTPELLIER, WHOLE, COUNTER, procedure="duplicate").service == 1


def test_a_counter_of_another_office_changes_nothing():
    elsewhere = Offer(8, "30", "student_counter", procedure="student-renewal")

    assert route(MONTPELLIER, WHOLE, elsewhere) == Route("residence", "34", 1)


def test_a_national_procedure_goes_to_its_one_service_wherever_the_person_lives():
    found = {
        route(home, WHOLE, NATIONAL, procedure="talent", authority="national")
        for home in (MONTPELLIER, PAPEETE, None)
    }

    assert found == {Route("national", "44", 5)}


def test_a_national_procedure_without_a_service_says_so():
    found = route(MONTPELLIER, WHOLE, NATIONAL, authority="national")

    assert found == Route("without_national_office")
    assert found.article == ""


def test_two_national_services_are_chosen_by_a_supervisor():
    two = (NATIONAL, Offer(6, "75", "national", procedure="talent"))

    assert route(PARIS, *two, procedure="talent", authority="national") == Route("several_services")


def test_inside_a_chosen_office_the_service_of_the_whole_office_is_taken():
    offers = (COMMUNE, ARRONDISSEMENT, WHOLE, COUNTER)

    assert inside("34", procedure="duplicate", offers=offers) == Route("chosen", "34", 1)
    assert inside("30", procedure="duplicate", offers=offers) == Route("chosen", "30", None)


def test_every_article_is_that_of_a_rule():
    assert set(ARTICLES) <= set(RULES)
