"""One act for many cases, over HTTP: chosen, filled in once, checked, started, followed."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse

from portal.accounts.enums import POST_ROLES, Role
from portal.core import clock
from portal.core.models import JournalLine
from tests.factories.batches import asking, closing, in_one_hand, queued, results, run_all
from tests.factories.workflows import GROUNDS, Life, agent, filed_dossier
from tests.hostile.forms import forms_of
from workflows.enums import CaseState
from workflows.forms.batch import FORMS
from workflows.models import Assignment, Batch, BatchRow, Proposal
from workflows.services import assigning, rerouting
from workflows.services.batch_kinds import KINDS

pytestmark = pytest.mark.django_db
PREPARE, CHOOSE, LIST = (
    reverse(f"desk:{name}") for name in ("batch_prepare", "batch_choose", "batches")
)
START = {"action": "start"}


def chosen(*lives):
    return [f"{life.id}.{life.case.last_step}" for life in lives]


def closure(*lives, **more):
    sent = {"acte": "propose_closure", "dossier": chosen(*lives), "ground": "close-not-supplied"}
    return {**sent, **GROUNDS, **more}


def handover(*lives, **more):
    return {"acte": "give_away", "dossier": chosen(*lives), "reason": "Surcharge.", **more}


def completion(*lives, **more):
    return {"acte": "ask_completion", "dossier": chosen(*lives), **more}


def page_of(batch):
    return reverse("desk:batch", args=[batch.pk])


def nothing_written(life):
    with life.desk():
        return not Batch.objects.exists() and not BatchRow.objects.exists() and queued() == []


def test_every_kind_has_its_form():
    assert set(FORMS) == set(KINDS)


def test_the_queue_leads_there_who_may(at_desk):
    link = f'href="{CHOOSE}"'

    assert link in at_desk(agent()).get(reverse("desk:queue")).text
    assert link in at_desk(agent("supervisor")).get(reverse("desk:queue")).text
    assert link not in at_desk(agent("signatory")).get(reverse("desk:queue")).text


def test_the_cases_to_choose_are_those_on_which_an_act_is_possible(at_desk):
    lives = in_one_hand(Life(), Life().acknowledged(), Life().completion_asked())
    received, reviewed, waiting = lives
    colleagues = Life()
    elsewhere = Life(office="34", commune="34172")

    page = at_desk(received.reviewer).get(CHOOSE).text

    assert f'value="{received.id}.2"' in page
    assert f'value="{reviewed.id}.3"' in page
    assert str(waiting.id) not in page
    assert str(colleagues.id) not in page
    assert str(elsewhere.id) not in page
    assert "Demander le même complément" in page


def test_a_supervisor_chooses_among_the_whole_office_and_may_only_give_away(at_desk):
    mine, colleagues, waiting = Life(), Life(), Life().completion_asked()
    elsewhere = Life(office="34", commune="34172")

    page = at_desk(mine.supervisor).get(CHOOSE).text

    assert [str(life.id) in page for life in (mine, colleagues, waiting)] == [True] * 3
    assert str(elsewhere.id) not in page
    assert [f'value="{kind}"' in page for kind in KINDS] == [kind == "give_away" for kind in KINDS]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"etat": "received"}, [True, False, True]),
        ({"etat": "under_review"}, [False, True, False]),
        ({"demarche": "spouse-of-french-first"}, [False, False, True]),
        ({"etat": "nowhere", "demarche": "nothing"}, [True, True, True]),
    ],
)
def test_the_list_is_filtered_by_state_and_by_procedure(at_desk, query, shown):
    lives = in_one_hand(Life(), Life().acknowledged(), Life(procedure="spouse-of-french-first"))

    page = at_desk(lives[0].reviewer).get(CHOOSE, query).text

    assert [str(life.id) in page for life in lives] == shown


def test_all_the_cases_shown_are_ticked_with_one_link(at_desk):
    life, _other = in_one_hand(Life(), Life())
    browser = at_desk(life.reviewer)

    assert browser.get(CHOOSE).text.count(" checked>") == 0
    assert browser.get(CHOOSE, {"tous": "1"}).text.count(" checked>") == 2


def test_an_empty_list_says_what_will_come_and_a_filter_how_to_go_back(at_desk):
    browser = at_desk(agent())

    assert "apparaîtront ici" in browser.get(CHOOSE).text
    assert "Enlever le filtre" in browser.get(CHOOSE, {"etat": "received"}).text
    assert "Vous n’avez lancé aucun acte groupé" in browser.get(LIST).text


def test_choosing_nothing_says_so(at_desk):
    page = at_desk(agent()).get(PREPARE, {"acte": "propose_closure"})

    assert (page.status_code, "Choisissez au moins un dossier." in page.text) == (200, True)


def test_choosing_no_act_says_so(at_desk):
    life = Life()

    page = at_desk(life.reviewer).get(PREPARE, {"dossier": chosen(life)})

    assert "Choisissez l’acte à faire pour ces dossiers." in page.text


def test_the_form_of_a_completion_offers_what_all_have_in_common(at_desk):
    student, spouse = in_one_hand(Life(), Life(procedure="spouse-of-french-first"))
    browser = at_desk(student.reviewer)

    alone = browser.get(PREPARE, {"acte": "ask_completion", "dossier": chosen(student)}).text
    both = browser.get(PREPARE, {"acte": "ask_completion", "dossier": chosen(student, spouse)}).text

    assert "pick_evidence_enrolment" in alone
    assert "pick_evidence_enrolment" not in both
    assert "pick_evidence_" in both


def test_the_check_page_says_that_nothing_is_done_and_does_nothing(at_desk):
    lives = in_one_hand(Life(), Life(), Life().completion_asked())

    page = at_desk(lives[0].reviewer).post(PREPARE, closure(*lives, action="check"))

    assert "Rien n’est encore fait" in page.text
    assert GROUNDS["grounds_fact"] in page.text
    assert page.text.count("L’acte sera fait") == 2
    assert page.text.count("Ne sera pas fait") == 1
    assert "Pas à cette étape" in page.text
    assert nothing_written(lives[0])


def test_the_check_page_offers_no_start_when_no_case_can_change(at_desk):
    life = Life().completion_asked()

    page = at_desk(life.reviewer).post(PREPARE, closure(life, action="check"))

    assert 'value="start"' not in page.text
    assert 'value="edit"' in page.text


def test_from_the_form_to_the_results_as_a_browser_does_it(at_desk, as_role):
    lives = in_one_hand(Life(), Life())
    browser = at_desk(lives[0].reviewer)
    first = browser.get(PREPARE, {"acte": "ask_completion", "dossier": chosen(*lives)})
    with lives[0].desk() as act:
        due_on = clock.legal_day(act.now) + dt.timedelta(days=20)
    typed = {
        "pick_field_passport_number": "on",
        "why_field_passport_number": "Le numéro ne se lit pas.",
        "reason_field_passport_number": "unclear",
        "example_field_passport_number": "Une page nette.",
        "round_reason": "Une seconde demande.",
        "message": "Bonjour.",
        "due_on_day": due_on.day,
        "due_on_month": due_on.month,
        "due_on_year": due_on.year,
        "acte": "ask_completion",
        "dossier": chosen(*lives),
    }
    assert [form.url for form in forms_of(first, PREPARE)] == [PREPARE]
    check = browser.post(PREPARE, {**typed, "action": "check"})
    (form,) = forms_of(check, PREPARE)
    kept = form.filled | {"dossier": chosen(*lives)}
    edited = browser.post(PREPARE, {**kept, "action": "edit"})
    assert "Le numéro ne se lit pas." in edited.text

    answer = browser.post(PREPARE, {**kept, **START})

    with lives[0].desk():
        batch = Batch.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, page_of(batch))
    assert batch.facts == {
        "items": [
            {
                "kind": "field",
                "code": "passport_number",
                "why": "Le numéro ne se lit pas.",
                "reason_code": "unclear",
                "example": "Une page nette.",
                "essential": True,
            }
        ],
        "message": "Bonjour.",
        "due_on": due_on.isoformat(),
        "round_reason": "Une seconde demande.",
    }
    run_all(as_role)
    assert [life.case.state for life in lives] == [CaseState.COMPLETION_REQUESTED] * 2


def test_a_closure_keeps_its_coded_reason_for_each_case(at_desk, as_role):
    lives = in_one_hand(Life(), Life())
    key = str(uuid.uuid4())

    at_desk(lives[0].reviewer).post(PREPARE, closure(*lives, cle=key, **START))
    run_all(as_role)

    with lives[0].desk():
        assert Batch.objects.get().facts == {"closure_code": "close-not-supplied", **GROUNDS}
        proposals = Proposal.objects.values_list("outcome", "closure_code")
        assert list(proposals) == [("close", "close-not-supplied")] * 2


def test_a_supervisor_gives_several_cases_away_at_random_each_with_its_result(at_desk, as_role):
    lives = [Life() for _ in range(3)]
    supervisor, colleagues = lives[0].supervisor, {life.reviewer.pk for life in lives}
    colleagues |= {agent().pk, agent().pk}
    browser = at_desk(supervisor)

    check = browser.post(PREPARE, handover(*lives, action="check"))
    (form,) = forms_of(check, PREPARE)
    kept = form.filled | {"dossier": chosen(*lives)}
    lives[1].acknowledged()
    answer = browser.post(PREPARE, {**kept, **START})

    assert check.text.count("L’acte sera fait") == 3
    with lives[0].desk():
        batch = Batch.objects.get()
    assert answer["Location"] == page_of(batch)
    assert (batch.kind, batch.facts) == ("give_away", {"reason": "Surcharge."})
    run_all(as_role)
    assert [state for state, _r in results(batch)] == ["done", "refused", "done"]
    assert lives[1].case.reviewer_id == lives[1].reviewer.pk
    for life in (lives[0], lives[2]):
        holder = life.case.reviewer_id
        with life.desk(supervisor):
            made = Assignment.objects.get(open_case=life.id)
        assert (made.agent_id, made.why, made.note) == (holder, "supervisor", "Surcharge.")
        assert made.made_by_id == supervisor.pk
        draw = JournalLine.objects.filter(act="case.assign", subject_id=life.id).latest("id").facts
        assert draw["agent"] == holder
        assert draw["eligible"] == len(colleagues) - 1
        assert {holder} < set(draw["among"]) <= colleagues - {life.reviewer.pk}
    page = browser.get(page_of(batch)).text
    assert "Ce dossier a changé entre-temps" in page
    for life in lives:
        assert reverse("desk:case", args=[life.id]) in page


def test_what_a_supervisor_gives_away_goes_where_chance_says(at_desk, as_role, monkeypatch):
    lives = [Life(), Life()]
    others = [agent(), agent(), agent()]
    monkeypatch.setattr(assigning._chance, "choice", max)
    at_desk(lives[0].supervisor).post(PREPARE, handover(*lives, cle=str(uuid.uuid4()), **START))

    run_all(as_role)

    assert [life.case.reviewer_id for life in lives] == [others[-1].pk] * 2


def test_a_double_click_starts_one_batch(at_desk):
    life = Life()
    browser, key = at_desk(life.reviewer), str(uuid.uuid4())

    answers = [browser.post(PREPARE, closure(life, cle=key, **START)) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert len(queued()) == 1


def test_starting_without_a_key_asks_to_check_again(at_desk):
    life = Life()

    page = at_desk(life.reviewer).post(PREPARE, closure(life, cle="x", **START))

    assert "Rien n’est encore fait" in page.text
    assert nothing_written(life)


@pytest.mark.parametrize("missing", ["grounds_fact", "ground"])
def test_words_that_are_missing_bring_the_form_back_and_start_nothing(at_desk, missing):
    life = Life()
    sent = closure(life, cle=str(uuid.uuid4()), **START) | {missing: ""}

    page = at_desk(life.reviewer).post(PREPARE, sent)

    assert page.status_code == 200
    assert GROUNDS["grounds_law"] in page.text
    assert nothing_written(life)


def test_another_offices_case_in_the_list_refuses_all_and_writes_nothing(at_desk):
    mine, theirs = Life(), Life(office="34", commune="34172")
    sent = closure(mine, theirs, cle=str(uuid.uuid4()), **START)

    page = at_desk(mine.reviewer).post(PREPARE, sent)

    assert "n’est plus dans votre préfecture" in page.text
    assert theirs.case.holder_name not in page.text or (
        theirs.case.holder_name == mine.case.holder_name
    )
    assert theirs.case.dossier_number not in page.text
    assert nothing_written(mine)
    assert mine.case.state == CaseState.RECEIVED


@pytest.mark.parametrize("role", sorted(set(POST_ROLES) - {Role.REVIEWER, Role.SUPERVISOR}))
def test_other_roles_open_none_of_these_pages(at_desk, role):
    life = Life()
    batch = closing(life)
    browser = at_desk(agent(role.value))

    answers = [browser.get(url) for url in (LIST, CHOOSE, PREPARE, page_of(batch))]
    answers.append(browser.post(PREPARE, closure(life, cle=str(uuid.uuid4()), **START)))

    # the counter has a door of its own: at this one its agents are refused like the others
    assert {answer.status_code for answer in answers} == {403}
    assert len(queued()) == 1


@pytest.mark.parametrize(
    ("role", "sent"),
    [("reviewer", handover), ("supervisor", closure), ("supervisor", completion)],
)
def test_a_kind_of_another_role_is_refused_on_the_same_pages(at_desk, role, sent):
    life = Life()
    browser, data = at_desk(getattr(life, role)), sent(life, cle=str(uuid.uuid4()), **START)

    answers = [browser.get(url) for url in (LIST, CHOOSE)]
    refused = [browser.get(PREPARE, data), browser.post(PREPARE, data)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert [answer.status_code for answer in refused] == [403, 403]
    assert nothing_written(life)


def test_a_batch_of_another_office_does_not_exist(at_desk):
    batch = closing(Life())

    assert at_desk(agent(office="34")).get(page_of(batch)).status_code == 404


def test_the_page_comes_again_while_cases_wait_and_may_be_stopped(at_desk, as_role):
    lives = [Life(), Life()]
    batch = closing(*lives)
    browser = at_desk(lives[0].reviewer)

    waiting = browser.get(page_of(batch))
    stopped = browser.get(page_of(batch), {"fixe": "1"})
    run_all(as_role)
    finished = browser.get(page_of(batch))

    assert (waiting["Refresh"], "0 / 2" in waiting.text) == ("5", True)
    assert ("Refresh" in stopped, "Actualiser" in stopped.text) == (False, True)
    assert ("Refresh" in finished, "2 / 2" in finished.text) == (False, True)


def test_each_case_shows_its_result_its_reason_and_its_page(at_desk, as_role):
    lives = [Life(), Life()]
    batch = closing(*lives)
    lives[1].acknowledged()
    run_all(as_role)

    page = at_desk(lives[0].reviewer).get(page_of(batch)).text

    assert "Ce dossier a changé pendant que vous le lisiez" in page
    for life in lives:
        assert reverse("desk:case", args=[life.id]) in page
    assert [state for state, _r in results(batch)] == ["done", "refused"]
    assert "<strong>1</strong> fait" in page
    assert "<strong>1</strong> non fait" in page


def test_a_case_that_left_is_counted_and_not_named(at_desk):
    lives = [Life(), Life()]
    batch = closing(*lives)
    lives[1]._do(lives[1].reviewer, rerouting.reroute, prefecture_code="34", reason="Adresse.")

    page = at_desk(lives[0].reviewer).get(page_of(batch)).text

    assert "1 dossier est passé à une autre préfecture" in page
    assert lives[1].dossier.number not in page


def test_my_batches_show_their_numbers_and_no_others(at_desk, as_role):
    lives = [Life(), Life()]
    mine = closing(*lives)
    theirs = asking(Life())
    lives[0].acknowledged()
    run_all(as_role)

    page = at_desk(lives[0].reviewer).get(LIST).text

    assert page_of(mine) in page
    assert page_of(theirs) not in page
    numbers = ["2", "1", "1", "0"]
    assert [f'<td class="po-number">{number}</td>' in page for number in numbers] == [True] * 4


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_cost_the_same_for_one_and_three(at_desk, rows, statements):
    lives = [Life() for _ in range(rows)]
    batch = closing(*lives)
    browser = at_desk(lives[0].reviewer)
    browser.get(CHOOSE)

    with statements(5):
        assert browser.get(CHOOSE).status_code == 200
    with statements(5):
        assert browser.get(LIST).status_code == 200
    with statements(6):
        assert browser.get(page_of(batch)).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_preparing_costs_the_same_for_one_and_three(at_desk, rows, statements):
    lives = in_one_hand(*(Life() for _ in range(rows)))
    browser, boss = at_desk(lives[0].reviewer), at_desk(lives[0].supervisor)
    asked = {"acte": "ask_completion", "dossier": chosen(*lives)}
    sent, given = (kind(*lives, action="check") for kind in (closure, handover))
    browser.get(PREPARE, asked)

    with statements(7):
        assert browser.get(PREPARE, asked).status_code == 200
    with statements(5):
        assert "Rien n’est encore fait" in browser.post(PREPARE, sent).text
    # and the supervisor's own contact details, to know whether they are close to the person
    with statements(6):
        assert "Rien n’est encore fait" in boss.post(PREPARE, given).text


@pytest.mark.parametrize(
    "value", ["", "x", "1.2", f"{uuid.UUID(int=1)}.x", f"{uuid.UUID(int=1)}.²", "\x00.1"]
)
def test_what_cannot_be_read_is_no_case(at_desk, value):
    filed_dossier()

    page = at_desk(agent()).get(PREPARE, {"acte": "propose_closure", "dossier": value})

    assert "Choisissez au moins un dossier." in page.text
