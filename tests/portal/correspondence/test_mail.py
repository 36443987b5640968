"""A mail is a row with the act, then a message that went once, or a failure that can be seen."""

import contextlib
import email
import smtplib
import uuid
from datetime import timedelta
from email import policy

import pytest
from django.core.mail import EmailMessage, send_mail
from django.db import connection, transaction

from portal.core import clock
from portal.core.door import acting
from portal.correspondence import api, jobs, mail
from portal.correspondence.models import OutgoingMail
from portal.local.processes import free_port
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_worker(as_role):
    """Run as the worker does; the row is read by it alone."""
    with as_role("worker"):
        yield


def written(user=None):
    with acting(None):
        return mail.write(user.email if user else "a@exemple.fr", subject="Sujet", body="Texte é")


def jobs_named(name):
    with connection.cursor() as cursor:
        cursor.execute(
            "select args ->> 'mail_id' from procrastinate_jobs where task_name = %s", [name]
        )
        return [mail_id for (mail_id,) in cursor.fetchall()]


@pytest.fixture
def queue_backend(settings):
    """The project's own backend, which the test runner replaces."""
    settings.EMAIL_BACKEND = "portal.correspondence.mail.QueueBackend"


@pytest.mark.usefixtures("queue_backend")
def test_djangos_mail_becomes_a_row_and_a_job_of_the_same_transaction():
    user = UserFactory(email="nadia@exemple.fr")

    with acting(user.pk):
        send_mail("Sujet\n cassé", "Corps", None, ["Nadia@Exemple.fr"])
        row = OutgoingMail.objects.get()

    assert (row.recipient, row.to, row.subject) == (user, "Nadia@Exemple.fr", "Sujet cassé")
    assert (row.state, row.attempts, row.body) == ("queued", 0, "Corps")
    assert jobs_named("correspondence.send_mail") == [str(row.pk)]


def test_an_act_undone_sends_nothing():
    with transaction.atomic():
        written()
        transaction.set_rollback(True)

    assert jobs_named("correspondence.send_mail") == []


@pytest.mark.usefixtures("queue_backend")
def test_a_mail_carries_no_file_and_no_copy():
    message = EmailMessage("Sujet", "Corps", None, ["a@exemple.fr"], bcc=["b@exemple.fr"])

    with pytest.raises(ValueError, match="one person"):
        message.send()


def test_another_persons_mails_do_not_exist():
    reader, other = UserFactory(), UserFactory()
    written(other)

    with acting(reader.pk):
        assert not OutgoingMail.objects.exists()
    with acting(None):
        assert not OutgoingMail.objects.exists()


def test_send_mail_delivers_over_smtp_and_says_so(inbox, as_worker):
    row = written()

    jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    (envelope,) = inbox.messages
    message = email.message_from_bytes(envelope.content, policy=policy.default)
    assert (row.state, row.attempts, row.last_error) == ("sent", 1, "")
    assert row.sent_at is not None
    assert envelope.rcpt_tos == ["a@exemple.fr"]
    assert message["Subject"] == "Sujet"
    assert message["Message-ID"].startswith(f"<{row.pk}@")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Texte é"


def test_send_mail_run_twice_sends_once(inbox, as_worker):
    row = written()

    jobs.send_mail(mail_id=str(row.pk))
    jobs.send_mail(mail_id=str(row.pk))

    assert len(inbox.messages) == 1


def test_a_server_that_is_down_leaves_the_mail_queued_and_the_job_to_try_again(settings, as_worker):
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", free_port()
    row = written()

    with pytest.raises(mail.SendingFailed):
        jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 1)
    assert row.last_error == "ConnectionRefusedError"


def test_a_mail_queued_again_goes_once_the_server_is_back(inbox, as_worker):
    inbox.answer = "451 try later"
    row = written()
    with pytest.raises(mail.SendingFailed):
        jobs.send_mail(mail_id=str(row.pk))
    inbox.answer = ""

    jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("sent", 2, "")


