"""A page of questions keeps whatever was typed and loses nothing between two tabs."""

import contextlib
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Dossier
from dossiers.services.drafting import save_answers
from dossiers.views import steps
from portal.core.door import acting
from tests.dossiers.conftest import enter
from tests.factories.accounts import PASSWORD, UserFactory
from tests.factories.dossiers import draft, file_now

pytestmark = pytest.mark.django_db


def step_url(dossier, step="identity"):
    return reverse("dossiers:step", args=[dossier.pk, step])


def stored(dossier):
    with acting(dossier.applicant_id):
        return Dossier.objects.get(pk=dossier.pk)


def page_as_sent(response, **typed):
    """What a browser would post back: the page's own values, with some typed over."""
    form = response.context["form"]
    data = {"seen": response.context["seen"]}
    for bound in form:
        value = bound.value()
        if hasattr(bound.field, "earliest"):
            parts = bound.field.widget.decompress(value)
            ends = ("day", "month", "year")
            data |= {f"{bound.name}_{end}": part for end, part in zip(ends, parts, strict=True)}
        elif bound.name == "commune":
            data |= {"commune": "Lyon 3e Arrondissement (69003)", "commune_choice": value or ""}
        else:
            data[bound.name] = "" if value is None else value
    return data | typed


def test_a_step_shows_the_answers_and_why_we_ask(signed_in, applicant):
    dossier = draft(applicant)

    response = signed_in.get(step_url(dossier))

    assert response.status_code == 200
    assert "EXEMPLE" in response.text
    assert "imprimées sur votre titre" in response.text


def test_saving_goes_on_to_the_next_page(signed_in, applicant):
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier))

    response = signed_in.post(step_url(dossier), page_as_sent(page, birth_name="Nouveau"))

    assert response["Location"] == step_url(dossier, "passport")
    assert stored(dossier).answers["birth_name"] == "Nouveau"


def test_an_answer_that_comes_just_after_the_filing_is_told_so(signed_in, applicant, monkeypatch):
    dossier = draft(applicant, evidence=True)
    page = signed_in.get(step_url(dossier))

    def file_first(**facts):
        file_now(dossier, applicant)
        return save_answers(**facts)

    monkeypatch.setattr(steps, "save_answers", file_first)
    response = signed_in.post(step_url(dossier), page_as_sent(page, birth_name="Tard"), follow=True)

    assert response.redirect_chain == [(reverse("dossiers:filed", args=[dossier.pk]), 302)]
    assert "déjà déposée" in response.text
    assert stored(dossier).answers["birth_name"] == "EXEMPLE"


def test_a_wrong_date_is_kept_as_typed_and_shown_again_with_its_error(signed_in, applicant):
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier))
    typed = {"birth_date_day": "31", "birth_date_month": "2", "birth_date_year": "1999"}

    refused = signed_in.post(step_url(dossier), page_as_sent(page, birth_name="Neuf", **typed))
    later = signed_in.get(step_url(dossier))

    assert refused.status_code == 200
    for response in (refused, later):
        assert "n’existe pas dans le calendrier" in response.text
        assert 'value="31"' in response.text
    dossier = stored(dossier)
    assert dossier.answers["birth_name"] == "Neuf"
    assert "birth_date" not in dossier.answers
    assert dossier.raw_answers["birth_date"]["birth_date_day"] == "31"


def test_finishing_later_keeps_an_incomplete_page_without_a_word(signed_in, applicant):
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier))

    response = signed_in.post(step_url(dossier), page_as_sent(page, birth_name="", later="1"))

    assert response["Location"] == reverse("dossiers:tasks", args=[dossier.pk])
    assert "birth_name" not in stored(dossier).answers


def test_two_tabs_changing_different_answers_keep_both(signed_in, applicant):
    dossier = draft(applicant)
    first, second = signed_in.get(step_url(dossier)), signed_in.get(step_url(dossier))

    signed_in.post(step_url(dossier), page_as_sent(first, birth_name="Onglet un"))
    signed_in.post(step_url(dossier), page_as_sent(second, given_names="Onglet deux"))

    answers = stored(dossier).answers
    assert (answers["birth_name"], answers["given_names"]) == ("Onglet un", "Onglet deux")


