"""Asking at the desk: seen before it is sent; then each answer read beside what was asked."""

import pytest
from django.urls import reverse

from dossiers.models import CompletionItem, CompletionRequest, Correction, CorrectionContest
from portal.accounts.enums import Role
from tests.factories import dossiers as filing
from tests.factories.accounts import UserFactory
from tests.factories.workflows import Life, agent, answered, object_to, put_right
from tests.workflows.services.test_requesting import extended, run_clocks
from tests.workflows.services.test_reviewing import review
from tests.workflows.views.test_acts import COMPLETION, day, in_days, post
from workflows.enums import CaseState
from workflows.models import ItemReview

pytestmark = pytest.mark.django_db
NEW_PAGES = [
    "desk:review_items",
    "desk:ask_supply",
    "desk:confirm_supply",
    "desk:correct",
    "desk:settle_contests",
]


def url(name, life):
    return reverse(name, args=[life.id])


def wanted(life, **more):
    return COMPLETION | day("due_on", in_days(life, 30)) | more


def with_papers():
    """A case filed with its papers, as a person files one."""
    where = {"commune": "75115", "postcode": "75015", "foreigner_number": "9900000777"}
    return Life(dossier=filing.filed(UserFactory(), **where))


@pytest.mark.parametrize("name", NEW_PAGES)
@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.SIGNATORY, "75", 403),
        (Role.SUPERVISOR, "75", 403),
        (Role.COUNTER_AGENT, "75", 403),
        (Role.REVIEWER, "34", 404),
    ],
)
def test_other_roles_and_offices_do_not_come_in(at_desk, name, role, office, status):
    browser = at_desk(agent(role.value, office=office))

    assert browser.get(url(name, Life())).status_code == status


@pytest.mark.parametrize("name", ["desk:review_items", "desk:settle_contests"])
def test_without_anything_to_read_the_page_leads_back(at_desk, name):
    life = Life()

    response = at_desk(life.reviewer).get(url(name, life))

    assert response["Location"] == url("desk:case", life)


def test_the_page_shows_what_was_given_and_folds_what_is_not_called_for(at_desk):
    life = with_papers()

    page = at_desk(life.reviewer).get(url("desk:ask_completion", life))

    form = page.context["form"]
    passport = next(row for row in form.expected_rows() if row.item.code == "passport")
    assert passport.item.given == ("piece.jpg",)
    assert "pages avec votre photo" in passport.example.initial
    assert "host-letter" in {row.item.code for row in form.other_rows()}
    assert "Un bord de la page est coupé" in page.text
    assert "round_reason" not in form.fields


def test_a_request_is_read_before_it_is_sent(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)
    ready = {"why_field_passport_number": "", "reason_field_passport_number": "unclear"}

    page = post(browser, "desk:ask_completion", life, **wanted(life, **ready))

    assert "Ce que la personne lira" in page.text
    assert "peut se comprendre de plusieurs façons" in page.text
    assert life.case.state == CaseState.RECEIVED
    kept = dict(page.context["kept"])
    again = browser.post(url("desk:ask_completion", life), kept | {"edit": "1"})
    assert again.context["form"]["reason_field_passport_number"].value() == "unclear"
    assert life.case.state == CaseState.RECEIVED
    sent = browser.post(url("desk:ask_completion", life), kept | {"send": "1"})
    assert sent.status_code == 302
    with life.desk():
        item = CompletionItem.objects.get()
    assert (item.reason_code, item.why, item.essential) == ("unclear", "", True)


def test_the_law_is_said_when_nothing_essential_is_asked(at_desk):
    life = with_papers()
    browser = at_desk(life.reviewer)
    useful = {"pick_evidence_proof-of-address": "on", "why_evidence_proof-of-address": "Ancien."}
    essential = {"pick_evidence_passport": "on", "why_evidence_passport": "Coupé."}
    common = day("due_on", in_days(life, 30))

    alone = post(browser, "desk:ask_completion", life, **common, **useful)
    both = post(browser, "desk:ask_completion", life, **common, **useful, **essential)

    assert "L. 114-5-1" in alone.text
    assert "L. 114-5-1" not in both.text
    assert "Indispensable à l’examen" in both.text


def test_what_the_agent_says_is_not_essential_stops_nothing(at_desk):
    life = Life().acknowledged()
    browser = at_desk(life.reviewer)
    useful = wanted(life, essential_field_passport_number="no")

    page = post(browser, "desk:ask_completion", life, **useful)
    sent = browser.post(
        url("desk:ask_completion", life), dict(page.context["kept"]) | {"send": "1"}
    )

    assert "aucun délai n’est suspendu" in page.text
    assert sent.status_code == 302
    assert life.case.state == CaseState.UNDER_REVIEW
    form = browser.get(url("desk:ask_completion", life)).context["form"]
    assert form["pick_field_passport_number"].value() is True
    shown = browser.get(url("desk:case", life)).text
    assert "l’examen continue sans attendre" in shown
    assert "Un accord serait donné sous réserve" in browser.get(url("desk:propose", life)).text


