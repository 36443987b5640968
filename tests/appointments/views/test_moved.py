"""What the person, and the counters of two offices, read of a visit that moved."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from appointments import queries
from appointments.services import checking_in, notices
from dossiers.models import Submission
from portal.core import journal
from portal.core.door import acting, acting_for
from tests.appointments.services.test_moving import MONTPELLIER, move
from tests.factories import appointments as factory
from tests.factories.accounts import PASSWORD, UserFactory
from tests.workflows.lives import as_worker
from workflows.models import CardDispatch, CardOrder, Case
from workflows.services import producing

pytestmark = pytest.mark.django_db


def words(answer):
    return re.sub(r"\s+", " ", answer.text)


@pytest.fixture
def enter(client):
    """Sign in at the public door, whose cookie has its own name."""

    def as_person(user):
        client.force_login(user, backend="portal.accounts.sign_in.DoorBackend")
        client.cookies["portal_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return client

    return as_person


@pytest.fixture
def counter():
    """Sign an agent of an office in by the counter's door, in a browser of their own."""

    def enter(office):
        agent, browser = UserFactory(prefecture=office, counter_agent=True), Client()
        browser.post(reverse("counter:sign_in"), {"email": agent.email, "password": PASSWORD})
        return browser

    return enter


def url(name, life):
    return reverse(f"appointments:{name}", args=[life.dossier.pk])


def declare(browser, life):
    """The page of the address, sent as the person sends it, and nothing else."""
    address = reverse("dossiers:address", args=[life.dossier.pk])
    page = browser.get(address)
    marks = {"seen": page.context["seen"], "filing": page.context["filing"], "sworn": "on"}
    fields = {
        name: page.context["form"][name].value() or "" for name in page.context["form"].fields
    }
    fields |= {
        "housing": "own",
        "address_line": MONTPELLIER["address_line"],
        "postcode": MONTPELLIER["postcode"],
        "commune": "34000",
        "commune_choice": MONTPELLIER["commune"],
    }
    return page, browser.post(address, marks | fields, follow=True)


def test_the_page_of_the_address_says_what_becomes_of_the_appointment_and_does_it(places, enter):
    life = factory.appointed()
    browser = enter(life.applicant)

    page, answer = declare(browser, life)

    said = words(page)
    assert f"{life.appointment.site.name}, sera alors annulé" in said
    assert "Un autre vous sera donné par la nouvelle préfecture, au même rang" in said
    assert "C’est aujourd’hui" not in said
    with acting(life.applicant.pk):
        assert Submission.objects.filter(dossier=life.dossier).count() == 2
        assert Case.objects.get(pk=life.id).prefecture_code == "34"
    followed = words(answer)
    assert "Votre nouvelle adresse est enregistrée" in followed
    assert "est annulé" in followed
    assert "transféré à" in followed


def test_on_the_day_of_the_visit_the_page_says_to_come_first(places, enter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment, minutes=-30)

    page = enter(life.applicant).get(reverse("dossiers:address", args=[life.dossier.pk]))

    assert "C’est aujourd’hui : venez d’abord" in words(page)


def test_without_an_appointment_the_page_says_who_will_give_it(places, enter):
    life = factory.cleared()

    page = enter(life.applicant).get(reverse("dossiers:address", args=[life.dossier.pk]))

    assert "au rang que vous avez" in words(page)
    assert "sera alors annulé" not in words(page)


def test_the_page_of_the_visit_says_where_the_next_one_comes_from(places, enter):
    life = factory.appointed()
    move(life)
    browser = enter(life.applicant)

    page = words(browser.get(url("show", life)))

    assert "votre rendez-vous vous sera donné par" in page
    assert "Le précédent est annulé" in page
    assert url("ics", life) in page
    assert browser.get(url("ics", life)).text.count("METHOD:CANCEL") == 1
    assert "vous passez avant les autres" not in page.lower()


def test_the_former_counter_is_led_back_to_its_day_with_one_sentence(places, counter, at_the_visit):
    life = factory.appointed()
    move(life)
    at_the_visit(life.appointment)
    browser = counter("75")
    name = life.clearance.holder_name

    opened = browser.get(reverse("counter:visit", args=[life.appointment.pk]), follow=True)
    for act in ("arrive", "call", "serve", "complete", "leave", "turn_away"):
        answer = browser.post(reverse(f"counter:{act}", args=[life.appointment.pk]))
        assert answer["Location"] == reverse("counter:day")
    passport = browser.get(reverse("counter:passport", args=[life.appointment.pk]))
    scanned = browser.post(
        reverse("counter:scan"), {"code": life.appointment.code, "site": places.here.site}
    )
    by_qr = browser.post(
        reverse("counter:scan"),
        {"code": notices.pass_of(life.appointment), "site": places.here.site},
    )

    for answer in (opened, scanned, by_qr):
        assert "Ce rendez-vous n’existe plus ici" in words(answer)
        assert name not in answer.text
        assert life.dossier.number not in answer.text
    assert passport.status_code == 302


def test_another_office_finds_no_such_appointment(places, counter):
    life = factory.appointed()
    move(life)

    answer = counter("69").get(reverse("counter:visit", args=[life.appointment.pk]))

    assert answer.status_code == 404


