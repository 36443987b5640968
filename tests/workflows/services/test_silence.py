"""Silence that ran out leaves a letter; a pause known later takes it back and says so."""

import datetime as dt

import pytest

from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence import rendering
from portal.correspondence.api import Letter, OutgoingMail, letters_of, timeline
from tests.factories.workflows import Life
from workflows.models import ClockPause
from workflows.models.base import about
from workflows.services import repairing, silence

pytestmark = pytest.mark.django_db


def flagged(life, *, days=90):
    with acting(None, prefectures=[life.office]) as act:
        return silence.flag(life.id, at=act.now + dt.timedelta(days=days))


def test_the_person_gets_one_letter_one_line_and_one_mail():
    life = Life().acknowledged()

    assert (flagged(life), flagged(life)) == (True, False)

    with acting(life.applicant.pk):
        letter = Letter.objects.get(kind="silence")
        line = timeline(life.dossier.pk)[0]
        mails = OutgoingMail.objects.filter(dossier_id=life.dossier.pk).order_by("created_at")
        assert [mail.subject for mail in mails].count(
            "Un courrier vous attend dans votre espace"
        ) == 1
    case = life.case
    assert (case.implicit_refusal_flagged_on, case.silence_letter_id) == (
        case.implicit_refusal_on,
        letter.pk,
    )
    assert (line.kind, line.letter_id) == ("case_silence", letter.pk)


def test_the_letter_says_the_day_the_rule_the_review_and_what_to_do():
    life = Life().acknowledged()
    flagged(life)

    with acting(life.applicant.pk):
        text = rendering.page(Letter.objects.get(kind="silence"))

    for said in (
        life.dossier.number,
        "90 jours",
        "R.432-2",
        "continue d’examiner votre dossier",
        "art. L. 232-4",
        "recours gracieux",
        "recours hiérarchique",
        "tribunal administratif",
    ):
        assert said in text


def test_nothing_is_flagged_before_its_day_nor_after_the_decision():
    early, decided = Life().acknowledged(), Life().acknowledged().proposed("refuse").signed()

    assert (flagged(early, days=89), flagged(decided)) == (False, False)
    assert (early.case.silence_letter_id, decided.case.silence_letter_id) == (None, None)


def test_a_date_stored_wrong_flags_nothing():
    life = Life().acknowledged()
    with life.desk():
        type(life.case).objects.filter(pk=life.id).update(implicit_refusal_on=dt.date(2020, 1, 1))

    assert flagged(life, days=10) is False
    assert life.case.implicit_refusal_flagged_on is None


def test_a_pause_known_later_takes_the_letter_back_and_the_person_reads_why(as_role):
    life = Life().acknowledged()
    flagged(life)
    case = life.case
    with as_role("worker"), acting(None, scope="system") as act:
        day = clock.legal_day(act.now)
        ClockPause.objects.create(
            **about(case),
            case=case,
            completion_request_id="00000000-0000-4000-8000-000000000001",
            starts_on=day,
            due_on=day + dt.timedelta(days=20),
            supplied_on=day + dt.timedelta(days=10),
            closed_at=act.now,
        )
        assert repairing.repair(life.id, at=act.now) is True
        assert repairing.repair(life.id, at=act.now) is False

    later = life.case
    assert later.implicit_refusal_flagged_on is None
    assert later.implicit_refusal_on == case.implicit_refusal_on + dt.timedelta(days=10)
    with acting(life.applicant.pk):
        assert [letter.kind for letter in letters_of(life.dossier.pk)] == []
        newest = timeline(life.dossier.pk)[0]
    assert newest.kind == "case_silence_undone"
    assert "ne vaut plus" in newest.body
    acts = JournalLine.objects.filter(dossier_id=life.dossier.pk).values_list("act", flat=True)
    assert {"case.clock_drift", "case.silence_taken_back"} <= set(acts)