def test_two_tabs_changing_the_same_answer_say_so_and_keep_what_was_typed(signed_in, applicant):
    dossier = draft(applicant)
    first, second = signed_in.get(step_url(dossier)), signed_in.get(step_url(dossier))
    signed_in.post(step_url(dossier), page_as_sent(first, birth_name="Onglet un"))

    told = signed_in.post(step_url(dossier), page_as_sent(second, birth_name="Onglet deux"))

    assert "depuis que cette page est affichée" in told.text
    assert 'value="Onglet deux"' in told.text
    assert stored(dossier).answers["birth_name"] == "Onglet un"
    signed_in.post(step_url(dossier), page_as_sent(told))
    assert stored(dossier).answers["birth_name"] == "Onglet deux"


def test_an_answer_that_opens_a_question_shows_the_page_again(signed_in, applicant):
    dossier = draft(applicant)
    url = step_url(dossier, "family")
    page = signed_in.get(url)
    assert "children" not in page.context["form"].fields

    response = signed_in.post(url, page_as_sent(page, has_children="yes"))
    again = signed_in.get(url)

    assert response["Location"] == url
    assert "children" in again.context["form"].fields
    assert not again.context["form"].errors
    refused = signed_in.post(url, page_as_sent(again))
    assert refused.context["form"].errors.keys() == {"children"}


def test_a_hidden_question_keeps_no_error(signed_in, applicant):
    dossier = draft(applicant, housing="hosted", host_name="Ada")
    url = step_url(dossier, "address")
    page = signed_in.get(url)

    response = signed_in.post(url, page_as_sent(page, housing="own", host_name="x" * 200))

    assert response["Location"] == step_url(dossier, "family")


def test_a_postcode_with_several_communes_offers_the_choice(signed_in, applicant):
    dossier = draft(applicant)
    url = step_url(dossier, "address")
    page = signed_in.get(url)
    typed = {"commune": "01300", "commune_choice": ""}

    offered = signed_in.post(url, page_as_sent(page) | typed)
    code = offered.context["form"].fields["commune"].widget.candidates[2][0]
    chosen = signed_in.post(url, page_as_sent(offered) | typed | {"commune_choice": code})

    assert "Plusieurs communes correspondent" in offered.text
    assert f'value="{code}"' in offered.text
    assert chosen.status_code == 302
    assert stored(dossier).answers["commune"] == code


def test_a_commune_that_does_not_exist_is_refused_plainly(signed_in, applicant):
    dossier = draft(applicant)
    url = step_url(dossier, "address")

    for typed, sentence in (
        ("99999", "Nous ne trouvons pas cette commune"),
        ("Montpelié", "Nous ne trouvons pas exactement cette commune"),
    ):
        page = signed_in.get(url)
        sent = page_as_sent(page) | {"commune": typed, "commune_choice": ""}
        response = signed_in.post(url, sent)
        assert sentence in response.text
        assert stored(dossier).raw_answers["commune"]["commune"] == typed


def test_a_territory_outside_the_law_is_said_on_the_page(signed_in, applicant):
    dossier = draft(applicant, commune="98818", postcode="98800")

    for url in (step_url(dossier, "address"), reverse("dossiers:tasks", args=[dossier.pk])):
        assert "ses propres règles dans ce territoire" in signed_in.get(url).text


def test_what_was_typed_when_the_session_ended_comes_back_after_signing_in(client, applicant):
    dossier = draft(applicant)
    enter(client, applicant)
    page = client.get(step_url(dossier))
    client.cookies.clear()

    away = client.post(
        step_url(dossier),
        urlencode(page_as_sent(page, birth_name="Tapé avant")),
        content_type="application/x-www-form-urlencoded",
    )
    client.post(away["Location"], {"login": applicant.email, "password": PASSWORD})
    back = client.get(step_url(dossier))

    assert away.status_code == 302
    assert 'value="Tapé avant"' in back.text
    assert stored(dossier).answers["birth_name"] == "EXEMPLE"


def test_an_unknown_step_does_not_exist(signed_in, applicant):
    assert signed_in.get(step_url(draft(applicant), "inconnue")).status_code == 404


