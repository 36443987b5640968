"""More time, once; reminders that come once; an explanation instead of silence."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection

from dossiers import rules
from dossiers.models import CompletionItem, CompletionReminder, CompletionRequest
from dossiers.services import extending
from dossiers.services.answering import explain_item
from dossiers.services.completing import CompletionRefused, close_completion
from portal.core.door import acting
from portal.correspondence.models import OutgoingMail, TimelineLine
from tests.dossiers.services.test_completing import ask, quiet, send
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed

pytestmark = pytest.mark.django_db
__all__ = ["quiet"]


@pytest.fixture
def asked(applicant):
    """A filed dossier of which two things are asked again, within thirty days."""
    dossier = filed(applicant)
    ask(dossier)
    return dossier


def extend(dossier, person=None):
    person = person or dossier.applicant
    with acting(person.pk) as act:
        return extending.extend_completion(
            dossier_id=dossier.pk, applicant=person, reason="J’attends un papier.", at=act.now
        )


@pytest.fixture
def unheard(monkeypatch):
    """Extension seen from this room alone: these dossiers have a case, but no pause."""
    heard = []
    monkeypatch.setattr(
        extending.events.completion_extended, "announce", lambda **facts: heard.append(facts)
    )
    return heard


def test_more_time_is_given_at_once_and_once(asked, unheard):
    first, second = extend(asked), extend(asked)

    assert first.extended_to == first.due_on + dt.timedelta(days=15)
    assert (second.extended_to, len(unheard)) == (first.extended_to, 1)
    with acting(asked.applicant_id):
        assert TimelineLine.objects.filter(kind="dossier_completion_extended").count() == 1


def test_nothing_is_extended_once_the_request_is_over(asked):
    with acting(asked.applicant_id) as act:
        request = CompletionRequest.objects.get()
        close_completion(request_id=request.pk, outcome="expired", at=act.now)

    with pytest.raises(rules.DossierClosed, match="Le délai est passé"):
        extend(asked)


def test_a_request_that_already_waits_longest_is_not_extended(asked, settings, unheard):
    settings.COMPLETION_EXTENSION_DAYS = 0

    with pytest.raises(CompletionRefused, match="le plus long possible"):
        extend(asked)
    assert unheard == []


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("update dossiers_completionrequest set due_on = due_on + 1", "due_on is never changed"),
        ("update dossiers_completionrequest set round = 7", "round is never changed"),
        (
            "update dossiers_completionrequest set extended_to = due_on - 1, extended_at = now()",
            "an_extension_puts_the_deadline_off",
        ),
        (
            "update dossiers_completionrequest set extended_to = due_on + 400, extended_at = now()",
            "never waits longer than 180 days",
        ),
        (
            "update dossiers_completionitem set explanation = 'x'",
            "an_explanation_has_its_moment",
        ),
        (
            "update dossiers_completionrequest set extended_at = now()",
            "an_extension_puts_the_deadline_off",
        ),
        ("update dossiers_completionitem set essential = not essential", "is never changed"),
        (
            "update dossiers_completionrequest set closed_at = now(), outcome = 'supplied'",
            "a_supplied_completion_request_names_its_filing",
        ),
    ],
)
def test_the_database_keeps_what_was_asked(asked, statement, refusal):
    with (
        pytest.raises(DatabaseError, match=refusal),
        acting(asked.applicant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_database_extends_once_and_closes_for_good(asked, unheard):
    extend(asked)
    again = "update dossiers_completionrequest set extended_to = extended_to + 1"

    with (
        pytest.raises(DatabaseError, match="is extended once"),
        acting(asked.applicant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(again)
    with acting(asked.applicant_id) as act:
        close_completion(
            request_id=CompletionRequest.objects.get().pk, outcome="expired", at=act.now
        )
    with (
        pytest.raises(DatabaseError, match="closed completion request is never changed"),
        acting(asked.applicant_id),
        connection.cursor() as cursor,
    ):
        cursor.execute("update dossiers_completionrequest set closed_at = null, outcome = ''")


def remind(dossier, *, days):
    """The daily run, so many days after the request."""
    with acting(dossier.applicant_id) as act:
        at = act.now + dt.timedelta(days=days)
        found = extending.to_remind(at.date())
        return [extending.remind(request_id=pk, at=at) for pk in found]


def test_two_reminders_come_before_the_deadline_each_once(asked):
    for days in (19, 20, 20, 21, 27, 28, 30, 31):
        remind(asked, days=days)

    with acting(asked.applicant_id):
        rows = CompletionReminder.objects.order_by("-days_before")
        assert list(rows.values_list("days_before", flat=True)) == [10, 3]
        assert TimelineLine.objects.filter(kind="dossier_completion_reminder").count() == 2
        mails = OutgoingMail.objects.filter(subject__contains="attend toujours")
        assert mails.count() == 2
        assert asked.number not in mails.order_by("pk")[0].body


def test_more_time_moves_the_reminders_with_the_deadline(asked, unheard):
    remind(asked, days=20)
    extend(asked)

    assert remind(asked, days=27) == []
    (later,) = remind(asked, days=35)
    assert later.days_before == 10


def test_nothing_is_recalled_to_who_has_answered(asked, quiet, applicant):
    with acting(applicant.pk) as act:
        item = CompletionItem.objects.get(kind="field")
        explain_item(
            dossier_id=asked.pk, applicant=applicant, item_id=item.pk, text="Perdu.", at=act.now
        )
    send(asked, applicant, incomplete=True)

    assert remind(asked, days=20) == []


def test_an_explanation_is_an_answer_and_can_be_taken_back(asked, applicant, quiet):
    def explain(text):
        with acting(applicant.pk) as act:
            for item in CompletionItem.objects.order_by("pk"):
                explain_item(
                    dossier_id=asked.pk, applicant=applicant, item_id=item.pk, text=text, at=act.now
                )

    explain("Je ne l’ai plus.")
    explain("")
    with pytest.raises(CompletionRefused):
        send(asked, applicant, incomplete=True)
    explain("Je ne l’ai plus.")
    submission = send(asked, applicant)

    assert submission.number == 2
    with acting(applicant.pk):
        states = {item.state for item in CompletionItem.objects.order_by("pk")}
    assert states == {"explained"}


def test_nobody_explains_for_another(asked):
    stranger = UserFactory()
    with acting(asked.applicant_id):
        item = CompletionItem.objects.order_by("pk")[0]

    with pytest.raises(asked.DoesNotExist), acting(stranger.pk) as act:
        explain_item(
            dossier_id=asked.pk, applicant=stranger, item_id=item.pk, text="Non.", at=act.now
        )