def test_an_address_refused_for_good_fails_at_once_without_quoting_it(inbox, as_worker):
    inbox.answer = "550 no such user a@exemple.fr"
    row = written()

    jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == ("failed", 1, "recipient refused 550")


def test_a_mail_that_no_server_took_for_days_can_still_go(inbox, as_worker):
    inbox.answer = "451 try later"
    row = written()
    OutgoingMail.objects.filter(pk=row.pk).update(attempts=40)
    with pytest.raises(mail.SendingFailed):
        jobs.send_mail(mail_id=str(row.pk))
    inbox.answer = ""

    jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 42)


@pytest.mark.parametrize(
    "fault",
    [
        smtplib.SMTPAuthenticationError(535, b"bad password"),
        smtplib.SMTPSenderRefused(553, b"not your address", "a@exemple.fr"),
        smtplib.SMTPHeloError(554, b"go away"),
    ],
)
def test_a_fault_of_our_own_settings_loses_no_mail(fault, as_worker, monkeypatch):
    @contextlib.contextmanager
    def refuse():
        raise fault
        yield

    monkeypatch.setattr(mail, "_server", refuse)
    row = written()

    with pytest.raises(mail.SendingFailed):
        jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert row.state == "queued"


def test_a_mail_being_sent_by_another_worker_is_left_to_it(inbox, as_worker):
    row = written()
    OutgoingMail.objects.filter(pk=row.pk).update(state="sending", claimed_at=clock.now())

    with pytest.raises(mail.SendingFailed):
        jobs.send_mail(mail_id=str(row.pk))

    assert inbox.messages == []


def test_a_mail_of_a_worker_that_died_is_sent_by_the_next(inbox, as_worker):
    row = written()
    long_ago = clock.now() - timedelta(minutes=11)
    OutgoingMail.objects.filter(pk=row.pk).update(state="sending", claimed_at=long_ago, attempts=1)

    jobs.send_mail(mail_id=str(row.pk))

    row.refresh_from_db()
    assert (row.state, row.attempts, len(inbox.messages)) == ("sent", 2, 1)


def test_the_text_of_old_mails_is_forgotten_and_their_state_kept(as_worker):
    old, recent, waiting = written(), written(), written()
    long_ago = clock.now() - timedelta(days=91)
    everything = OutgoingMail.objects.filter(pk__in=[old.pk, recent.pk])
    everything.update(state="sent", sent_at=clock.now())
    OutgoingMail.objects.filter(pk__in=[old.pk, waiting.pk]).update(created_at=long_ago)

    jobs.forget_texts()

    texts = dict(OutgoingMail.objects.order_by("pk").values_list("pk", "body"))
    assert texts == {old.pk: "", recent.pk: "Texte é", waiting.pk: "Texte é"}


@pytest.mark.parametrize(
    ("language", "subject"), [("fr", "Une décision a été prise"), ("en", None), ("ar", None)]
)
def test_tell_says_to_sign_in_and_nothing_personal(language, subject, settings):
    user = UserFactory(language=language, email="nadia.benali@exemple.fr")
    dossier_id = uuid.uuid4()

    with acting(user.pk):
        api.tell(user, "decision_served", dossier_id=dossier_id)
        row = OutgoingMail.objects.get()

    assert subject in {None, row.subject}
    assert f"{settings.BASE_URL}/mon-espace/" in row.body
    assert str(dossier_id) not in row.body
    assert "nadia" not in row.body.lower()
    assert (row.recipient, row.dossier_id, row.to) == (user, dossier_id, user.email)


def test_tell_may_be_called_by_the_system_and_by_an_issuing_run(as_role):
    user = UserFactory()

    with acting(None):
        api.tell(user, "appointment_issued")
    with as_role("issuer"), acting(None, prefectures=["69"]):
        api.tell(user, "appointment_issued")

    with acting(user.pk):
        assert OutgoingMail.objects.count() == 2


def test_tell_refuses_a_code_that_nobody_declared():
    with pytest.raises(LookupError, match="surprise"), acting(None):
        api.tell(UserFactory(), "surprise")