@pytest.mark.parametrize("name", ["tasks", "check", "declare", "evidence", "filed", "discard"])
def test_another_persons_draft_does_not_exist(signed_in, name):
    dossier = draft(UserFactory())

    assert signed_in.get(reverse(f"dossiers:{name}", args=[dossier.pk])).status_code == 404


def test_another_persons_step_takes_nothing(signed_in):
    dossier = draft(UserFactory())

    assert signed_in.post(step_url(dossier), {"birth_name": "Volé"}).status_code == 404


@pytest.mark.parametrize("name", ["tasks", "check", "declare", "evidence"])
def test_going_back_after_filing_shows_the_filed_page(signed_in, applicant, name):
    dossier = draft(applicant, evidence=True)
    file_now(dossier, applicant)

    response = signed_in.get(reverse(f"dossiers:{name}", args=[dossier.pk]), follow=True)

    assert response.redirect_chain == [(reverse("dossiers:filed", args=[dossier.pk]), 302)]
    assert stored(dossier).number in response.text


def test_an_old_tab_after_filing_is_told_and_lands_on_the_filed_page(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    page = signed_in.get(step_url(dossier))
    file_now(dossier, applicant)

    response = signed_in.post(step_url(dossier), page_as_sent(page, birth_name="Tard"), follow=True)

    assert "déjà déposée" in response.text


BAD = {
    "too_long": "x" * 50_000,
    "nul": "a\x00b",
    "bidi": "a\u202eb",
    "lone_surrogate": "\ud800",
    "markup": "<script>alert(1)</script>",
    "quotes": "'; drop table x; --",
    "digits": "٣٤٥",
    "huge_number": "9" * 5000,
    "list": "[]",
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_or_kept_but_never_breaks(signed_in, applicant, bad):
    dossier = draft(applicant)
    for step in ("identity", "passport", "current-title", "address", "means", "contact"):
        url = step_url(dossier, step)
        page = signed_in.get(url)
        sent = dict.fromkeys(page_as_sent(page), bad)

        response = signed_in.post(url, _encodable(sent | {"seen": page.context["seen"]}))
        again = signed_in.get(url)

        assert response.status_code in {200, 302}
        assert again.status_code == 200
        assert "<script>alert" not in again.text
    assert signed_in.post(url, _encodable(sent)).status_code in {200, 302}
    assert signed_in.get(reverse("dossiers:check", args=[dossier.pk])).status_code == 200


def _encodable(data):
    return {
        name: value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
        for name, value in data.items()
    }


def test_an_empty_post_changes_nothing(signed_in, applicant):
    dossier = draft(applicant)

    signed_in.post(step_url(dossier), {})

    assert stored(dossier).answers == dossier.answers


@contextlib.contextmanager
def at_most(limit):
    """Count the statements that read or write rows; the transaction's own are not counted."""
    with CaptureQueriesContext(connection) as captured:
        yield
    control = ("SAVEPOINT", "RELEASE", "select set_config", "select current_setting")
    rows = [query["sql"] for query in captured if not query["sql"].startswith(control)]
    assert len(rows) <= limit, "\n".join(rows)


@pytest.mark.parametrize(("step", "limit"), [("identity", 4), ("address", 6)])
def test_queries_of_a_step_page(signed_in, applicant, step, limit):
    dossier = draft(applicant)
    signed_in.get(step_url(dossier, step))

    with at_most(limit):
        signed_in.get(step_url(dossier, step))


def test_queries_of_saving_a_step(signed_in, applicant):
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier))

    with at_most(5):
        signed_in.post(step_url(dossier), page_as_sent(page, birth_name="Compté"))


def test_queries_of_the_check_page(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    signed_in.get(reverse("dossiers:check", args=[dossier.pk]))

    with at_most(8):
        signed_in.get(reverse("dossiers:check", args=[dossier.pk]))


@pytest.mark.parametrize(
    "sent",
    [
        {"birth_name": "x" * 2_000_000},
        {f"field{number}": "1" for number in range(800)},
    ],
    ids=["too_heavy", "too_many_fields"],
)
def test_a_huge_post_is_refused_and_changes_nothing(signed_in, applicant, sent):
    dossier = draft(applicant)

    response = signed_in.post(step_url(dossier), sent)

    assert response.status_code == 400
    assert stored(dossier).answers == dossier.answers
