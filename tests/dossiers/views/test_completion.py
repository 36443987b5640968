"""Each asked item has its page and its state; everything is sent once, from the list."""

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from dossiers.models import CompletionItem, CompletionRequest, Dossier
from dossiers.services.completing import close_completion
from portal.core.door import acting
from tests.dossiers.conftest import enter
from tests.dossiers.services.test_completing import FIELD, PIECE, ask, quiet
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed, picture
from tests.factories.workflows import Life

pytestmark = pytest.mark.django_db
__all__ = ["quiet"]


@pytest.fixture
def asked(signed_in, applicant):
    """A filed dossier of which two things are asked again."""
    dossier = filed(applicant)
    ask(dossier, FIELD, PIECE | {"reason_code": "cut-off", "example": "Deux pages entières."})
    return dossier


def url_of(dossier):
    return reverse("dossiers:completion", args=[dossier.pk])


def item_of(dossier, kind):
    with acting(dossier.applicant_id):
        return CompletionItem.objects.get(kind=kind)


def item_url(dossier, kind):
    return reverse("dossiers:completion_item", args=[dossier.pk, item_of(dossier, kind).pk])


def states(page):
    return [(task["title"], task["state"]) for task in page.context["tasks"]]


def test_the_list_shows_each_item_with_its_state_and_its_reason(signed_in, asked):
    page = signed_in.get(url_of(asked))

    assert states(page) == [("Passeport", "todo"), ("Ville de naissance", "todo")]
    for words in ("La ville ne se lit pas.", "il manque deux choses", "CRPA L.114-5"):
        assert words in page.text
    assert 'name="send"' not in page.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("field", ["La ville ne se lit pas.", "L’examen de votre demande en dépend"]),
        (
            "evidence",
            ["Un bord de la page est coupé", "La page est coupée.", "Deux pages entières"],
        ),
    ],
)
def test_the_page_of_an_item_says_why_and_what_fits(signed_in, asked, kind, words):
    page = signed_in.get(item_url(asked, kind))

    for said in words:
        assert said in page.text


def test_a_ready_reason_is_read_in_the_persons_language(client):
    reader = UserFactory(language="en")
    enter(client, reader)
    dossier = filed(reader)
    ask(dossier, PIECE | {"reason_code": "cut-off"})

    page = client.get(item_url(dossier, "evidence"))

    assert "Send the whole page" in page.text


def test_an_answer_is_kept_by_itself_and_nothing_is_sent(signed_in, asked):
    address = item_url(asked, "field")
    page = signed_in.get(address)

    response = signed_in.post(
        address, {"seen": page.context["seen"], "birth_city": "Neuve", "save": "1"}
    )

    assert response["Location"] == url_of(asked)
    assert states(signed_in.get(url_of(asked)))[1] == ("Ville de naissance", "done")
    with acting(asked.applicant_id):
        assert Dossier.objects.get(pk=asked.pk).answers["birth_city"] == "Neuve"
        assert CompletionRequest.objects.get().closed_at is None


def test_an_answer_saved_unchanged_counts_too(signed_in, asked):
    address = item_url(asked, "field")
    page = signed_in.get(address)

    signed_in.post(address, {"seen": page.context["seen"], "birth_city": "Ville-Exemple"})

    assert states(signed_in.get(url_of(asked)))[1] == ("Ville de naissance", "done")


def test_a_wrong_answer_is_shown_again_and_not_counted(signed_in, asked):
    address = item_url(asked, "field")
    page = signed_in.get(address)

    response = signed_in.post(address, {"seen": page.context["seen"], "birth_city": "x" * 300})

    assert "birth_city" in response.context["form"].errors
    assert states(signed_in.get(url_of(asked)))[1] == ("Ville de naissance", "todo")


def test_two_tabs_do_not_overwrite_each_other(signed_in, asked):
    address = item_url(asked, "field")
    seen = signed_in.get(address).context["seen"]
    signed_in.post(address, {"seen": seen, "birth_city": "Première"})

    late = signed_in.post(address, {"seen": seen, "birth_city": "Seconde"})

    assert "autre onglet" in late.text
    assert "Seconde" in late.text
    with acting(asked.applicant_id):
        assert Dossier.objects.get(pk=asked.pk).answers["birth_city"] == "Première"


def test_a_file_is_added_to_the_asked_box_and_comes_back_to_the_list(signed_in, asked):
    box = reverse("dossiers:evidence_box", args=[asked.pk, "passport"])

    response = signed_in.post(box, {"file": picture("neuf.jpg")})

    assert response["Location"] == url_of(asked)
    assert states(signed_in.get(url_of(asked)))[0] == ("Passeport", "done")
    assert "neuf.jpg" in signed_in.get(item_url(asked, "evidence")).text


