"""Children, addresses: entries come and go without script, each with its own errors."""

import pytest
from django.urls import reverse

from dossiers.models import Dossier
from dossiers.queries.summary import sections_of
from portal.core.door import acting
from tests.dossiers.views.test_steps import step_url, stored
from tests.dossiers.views.test_typed_answers import keep
from tests.factories.procedures import loaded, typed_text

pytestmark = pytest.mark.django_db

ADA = {"child_name": "Ada", "child_born": "2015", "child_in_france": True}
ZOE = {"child_name": "Zoé", "child_born": "2018-02-03", "child_in_france": False}
PARTS = "child_name child_born child_in_france"


def posted(*entries, **more):
    """The keys of these entries, as a browser sends them."""
    data = {"with_children": "yes", "children-count": str(len(entries))}
    for i, entry in enumerate(entries):
        year, month, day = (entry.get("child_born", "").split("-") + ["", ""])[:3]
        lives = {True: "yes", False: "no"}.get(entry.get("child_in_france"), "")
        data |= {
            f"children-{i}-seen": PARTS + (" child_country" if "child_country" in entry else ""),
            f"children-{i}-child_name": entry.get("child_name", ""),
            f"children-{i}-child_born_day": day,
            f"children-{i}-child_born_month": month,
            f"children-{i}-child_born_year": year,
            f"children-{i}-child_in_france": lives,
            f"children-{i}-child_country": entry.get("child_country", ""),
        }
    return data | more


def errors_in(response):
    return [str(e) for errors in response.context["form"].errors.values() for e in errors]


def test_an_entry_is_added_with_what_was_typed_kept(signed_in, typed):
    keep(typed, with_children=True)

    page = signed_in.post(step_url(typed, "children"), posted(ADA, list="add:children"))

    assert stored(typed).answers["children"] == [ADA]
    assert 'name="children-count" value="2"' in page.text
    assert 'value="Ada"' in page.text
    assert "Enfant 2" in page.text
    assert errors_in(page) == []


def test_an_entry_is_taken_out_and_the_others_move_up(signed_in, typed):
    keep(typed, with_children=True, children=[ADA, ZOE | {"child_country": "BR"}])

    page = signed_in.post(
        step_url(typed, "children"),
        posted(ADA, ZOE | {"child_country": "BR"}, list="remove:children:0"),
    )

    assert stored(typed).answers["children"] == [ZOE | {"child_country": "BR"}]
    assert 'name="children-count" value="1"' in page.text
    assert 'value="Ada"' not in page.text


def test_the_last_entry_taken_out_leaves_no_answer(signed_in, typed):
    keep(typed, with_children=True, children=[ADA])

    signed_in.post(step_url(typed, "children"), posted(ADA, list="remove:children:0"))

    assert "children" not in stored(typed).answers


def test_each_entry_says_its_own_errors_and_keeps_what_was_typed(signed_in, typed):
    keep(typed, with_children=True)
    wrong = posted(ADA, ADA | {"child_name": "", "child_born": "20x5"})

    page = signed_in.post(step_url(typed, "children"), wrong)

    assert errors_in(page) == [
        "Enfant 2, Prénom de l’enfant : Répondez à cette question.",
        "Enfant 2, Né ou née le : Écrivez l’année avec quatre chiffres, par exemple 2001.",
    ]
    assert stored(typed).raw_answers["children"]["children-1-child_born_year"] == "20x5"
    again = signed_in.get(step_url(typed, "children"))
    assert 'value="20x5"' in again.text
    assert 'value="Ada"' in again.text


def test_what_is_missing_in_an_entry_does_not_lose_the_rest(signed_in, typed):
    keep(typed, with_children=True)

    signed_in.post(step_url(typed, "children"), posted(ADA | {"child_born": ""}, later="1"))

    kept = {name: value for name, value in ADA.items() if name != "child_born"}
    assert stored(typed).answers["children"] == [kept]
    problems = signed_in.get(reverse("dossiers:check", args=[typed.pk])).context["problems"]
    assert any("Vos enfants" in str(problem["sentence"]) for problem in problems)