def made(life):
    """The card of a life that is ready, made as its maker says it."""
    with as_worker() as act:
        order = CardOrder.objects.get(case_id=life.id)
        taken = producing.MakerAnswer("M1", "taken")
        producing.note_sent(card_order_id=order.pk, answer=taken, at=act.now)
        producing.note_produced(card_order_id=order.pk, card_number="SIM7", at=act.now)
    return life


def test_the_two_counters_send_and_receive_the_card(places, counter):
    life = made(factory.Life().granted())
    move(life)
    with as_worker():
        dispatch = CardDispatch.objects.get()

    browser = counter("75")
    day, page = browser.get(reverse("counter:day")), browser.get(reverse("counter:cards"))
    sent = browser.post(reverse("counter:card_send", args=[dispatch.pk]), follow=True)
    again = browser.post(reverse("counter:card_send", args=[dispatch.pk]), follow=True)
    refused = browser.post(reverse("counter:card_receive", args=[dispatch.pk]))

    assert "1 carte à envoyer" in words(day)
    assert "SIM7" in page.text
    assert life.dossier.number not in page.text
    with acting(life.applicant.pk):
        holder = Case.objects.get(pk=life.id).holder_name
    assert holder not in page.text
    assert "la carte est partie" in words(sent)
    assert "déjà noté" in words(again)
    assert refused.status_code == 404

    browser = counter("34")
    expected = browser.get(reverse("counter:cards"))
    assert holder in expected.text
    assert "partie de" in words(expected)
    received = browser.post(reverse("counter:card_receive", args=[dispatch.pk]), follow=True)
    assert "Elle peut être remise" in words(received)
    assert "Aucune carte n’est attendue" in words(received)


def test_the_day_of_the_counter_asks_once_for_the_cards(
    places, counter, django_assert_max_num_queries
):
    made_lives = [made(factory.Life().granted()) for _one in range(2)]
    for life in made_lives:
        move(life)
    browser = counter("75")

    with django_assert_max_num_queries(16):
        browser.get(reverse("counter:day"))
    with django_assert_max_num_queries(14):
        browser.get(reverse("counter:cards"))


def test_the_new_office_reads_on_the_case_where_the_card_is(places, at_desk):
    life = made(factory.Life().granted())
    move(life)
    reviewer = UserFactory(prefecture="34", reviewer=True)

    page = at_desk(reviewer).get(reverse("desk:case", args=[life.id]))

    assert "Carte attendue" in page.text
    assert "n’est pas encore partie" in words(page)
    assert "Transférer le titre accordé" in page.text


def test_the_person_reads_that_their_card_is_sent(places, enter):
    life = made(factory.Life().granted())
    move(life)

    page = words(enter(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk])))

    assert "Elle est envoyée à" in page
    assert "Votre carte est envoyée à" in page


def test_a_visit_that_moved_is_said_under_way_and_ended(places, enter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    with acting_for(life.counter) as act:
        given = factory.appointment_of(life)
        checking_in.arrive(given, counter=given.counter, user=life.counter, at=act.now)
    move(life)

    page = words(enter(life.applicant).get(url("show", life)))

    assert "Vous avez été reçu" not in page
    assert "votre rendez-vous vous sera donné par" in page
    assert "Vous avez déménagé : la visite commencée" in words(
        enter(life.applicant).get(reverse("space:dossier", args=[life.dossier.pk]))
    )


def test_from_the_grant_in_one_city_to_the_card_in_another(places, enter, counter, at_the_visit):
    """The whole way, through the pages: granted here, received and handed over there."""
    factory.open_counters(places.elsewhere)
    life = made(factory.Life().granted())
    factory.run("75")
    life.appointment = factory.appointment_of(life)
    old = life.appointment
    declare(enter(life.applicant), life)

    with as_worker():
        dispatch = CardDispatch.objects.get()
    counter("75").post(reverse("counter:card_send", args=[dispatch.pk]))
    factory.run("34")
    with acting(life.applicant.pk):
        given = queries.current_appointment(life.dossier.pk)
    assert (given.prefecture_code, given.starts_at > old.issued_at) == ("34", True)
    at_the_visit(given, minutes=-10)
    there, site = counter("34"), places.elsewhere.site

    def act(name, **facts):
        address = f"{reverse(f'counter:{name}', args=[given.pk])}?site={site}"
        return there.post(address, facts, follow=True)

    scanned = there.post(reverse("counter:scan"), {"code": given.code, "site": site}, follow=True)
    act("arrive", counter=given.counter_id, compared="on")
    too_soon = act("complete", done="on", old_card="taken_back")
    there.post(reverse("counter:card_receive", args=[dispatch.pk]))
    done = act("complete", done="on", old_card="taken_back")

    assert "Personne attendue" in words(scanned)
    assert "La carte est encore dans une autre préfecture" in words(too_soon)
    assert "La visite est terminée" in words(done)
    with acting(life.applicant.pk):
        case = Case.objects.get(pk=life.id)
    assert (case.state, case.prefecture_code) == ("handed_over", "34")
    with as_worker():
        assert journal.broken_at(life.dossier.pk) is None