def test_a_file_taken_out_again_is_to_do_again(signed_in, asked):
    box = reverse("dossiers:evidence_box", args=[asked.pk, "passport"])
    signed_in.post(box, {"file": picture("neuf.jpg")})
    with acting(asked.applicant_id):
        new = asked.evidence.get(first_submission=None)

    signed_in.post(reverse("dossiers:evidence_remove", args=[asked.pk, new.pk]))

    assert states(signed_in.get(url_of(asked)))[0] == ("Passeport", "todo")


def test_who_has_no_document_says_so_and_sends(signed_in, asked, quiet):
    for kind in ("field", "evidence"):
        signed_in.post(item_url(asked, kind), {"explanation": "Je l’ai perdu.", "explain": "1"})
    page = signed_in.get(url_of(asked))
    assert "Vous avez expliqué pourquoi." in page.text
    assert 'name="send"' in page.text

    signed_in.post(url_of(asked), {"send": "1"})

    with acting(asked.applicant_id):
        assert CompletionRequest.objects.get().outcome == "supplied"


def test_a_partial_answer_is_sent_with_a_warning_and_a_tick(signed_in, asked, quiet):
    signed_in.post(item_url(asked, "field"), {"explanation": "Perdu.", "explain": "1"})
    page = signed_in.get(url_of(asked))
    assert "ne sera plus attendu" in page.text

    refused = signed_in.post(url_of(asked), {"send": "1"}, follow=True)
    assert "Ajoutez un nouveau fichier" in refused.text
    sent = signed_in.post(url_of(asked), {"send": "1", "incomplete": "1"})
    again = signed_in.post(url_of(asked), {"send": "1", "incomplete": "1"})

    filed_page = reverse("dossiers:filed", args=[asked.pk])
    assert [sent["Location"], again["Location"]] == [filed_page] * 2
    with acting(asked.applicant_id):
        assert asked.submissions.count() == 2


def test_after_the_deadline_the_person_reads_what_it_means(signed_in, asked):
    with acting(asked.applicant_id) as act:
        request = CompletionRequest.objects.get()
        close_completion(request_id=request.pk, outcome="expired", at=act.now)

    page = signed_in.get(url_of(asked))
    late = signed_in.post(item_url(asked, "field"), {"birth_city": "Tard"}, follow=True)
    sent = signed_in.post(url_of(asked), {"send": "1"}, follow=True)

    assert "n’est pas fermée" in page.text
    assert "La préfecture continue l’examen" in late.text
    assert "La préfecture continue l’examen" in sent.text


def test_without_a_request_the_page_says_that_nothing_is_asked(signed_in, applicant):
    dossier = filed(applicant)

    assert "ne vous demande rien" in signed_in.get(url_of(dossier)).text
    told = signed_in.post(url_of(dossier), {"send": "1"}, follow=True)
    assert "aucun complément" in told.text
    more = signed_in.get(reverse("dossiers:extend", args=[dossier.pk]), follow=True)
    assert "aucun complément" in more.text


def test_another_persons_request_does_not_exist(signed_in):
    other = filed(UserFactory())
    ask(other)

    for name in ("completion", "extend", "corrections"):
        address = reverse(f"dossiers:{name}", args=[other.pk])
        assert signed_in.get(address).status_code == 404
    assert signed_in.get(item_url(other, "field")).status_code == 404


@pytest.mark.parametrize("items", [[FIELD], [FIELD, PIECE]])
def test_the_list_costs_the_same_for_one_and_two_items(
    signed_in, applicant, items, django_assert_max_num_queries
):
    dossier = filed(applicant)
    ask(dossier, *items)
    signed_in.get(url_of(dossier))

    with django_assert_max_num_queries(22):
        signed_in.get(url_of(dossier))


def test_more_time_is_asked_on_a_page_and_shown_everywhere(client):
    life = Life().completion_asked(days=20)
    enter(client, life.applicant)
    address = reverse("dossiers:extend", args=[life.dossier.pk])
    assert address in client.get(url_of(life.dossier)).text
    assert "sans justificatif" in client.get(address).text

    for _ in range(2):
        done = client.post(address, {"reason": "J’attends un papier."}, follow=True)

    assert "Vous avez plus de temps" in done.text
    assert "Vous avez déjà demandé plus de temps." in done.text
    with acting(life.applicant.pk):
        request = CompletionRequest.objects.get()
    day = date_format(request.last_day, "j F Y")
    assert request.last_day > request.due_on
    assert day in client.get(reverse("space:dossier", args=[life.dossier.pk])).text
    again = client.get(address, follow=True)
    assert "tout le temps possible" in again.text