def test_a_grant_that_waits_is_shown_confirmed_and_asked_again_from_the_case(at_desk):
    life = Life().acknowledged().supply_asked().proposed("grant")
    assert "Un accord serait donné" in at_desk(life.signatory).get(url("desk:sign", life)).text
    life.signed()
    browser = at_desk(life.reviewer)

    shown = browser.get(url("desk:case", life)).text
    assert "Accordé sous réserve de recevoir" in shown
    assert url("desk:confirm_supply", life) in shown
    again = browser.get(url("desk:ask_supply", life)).context["form"]
    assert [item.code for item in again.askable] == ["passport_number"]
    form = browser.get(url("desk:confirm_supply", life)).context["form"]
    key = form.awaited[0].pk
    blank = post(browser, "desk:confirm_supply", life)
    assert "Cochez ce que la préfecture a reçu." in blank.text
    silent = post(browser, "desk:confirm_supply", life, **{f"received_{key}": "on"})
    assert "Dites comment la préfecture l’a reçu." in silent.text
    said = {f"received_{key}": "on", f"note_{key}": "Remis au guichet."}
    assert post(browser, "desk:confirm_supply", life, **said).status_code == 302

    assert life.case.state in (CaseState.BIOMETRICS_DUE, CaseState.IN_PRODUCTION)
    assert "Remis au guichet." in browser.get(url("desk:case", life)).text


def test_what_a_grant_waits_for_is_asked_again_with_another_day(at_desk):
    life = Life().acknowledged().supply_asked(days=5).proposed("grant").signed()
    browser = at_desk(life.reviewer)

    sent = post(
        browser, "desk:ask_supply", life, **wanted(life, send="1", round_reason="Pas reçu.")
    )

    assert sent.status_code == 302
    assert life.case.due_on == in_days(life, 30)


def test_a_second_round_starts_from_what_was_not_enough(at_desk):
    life = answered(Life().completion_asked())
    browser = at_desk(life.reviewer)
    page = browser.get(url("desk:review_items", life))
    key = item_key(life)
    assert "ZZ000001" in page.text
    assert "ZZ000009" in page.text

    silent = post(browser, "desk:review_items", life, **{f"verdict_{key}": "not_enough"})
    assert "Expliquez ce qui manque encore." in silent.text
    blank = post(browser, "desk:review_items", life)
    assert "Donnez votre lecture" in blank.text
    done = post(
        browser,
        "desk:review_items",
        life,
        **{f"verdict_{key}": "not_enough", f"note_{key}": "Il manque un chiffre."},
    )

    assert done["Location"] == url("desk:case", life)
    with life.desk():
        assert ItemReview.objects.get().note == "Il manque un chiffre."
    form = browser.get(url("desk:ask_completion", life)).context["form"]
    assert form["pick_field_passport_number"].value() is True
    assert form["why_field_passport_number"].value() == "Il manque un chiffre."
    refused = post(browser, "desk:ask_completion", life, **wanted(life, send="1"))
    assert refused.status_code == 200
    sent = post(
        browser, "desk:ask_completion", life, **wanted(life, send="1", round_reason="Un chiffre.")
    )
    assert sent.status_code == 302


def item_key(life):
    with life.desk():
        return CompletionItem.objects.get().pk


def test_the_case_page_tells_the_story_of_each_request(at_desk, statements):
    life = Life().completion_asked(days=30)
    extended(life)
    browser = at_desk(life.reviewer)
    open_page = browser.get(url("desk:case", life))
    assert "La personne a demandé plus de temps" in open_page.text
    assert "Rien de prêt" in open_page.text

    run_clocks(life, days=55)  # past any run of days without post
    late = browser.get(url("desk:case", life))
    assert "Délai passé" in late.text
    answered(life.completion_asked(days=60))
    review(life, "accepted")

    with statements(23):
        page = browser.get(url("desk:case", life))

    assert "Accepté" in page.text
    assert "2 demandes" in page.text
    assert "La réponse ne suffit pas encore." in page.text


def test_the_signatory_reads_why_there_were_two_rounds(at_desk):
    life = answered(Life().completion_asked())
    answered(life.completion_asked()).acknowledged().proposed()

    page = at_desk(life.signatory).get(url("desk:sign", life))

    assert "La réponse ne suffit pas encore." in page.text
    assert "Lire les réponses, une par une" not in page.text


