"""What is typed is kept while it is typed; what another tab changed is told, and never lost."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from dossiers.queries.progress import resume_at
from portal.core import clock
from tests.dossiers.views.test_steps import at_most, page_as_sent, step_url, stored
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.dossiers import draft, file_now

pytestmark = pytest.mark.django_db


def keep_url(dossier, step="identity"):
    return reverse("dossiers:step_keep", args=[dossier.pk, step])


def keep(client, dossier, sent, step="identity"):
    """One save of the script, as its page would send it; what the server answers."""
    response = client.post(keep_url(dossier, step), sent)
    assert response.status_code == 200
    return response.json()


def test_a_save_says_when_and_asks_nothing(signed_in, applicant):
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier))
    assert keep_url(dossier) in page.text
    wrong = {"birth_date_day": "31", "birth_date_month": "2", "birth_date_year": "1999"}

    told = keep(signed_in, dossier, page_as_sent(page, birth_name="Pas à pas", **wrong))

    hour = clock.now().astimezone(clock.PARIS)
    assert told["said"] == f"Enregistré à {hour.hour} h {hour:%M}"
    assert told["others"] == []
    after = stored(dossier)
    assert after.answers["birth_name"] == "Pas à pas"
    assert after.raw_answers["birth_date"]["birth_date_day"] == "31"


def test_what_an_answer_hides_is_not_kept_and_comes_back_with_it(signed_in, applicant):
    dossier = draft(applicant, housing="hosted", host_name="Ada")
    sent = page_as_sent(signed_in.get(step_url(dossier, "address")))

    told = keep(signed_in, dossier, sent | {"housing": "own"}, "address")
    assert "host_name" not in stored(dossier).answers
    told = keep(signed_in, dossier, sent | {"seen": told["marks"]}, "address")

    assert stored(dossier).answers["host_name"] == "Ada"
    assert told["others"] == []


def test_two_tabs_see_each_other_and_nothing_is_lost(signed_in, applicant):
    dossier = draft(applicant)
    one, two = (page_as_sent(signed_in.get(step_url(dossier))) for _tab in range(2))
    one_says = keep(signed_in, dossier, one | {"birth_name": "UN", "given_names": "Une"})

    told = keep(signed_in, dossier, two | {"birth_name": "DEUX", "usual_name": "À part"})

    others = {other["name"]: other for other in told["others"]}
    assert {name: other["words"] for name, other in others.items()} == {
        "birth_name": "UN",
        "given_names": "Une",
    }
    assert others["birth_name"]["posted"] == {"birth_name": "UN"}
    after = stored(dossier).answers
    assert (after["birth_name"], after["given_names"]) == ("UN", "Une")
    assert one_says["others"] == []

    # until the person chooses, the second tab's marks are those of what it showed
    again = keep(signed_in, dossier, two | {"birth_name": "DEUX", "seen": told["marks"]})
    assert "birth_name" in {other["name"] for other in again["others"]}
    mark = others["birth_name"]["mark"]
    seen = " ".join(
        f"birth_name={mark}" if part.startswith("birth_name=") else part
        for part in told["marks"].split()
    )
    keep(signed_in, dossier, two | {"birth_name": "DEUX", "seen": seen})
    assert stored(dossier).answers["birth_name"] == "DEUX"


def test_a_save_whose_answer_was_lost_is_not_another_tab(signed_in, applicant):
    dossier = draft(applicant)
    page = page_as_sent(signed_in.get(step_url(dossier)))
    first = page | {"birth_name": "Prem"}
    keep(signed_in, dossier, first)  # arrived; the page never heard of it

    told = keep(signed_in, dossier, page | {"birth_name": "Premier", "unheard": [urlencode(first)]})

    assert told["others"] == []
    assert stored(dossier).answers["birth_name"] == "Premier"
    late = keep(signed_in, dossier, first)  # the network gives up an older one at last
    assert stored(dossier).answers["birth_name"] == "Premier"
    assert [other["words"] for other in late["others"]] == ["Premier"]


def test_looking_again_at_a_page_writes_nothing(signed_in, applicant):
    dossier = draft(applicant)
    sent = page_as_sent(signed_in.get(step_url(dossier)))
    before = stored(dossier)

    with at_most(4):
        keep(signed_in, dossier, sent)

    after = stored(dossier)
    assert (after.revision, after.updated_at) == (before.revision, before.updated_at)


def test_a_draft_filed_meanwhile_says_so(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    sent = page_as_sent(signed_in.get(step_url(dossier)))
    file_now(dossier, applicant)

    assert "ne peut plus changer" in keep(signed_in, dossier, sent)["closed"]
    assert stored(dossier).answers["birth_name"] == "EXEMPLE"


def test_another_persons_page_is_not_kept(signed_in):
    response = signed_in.post(keep_url(draft(UserFactory())), {"birth_name": "Volé"})

    assert response.status_code == 404


def test_what_was_sent_after_the_session_ended_comes_back(client, applicant):
    dossier = draft(applicant)

    away = client.post(
        keep_url(dossier),
        urlencode({"birth_name": "Tapé après"}),
        content_type="application/x-www-form-urlencoded",
    )
    client.post(away["Location"], {"login": applicant.email, "password": PASSWORD})

    assert 'value="Tapé après"' in client.get(step_url(dossier)).text


def test_the_draft_is_taken_up_again_on_the_page_that_was_left(signed_in, applicant):
    dossier = draft(applicant)
    home, tasks = reverse("space:home"), reverse("dossiers:tasks", args=[dossier.pk])
    passport = page_as_sent(signed_in.get(step_url(dossier, "passport")))

    def resumed():
        return resume_at(stored(dossier))

    assert resumed() == tasks
    keep(signed_in, dossier, passport | {"passport_number": "ZZ1234567"}, "passport")
    assert resumed() == step_url(dossier, "passport")
    for page in (home, tasks):
        assert f'href="{resumed()}"' in signed_in.get(page).text

    page = signed_in.get(step_url(dossier))
    gone_on = signed_in.post(step_url(dossier), page_as_sent(page))
    assert gone_on["Location"] == resumed() == step_url(dossier, "passport")
    signed_in.post(step_url(dossier), page_as_sent(page, birth_name=""))
    assert resumed() == step_url(dossier)
    signed_in.post(step_url(dossier, "passport"), passport | {"later": "1"})
    assert resumed() == step_url(dossier, "passport")
