"""What the desk shows of the clocks: the day with its reason, nearness in words, alarms."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils.formats import date_format

from portal.accounts.enums import Role
from portal.core import clock
from portal.core.door import acting
from tests.factories.workflows import Life, agent, filed_dossier
from workflows.models import Alarm, Case
from workflows.queries.lines import lines_of
from workflows.services import alarms

pytestmark = pytest.mark.django_db


def old(days, **facts):
    """A case filed so many legal days ago, at this hour of the office's clock."""
    filed_at = clock.now().astimezone(clock.PARIS) - dt.timedelta(days=days)
    return Life(dossier=filed_dossier(filed_at=filed_at, **facts)).acknowledged()


def alarmed(as_role, life):
    with as_role("worker"), acting(None, scope="system") as act:
        alarms.raise_near(at=act.now)
    with life.desk():
        return Alarm.objects.get(case_id=life.id)


@pytest.mark.parametrize(
    ("left", "flags"),
    [
        (16, (False, False, False)),
        (15, (False, True, False)),
        (4, (False, True, False)),
        (3, (False, True, True)),
        (0, (False, True, True)),
        (-1, (True, False, False)),
    ],
)
def test_nearness_is_fifteen_days_then_three(left, flags):
    today = clock.today()
    case = old(10).case
    case.due_on = today + dt.timedelta(days=left)

    (line,) = lines_of([case], today)

    assert (line.is_late, line.is_soon, line.is_urgent) == flags


@pytest.mark.parametrize(("days", "word"), [(88, "urgent"), (80, "bientôt"), (91, "en retard")])
def test_the_list_says_it_in_a_word_and_puts_it_first(at_desk, days, word):
    far, near = old(5), old(days)
    far.reviewer = near.reviewer

    text = at_desk(near.reviewer).get(reverse("desk:queue")).text

    assert f"· {word}" in text
    assert text.index(near.dossier.number) < text.index(far.dossier.number)


def test_the_case_page_says_what_by_when_why_and_whose_turn(at_desk):
    life = old(5)

    text = at_desk(life.reviewer).get(reverse("desk:case", args=[life.id])).text

    case = life.case
    assert f"Décider avant le {line_day(case)} ({case.due_article})." in text.replace("&#x27;", "’")
    assert "<strong>la préfecture</strong>" in text


def line_day(case):
    return date_format(case.due_on, "l j F Y")


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        (lambda life: life.completion_asked(), "Recevoir le complément avant le"),
        (lambda life: life.opinion_asked(), "Recevoir l’avis avant le"),
    ],
)
def test_each_rule_has_its_words(at_desk, lead, words):
    life = lead(old(5))

    assert words in at_desk(life.reviewer).get(reverse("desk:case", args=[life.id])).text


def test_a_supervisor_sees_the_alarm_and_says_so_once(at_desk, as_role):
    life = old(88)
    alarm = alarmed(as_role, life)
    browser, page = at_desk(life.supervisor), reverse("desk:supervision")
    seen = reverse("desk:see_alarm", args=[alarm.pk])
    assert seen in browser.get(page).text

    for _ in range(2):
        answer = browser.post(seen, follow=True)
        assert "cette échéance est vue" in answer.text

    assert seen not in answer.text
    assert "Aucune échéance proche" in answer.text
    assert browser.get(seen).status_code == 405


@pytest.mark.parametrize(
    ("role", "office", "status"),
    [
        (Role.REVIEWER, "75", 403),
        (Role.SIGNATORY, "75", 403),
        (Role.SUPERVISOR, "34", 404),
    ],
)
def test_another_role_or_office_sees_no_alarm(at_desk, as_role, role, office, status):
    life = old(88)
    alarm = alarmed(as_role, life)
    browser = at_desk(agent(role.value, office=office))

    page = browser.get(reverse("desk:supervision")).text
    answer = browser.post(reverse("desk:see_alarm", args=[alarm.pk]))

    assert life.dossier.number not in page
    assert answer.status_code == status
    with life.desk():
        assert Alarm.objects.get().seen_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_the_alarms_cost_the_same_for_one_and_three(at_desk, as_role, statements, rows):
    life = [old(88) for _ in range(rows)][0]
    alarmed(as_role, life)
    browser = at_desk(life.supervisor)
    browser.get(reverse("desk:supervision"))

    with statements(13):
        text = browser.get(reverse("desk:supervision")).text

    assert text.count("J’ai vu l’échéance") == rows
    with life.desk():
        assert Case.objects.count() == rows