def test_supervision_counts_second_rounds_and_contested_corrections(at_desk):
    life = answered(Life().completion_asked())
    life.completion_asked()
    made = put_right(life)
    object_to(life, made)

    page = at_desk(life.supervisor).get(reverse("desk:supervision"))

    assert "complément a été demandé après un premier" in page.text
    assert "correction de forme est contestée" in page.text


def test_a_slip_is_corrected_told_and_answered_for(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)
    shown = browser.get(url("desk:correct", life)).context["form"]
    fields = as_shown(shown)

    refused = post(browser, "desk:correct", life, **fields | {"new_birth_name": "Exempel"})
    assert "Écrivez une réponse." in refused.text
    nothing = post(browser, "desk:correct", life, **fields | {"reason": "Rien."})
    assert "Rien ne change" in nothing.text
    unproven = post(
        browser, "desk:correct", life, **fields | {"new_birth_name": "X", "reason": "Lettres."}
    )
    assert "d’après un document" in unproven.text
    done = post(
        browser,
        "desk:correct",
        life,
        **fields | {"new_address_line": "2 rue de l’Exemple", "reason": "Le numéro."},
    )

    assert done["Location"] == url("desk:case", life)
    assert "Corrections de forme" in browser.get(url("desk:case", life)).text
    with life.desk():
        made = Correction.objects.get()
    assert made.changes == {"address_line": ["1 rue de l’Exemple", "2 rue de l’Exemple"]}
    object_to(life, made)
    assert "Contestée par la personne" in browser.get(url("desk:case", life)).text
    post(browser, "desk:settle_contests", life, note="Vérifié sur le bail.")
    with life.desk():
        assert CorrectionContest.objects.get().settled_note == "Vérifié sur le bail."


def as_shown(form):
    """What the page would send if nothing were changed."""
    fields = {"version": form["version"].value()}
    for name in [name for name in form.fields if name.startswith("new_")]:
        value, widget = form[name].value(), form.fields[name].widget
        if hasattr(widget, "decompress"):
            parts = zip(("day", "month", "year"), widget.decompress(value), strict=True)
            fields |= {f"{name}_{part}": said or "" for part, said in parts}
        else:
            fields[name] = value or ""
    return fields


def test_a_page_opened_before_another_correction_undoes_nothing(at_desk):
    life = Life()
    browser = at_desk(life.reviewer)
    old = as_shown(browser.get(url("desk:correct", life)).context["form"])
    put_right(life)

    late = post(
        browser, "desk:correct", life, **old | {"new_postcode": "75014", "reason": "Un chiffre."}
    )

    assert "Rien n’a été corrigé" in late.text
    with life.desk():
        assert Correction.objects.count() == 1


@pytest.mark.parametrize("items", [1, 2])
def test_reading_answers_costs_the_same_for_one_and_two(at_desk, items, statements):
    asked = [
        {"kind": "field", "code": code, "why": "Illisible."}
        for code in ("passport_number", "birth_city")[:items]
    ]
    life = answered(Life().completion_asked(items=asked))
    browser = at_desk(life.reviewer)
    browser.get(url("desk:review_items", life))

    with statements(13):
        page = browser.get(url("desk:review_items", life))

    assert len(page.context["form"].answers) == items


def test_inverted_names_are_put_right_with_the_paper_that_shows_them(at_desk):
    life = with_papers()
    browser = at_desk(life.reviewer)
    page = browser.get(url("desk:correct", life))
    form = page.context["form"]
    fields = as_shown(form)
    (paper, _label) = next(c for c in form.fields["proof"].choices if "Passeport" in str(c[1]))

    done = post(
        browser,
        "desk:correct",
        life,
        **fields | {"swap_names": "on", "proof": paper, "reason": "Noms inversés."},
    )

    assert done.status_code == 302
    assert life.case.holder_name == "EXEMPLE Ada Inventée"


def test_nothing_is_corrected_after_the_proposal(at_desk):
    life = Life().acknowledged().proposed()

    page = at_desk(life.reviewer).get(url("desk:correct", life), follow=True)

    assert "Pas à cette étape" in page.text
    assert reverse("desk:correct", args=[life.id]) not in page.text


def test_a_request_made_from_an_old_page_is_refused(at_desk):
    life = Life()
    seen = life.case.last_step
    life.acknowledged()

    answer = post(
        at_desk(life.reviewer), "desk:ask_completion", life, seen=seen, **wanted(life, send="1")
    )

    assert "a changé pendant que vous le lisiez" in answer.text
    with life.desk():
        assert not CompletionRequest.objects.exists()
