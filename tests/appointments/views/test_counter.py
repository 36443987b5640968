"""The counter: who is received, and every reason why one is not, in words."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from appointments.enums import AppointmentState
from appointments.services import notices, passes
from portal.accounts.api import set_contacts
from portal.core import clock
from portal.core.door import acting, acting_for
from portal.core.models import JournalLine
from portal.correspondence import api as correspondence
from tests.factories import appointments as factory
from tests.factories.accounts import PASSWORD, UserFactory, as_worker

HANDED_OVER = {"done": "on", "old_card": "taken_back"}


@pytest.fixture
def counter(client):
    """Sign an agent in by the counter's own door."""

    def enter(*, prefecture="75", **roles):
        agent = UserFactory(prefecture=prefecture, **roles or {"counter_agent": True})
        answer = client.post(
            reverse("counter:sign_in"), {"email": agent.email, "password": PASSWORD}
        )
        assert answer.status_code == 302
        enter.agent = agent
        return client

    return enter


def scan(client, code, place):
    return client.post(reverse("counter:scan"), {"code": code, "site": place.site})


def words(answer):
    return re.sub(r"\s+", " ", answer.text)


def visit(name, life, place):
    return f"{reverse(f'counter:{name}', args=[life.appointment.pk])}?site={place.site}"


def arrive(client, life, place):
    facts = {"counter": life.appointment.counter_id, "compared": "on"}
    return client.post(visit("arrive", life, place), facts)


@pytest.mark.parametrize("how", ["qr", "code", "code_in_lower_case"])
def test_a_person_is_scanned_compared_received_and_given_their_card(
    places, counter, at_the_visit, how
):
    life = factory.appointed()
    at_the_visit(life.appointment, minutes=-20)
    client = counter()
    shown = {
        "qr": notices.pass_of(life.appointment),
        "code": life.appointment.code,
        "code_in_lower_case": f"{life.appointment.code[:4]} {life.appointment.code[4:]}".lower(),
    }[how]

    answer = scan(client, shown, places.here)
    assert answer["Location"] == visit("visit", life, places.here)
    page = words(client.get(answer["Location"]))
    assert "Personne attendue" in page
    assert life.clearance.holder_name in page
    assert "4 mai 1999" in page

    assert arrive(client, life, places.here).status_code == 302
    assert factory.appointment_of(life).state == AppointmentState.HONOURED
    kept = client.post(visit("complete", life, places.here), {"done": "on"})
    assert "Dites ce qu’est devenue l’ancienne carte" in words(kept)
    done = client.post(visit("complete", life, places.here), HANDED_OVER)
    assert done.status_code == 302
    assert life.case.state == "handed_over"
    assert "Visite terminée" in words(client.get(visit("visit", life, places.here)))
    assert "Reçu" in words(client.get(reverse("counter:day"), {"site": places.here.site}))


def test_prints_are_recorded_and_production_starts(places, counter, at_the_visit):
    life = factory.appointed(purpose="biometrics")
    at_the_visit(life.appointment)
    client = counter()

    arrive(client, life, places.here)
    client.post(visit("complete", life, places.here), {"done": "on"})

    assert life.case.state == "in_production"