def test_a_list_that_is_asked_needs_an_entry(signed_in, typed):
    keep(typed, with_children=True)

    page = signed_in.post(step_url(typed, "children"), posted({}))

    assert errors_in(page) == ["Remplissez au moins une réponse de cette liste."]


def test_an_answer_opens_a_question_in_its_entry_alone(signed_in, typed):
    keep(typed, with_children=True)

    page = signed_in.post(step_url(typed, "children"), posted(ADA, ZOE), follow=True)

    assert "Votre réponse ouvre d’autres questions" in page.text
    assert 'name="children-1-child_country"' in page.text
    assert 'name="children-0-child_country"' not in page.text
    assert stored(typed).answers["children"] == [ADA, ZOE]


def test_a_hidden_answer_of_an_entry_is_not_stored(signed_in, typed):
    keep(typed, with_children=True)

    signed_in.post(step_url(typed, "children"), posted(ADA | {"child_country": "BR"}, later="1"))

    assert stored(typed).answers["children"] == [ADA]


@pytest.mark.parametrize("count", ["999", "-1", "x", "9" * 40, "٣"])
def test_a_count_that_is_none_breaks_nothing(signed_in, typed, count):
    keep(typed, with_children=True)

    page = signed_in.post(
        step_url(typed, "children"), posted(ADA, later="1") | {"children-count": count}
    )

    assert page.status_code == 302
    assert len(stored(typed).answers.get("children", [])) <= 1


@pytest.mark.parametrize(
    "edit",
    [
        "remove:children:9",
        "remove:children:x",
        "add:with_children",
        "add:nothing",
        "",
        "steal:children:0",
    ],
)
def test_a_button_that_is_none_changes_nothing(signed_in, typed, edit):
    keep(typed, with_children=True, children=[ADA])

    signed_in.post(step_url(typed, "children"), posted(ADA, list=edit))

    assert stored(typed).answers["children"] == [ADA]


def test_a_full_list_takes_no_more(signed_in, typed):
    keep(typed, with_children=True, children=[ADA] * 3)

    page = signed_in.get(step_url(typed, "children"))
    assert "Cette liste est pleine" in page.text
    assert 'value="add:children"' not in page.text
    page = signed_in.post(step_url(typed, "children"), posted(ADA, ADA, ADA, list="add:children"))
    assert 'name="children-count" value="3"' in page.text


def test_two_tabs_changing_the_list_say_so(signed_in, typed):
    keep(typed, with_children=True, children=[ADA])
    seen = signed_in.get(step_url(typed, "children")).context["seen"]
    signed_in.post(step_url(typed, "children"), posted(ADA | {"child_name": "Eve"}, seen=seen))

    page = signed_in.post(
        step_url(typed, "children"), posted(ADA | {"child_name": "Lou"}, seen=seen)
    )

    assert "autre onglet" in page.text
    assert stored(typed).answers["children"][0]["child_name"] == "Eve"


def test_the_check_page_and_the_agent_read_entry_by_entry(signed_in, typed):
    keep(typed, with_children=True, children=[ADA, ZOE | {"child_country": "BR"}])

    text = signed_in.get(reverse("dossiers:check", args=[typed.pk])).text
    assert "Enfant 1" in text
    assert "Zoé" in text
    procedure = loaded(typed_text())
    with acting(typed.applicant_id):
        answers = Dossier.objects.get(pk=typed.pk).answers
    rows = dict(next(s for s in sections_of(procedure, answers, "fr") if s.code == "children").rows)
    assert rows["Vos enfants"] == "2"
    assert rows["Enfant 1"] == (
        "Prénom de l’enfant : Ada, Né ou née le : 2015 (jour et mois inconnus), Vit en France : Oui"
    )
    assert rows["Enfant 2"].endswith("Pays de l’enfant : Brésil")