def test_a_second_scan_says_when_the_person_was_received(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    arrive(client, life, places.here)

    answer = scan(client, life.appointment.code, places.here)

    now = clock.now().astimezone(clock.PARIS)
    assert f"déjà été reçue à {now:%H:%M}" in words(answer)


@pytest.mark.parametrize(
    ("away", "sentence"),
    [
        ({"days": -1}, "pour un autre jour"),
        ({"hours": -3}, "Trop tôt"),
        ({"hours": 3}, "Trop tard"),
        ({"days": 1}, "pour un autre jour"),
    ],
)
def test_another_moment_is_refused_with_the_right_one(
    places, counter, at_the_visit, away, sentence
):
    life = factory.appointed()
    at_the_visit(life.appointment, **away)
    client = counter()

    answer = scan(client, life.appointment.code, places.here)

    assert sentence in words(answer)
    assert arrive(client, life, places.here).status_code == 200
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_a_late_qr_is_over(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment, hours=4)

    assert "périmé" in words(scan(counter(), notices.pass_of(life.appointment), places.here))


def test_another_prefecture_learns_only_where_to_go(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter(prefecture="34")

    by_qr = words(scan(client, notices.pass_of(life.appointment), places.elsewhere))
    by_code = words(scan(client, life.appointment.code, places.elsewhere))

    assert "à un autre endroit" in by_qr
    assert "aucun rendez-vous de votre préfecture" in by_code
    for page in (by_qr, by_code):
        assert life.clearance.holder_name not in page
    for name in ("visit", "passport"):
        assert client.get(visit(name, life, places.elsewhere)).status_code == 404
    assert arrive(client, life, places.elsewhere).status_code == 404


def test_another_site_of_the_prefecture_is_named(places, counter, at_the_visit, owner):
    life = factory.appointed()
    at_the_visit(life.appointment)
    (other,) = owner.execute(factory.SITE, ["75", "Autre site inventé 75", "2 rue"]).fetchone()
    owner.commit()
    client = counter()

    answer = client.post(reverse("counter:scan"), {"code": life.appointment.code, "site": other})

    assert f"un autre site : {life.appointment.site.name}" in words(answer)


@pytest.mark.parametrize("code", ["22222222", "RDV1:AAAA", "abc", "RDV1:" + "A" * 148])
def test_a_forged_or_unreadable_code_opens_nothing(places, counter, code):
    answer = scan(counter(), code, places.here)

    assert answer.status_code == 200
    assert "Ne recevez pas cette personne maintenant" in words(answer)


def test_a_pass_of_another_key_opens_nothing(places, counter, at_the_visit, settings):
    life = factory.appointed()
    at_the_visit(life.appointment)
    kept, settings.QR_PRIVATE_KEY = settings.QR_PRIVATE_KEY, "07" * 32
    forged = notices.pass_of(life.appointment)
    settings.QR_PRIVATE_KEY = kept

    assert "n’a pas été émis" in words(scan(counter(), forged, places.here))
    assert passes.read_seal(notices.pass_of(life.appointment), at=clock.now())


def test_a_cancelled_or_revoked_appointment_is_refused(places, counter, at_the_visit):
    life, other = factory.appointed(), factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    with other.desk() as act:
        type(other.clearance).objects.filter(pk=other.clearance.pk).update(revoked_at=act.now)
    at_the_visit(life.appointment)
    client = counter()

    assert "rendu par la personne" in words(scan(client, life.appointment.code, places.here))
    assert "retiré par la préfecture" in words(scan(client, other.appointment.code, places.here))


def test_arrival_needs_the_comparison_and_the_end_needs_the_arrival(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()

    early = client.post(visit("complete", life, places.here), HANDED_OVER)
    assert "Enregistrez d’abord l’arrivée" in words(early)
    hurried = client.post(
        visit("arrive", life, places.here), {"counter": life.appointment.counter_id}
    )
    assert "Comparez d’abord" in words(hurried)
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_identity_is_shown_on_the_day_alone_and_leaves_a_line(places, counter, at_the_visit):
    life = factory.appointed()
    client = counter()
    before = words(client.get(visit("visit", life, places.here)))
    assert "4 mai 1999" not in before
    assert client.get(visit("passport", life, places.here)).status_code == 404
    at_the_visit(life.appointment)

    client.get(visit("visit", life, places.here))

    lines = JournalLine.objects.filter(act="dossier.read", subject_id=str(life.appointment.pk))
    assert lines.count() == 1


def test_the_day_sheet_shows_the_day_and_the_site_alone(places, counter, at_the_visit):
    life, second = factory.appointed(), factory.appointed()
    client = counter()
    assert "Personne n’est attendu" in words(client.get(reverse("counter:day")))
    at_the_visit(life.appointment)

    page = words(client.get(reverse("counter:day"), {"site": places.here.site}))

    same_day = clock.legal_day(second.appointment.starts_at) == clock.today()
    assert page.count('href="/counter/rendez-vous/') == 1 + same_day
    assert client.get(reverse("counter:day"), {"site": places.elsewhere.site}).status_code == 404


def test_a_second_change_is_written_by_the_counter_and_a_third_by_nobody(places, counter):
    life = factory.appointed()
    with acting_for(life.applicant):
        factory.change(life.appointment).save(force_insert=True)
    factory.run()
    life.appointment = factory.appointment_of(life)
    client = counter()
    early = scan(client, life.appointment.code, places.here)
    assert visit("visit", life, places.here).partition("?")[0] in words(early)

    said = {"reason": "health", "sure": "on"}
    assert "autre-jour" in words(client.get(visit("visit", life, places.here)))
    assert client.post(visit("give_back", life, places.here), said).status_code == 302
    assert factory.appointment_of(life).state == AppointmentState.CANCELLED
    assert last_line(life).kind == "appointment_given_back_at_counter"
    factory.run()
    life.appointment = factory.appointment_of(life)

    assert life.appointment.user_changes == 2
    assert client.post(visit("give_back", life, places.here), said).status_code == 403
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def last_line(life):
    """What the person reads first on their timeline."""
    with acting_for(life.applicant):
        return correspondence.timeline(life.appointment.dossier_id)[0]


@pytest.mark.parametrize("role", ["reviewer", "signatory", "supervisor"])
def test_only_agents_of_the_counter_open_its_pages(places, counter, role):
    life = factory.appointed()
    client = counter(**{role: True})

    for page in (reverse("counter:day"), visit("visit", life, places.here)):
        assert client.get(page).status_code == 403


def test_a_number_is_given_called_and_served_before_the_outcome(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    arrive(client, life, places.here)
    assert "Numéro <strong>1</strong>" in words(client.get(visit("visit", life, places.here)))

    called = client.post(
        reverse("counter:call_next"),
        {"counter": life.appointment.counter_id, "site": places.here.site},
    )

    assert called["Location"] == visit("visit", life, places.here)
    assert "Appeler encore" in words(client.get(called["Location"]))
    assert client.post(visit("serve", life, places.here)).status_code == 302
    page = words(client.get(called["Location"]))
    assert "Au guichet, Guichet A" in page
    assert "Partie avant son tour" not in page
    assert "Personne n’attend pour ce guichet" in words(
        client.post(
            reverse("counter:call_next"),
            {"counter": life.appointment.counter_id, "site": places.here.site},
        )
    )


def test_a_visit_that_stops_says_what_follows_and_ends_no_right(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    arrive(client, life, places.here)

    unexplained = client.post(visit("leave", life, places.here), {"ending": ""})
    stopped = client.post(visit("leave", life, places.here), {"ending": "incomplete:wrong_card"})

    assert "Choisissez une raison de la liste" in words(unexplained)
    assert stopped.status_code == 302
    page = words(client.get(visit("visit", life, places.here)))
    assert "Visite incomplète" in page
    assert "Un autre rendez-vous sera donné" in page
    assert life.case.state == "card_ready"


def test_a_visit_left_open_last_night_is_shown_until_it_is_settled(
    places, counter, at_the_visit, move_clock
):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    arrive(client, life, places.here)
    move_clock(timedelta(days=1))
    address = visit("visit", life, places.here)
    day = reverse("counter:day")
    assert "Visites restées ouvertes" in words(client.get(day, {"site": places.here.site}))
    page = words(client.get(address))
    assert "4 mai 1999" not in page

    stopped = client.post(visit("leave", life, places.here), {"ending": "left:"})

    assert stopped.status_code == 302
    assert "restées ouvertes" not in words(client.get(day, {"site": places.here.site}))
    factory.run()
    assert factory.appointment_of(life).attempt == 2


def test_a_supervisor_reads_who_was_not_recognised_and_gives_another(
    places, counter, at_the_visit, client
):
    life = factory.appointed()
    at_the_visit(life.appointment)
    counter().post(visit("turn_away", life, places.here), {"ending": "unidentified:no_paper"})
    assert factory.appointment_of(life).state == AppointmentState.HONOURED
    desk = type(client)()
    boss = UserFactory(prefecture="75", supervisor=True)
    desk.post(reverse("desk:sign_in"), {"email": boss.email, "password": PASSWORD})

    page = words(desk.get(reverse("desk:visits")))
    assert life.clearance.holder_name in page
    assert "Aucune pièce d’identité présentée" in page
    again = reverse("desk:give_another", args=[life.appointment.pk])
    assert desk.post(again).status_code == 302

    assert "Personne n’attend votre appel" in words(desk.get(reverse("desk:visits")))
    factory.run()
    assert factory.appointment_of(life).attempt == 2


def test_an_agent_close_to_the_person_reads_and_enters_nothing(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    with as_worker(), acting(None, scope="system") as act:
        set_contacts(counter.agent, at=act.now, emails=[life.applicant.email])

    page = words(client.get(visit("visit", life, places.here)))

    assert "un autre agent doit la recevoir" in page
    assert "4 mai 1999" not in page
    assert client.get(visit("passport", life, places.here)).status_code == 404
    assert "un autre agent doit la recevoir" in words(arrive(client, life, places.here))
    assert factory.appointment_of(life).state == AppointmentState.ISSUED


def test_a_name_is_looked_for_among_the_people_of_the_day_alone(places, counter, at_the_visit):
    life = factory.appointed()
    client = counter()
    name = life.clearance.holder_name.split()[-1].upper()

    def find(text):
        sent = {"name": text, "site": places.here.site}
        return words(client.post(reverse("counter:find"), sent))

    assert "n’est attendu aujourd’hui" in find(name)
    at_the_visit(life.appointment)
    assert f'href="{visit("visit", life, places.here)}"' in find(name)
    assert "Personne de ce nom" in find("Introuvable")
    assert "Tapez un nom" in find("")


def test_a_list_on_paper_names_nobody(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)

    page = words(counter().get(reverse("counter:paper"), {"site": places.here.site}))

    assert f"…{life.appointment.code[-3:]}" in page
    for secret in (*life.clearance.holder_name.split(), life.appointment.code):
        assert secret not in page
    assert JournalLine.objects.filter(act="offline.print").count() == 1


def test_the_device_loads_sends_and_forgets(places, counter, at_the_visit):
    life = factory.appointed()
    at_the_visit(life.appointment)
    client = counter()
    where = {"site": places.here.site}

    sheet = client.get(reverse("counter:offline_sheet"), where).json()
    sent = where | {
        "key": "6a9b7c0e-6a3b-4f5e-9d50-2b1f4a7d9c11",
        "mark": sheet["people"][0]["code"],
        "by": sheet["by"],
        "claimed": sheet["now"] - 600,
        "counter": sheet["counters"][0][0],
    }
    answers = [client.post(reverse("counter:offline_enter"), sent).json() for _twice in "ab"]

    assert [answer["kind"] for answer in answers] == ["entered", "again"]
    assert client.post(reverse("counter:offline_enter"), {}).json()["kind"] == "refused"
    assert factory.appointment_of(life).state == AppointmentState.HONOURED
    left = client.post(reverse("counter:sign_out"))
    assert left["Clear-Site-Data"] == '"storage"'


def test_the_page_kept_on_the_device_names_nobody_and_alone_may_use_the_camera(places, counter):
    client = counter()

    pages = {name: client.get(reverse(f"counter:{name}")) for name in ("offline", "camera", "day")}

    assert str(counter.agent) not in pages["offline"].text
    allowed = {name: "camera=(self)" in page["Permissions-Policy"] for name, page in pages.items()}
    assert allowed == {"offline": True, "camera": True, "day": False}
    relay = client.get(reverse("counter:offline_relay"))
    assert relay["Content-Type"].startswith("text/javascript")
    assert f'"page": "{reverse("counter:offline")}"' in relay.text


def test_a_wall_screen_is_opened_on_its_own_machine_which_forgets_the_agent(places, counter):
    client = counter()

    opened = client.post(reverse("counter:screen"), {"site": places.here.site})

    assert "Votre numéro s’affichera ici" in words(client.get(opened["Location"]))
    assert client.get(reverse("counter:day")).status_code == 302


@pytest.mark.parametrize("expected", [1, 3])
def test_the_day_sheet_costs_the_same_for_one_and_for_three(
    places, counter, at_the_visit, expected, django_assert_num_queries
):
    lives = [factory.appointed() for _one in range(expected)]
    at_the_visit(lives[0].appointment)
    client = counter()
    client.get(reverse("counter:day"))

    with django_assert_num_queries(QUERIES_OF_A_DAY):
        client.get(reverse("counter:day"), {"site": places.here.site})


QUERIES_OF_A_DAY = 16


def test_the_day_leads_to_the_people_whose_visit_was_taken_back(places, counter):
    assert reverse("counter:to_call") in counter().get(reverse("counter:day")).text
