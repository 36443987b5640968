"""The demonstration's letter box."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from portal.demo.mail import SHOWN, MailPage, latest_mails, read_mail

PLAIN = (
    "X-Envelope-To: awa@exemple.invalid\r\n"
    "From: Portail <ne-pas-repondre@portail.invalid>\r\n"
    "To: awa@exemple.invalid\r\n"
    "Subject: =?utf-8?q?Votre_dossier_a_avanc=C3=A9?=\r\n"
    "Date: Mon, 23 Nov 2026 09:00:00 +0100\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    "Content-Transfer-Encoding: 8bit\r\n"
    "\r\n"
    "Connectez-vous : http://127.0.0.1:8000/mon-espace/ <b>pas du HTML</b>\r\n"
)


@pytest.fixture
def box(settings, tmp_path):
    settings.DEMO = True
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    settings.DEMO_MAIL_DIR.mkdir()
    return settings.DEMO_MAIL_DIR


def put(box, number, raw=PLAIN):
    (box / f"{number:020d}-1-000001.eml").write_bytes(raw.encode())


def test_message_is_read_as_its_addressee_would():
    mail = read_mail(PLAIN.encode())

    assert mail.subject == "Votre dossier a avancé"
    assert mail.to == "awa@exemple.invalid"
    assert mail.sender == "Portail <ne-pas-repondre@portail.invalid>"
    assert mail.at.isoformat() == "2026-11-23T09:00:00+01:00"


@pytest.mark.parametrize(
    "raw",
    [b"", b"\xff\xfe\x00", b"Date: never\r\nContent-Type: text/plain; charset=martian\r\n\r\n\xff"],
)
def test_unreadable_message_does_not_break_the_page(raw):
    assert read_mail(raw).at is None


def test_newest_messages_come_first_and_only_the_last_ones(box):
    for number in range(SHOWN + 2):
        put(box, number, PLAIN.replace("Votre_dossier", f"Message_{number}_votre_dossier"))

    mails = latest_mails(box)

    assert len(mails) == SHOWN
    assert mails[0].subject.startswith(f"Message {SHOWN + 1} ")


def test_messages_of_one_address(box):
    put(box, 1)
    put(box, 2, PLAIN.replace("awa@", "bruno@"))

    assert [mail.to for mail in latest_mails(box, address="bruno@exemple.invalid")] == [
        "bruno@exemple.invalid"
    ]


def test_no_folder_is_an_empty_box(tmp_path):
    assert latest_mails(tmp_path / "nothing") == []


def page(rf, user):
    request = rf.get("/demo/courrier/")
    request.user = user
    return MailPage.as_view()(request)


@pytest.mark.django_db
def test_page_links_addresses_and_escapes_the_rest(box, rf):
    put(box, 1)

    answer = page(rf, AnonymousUser())

    assert answer.status_code == 200
    assert 'href="http://127.0.0.1:8000/mon-espace/"' in answer.text
    assert "&lt;b&gt;pas du HTML" in answer.text


@pytest.mark.django_db
def test_page_says_what_to_do_while_there_is_no_mail(box, rf):
    assert "po-nothing" in page(rf, AnonymousUser()).text


def test_page_does_not_exist_outside_the_demonstration(box, rf, settings):
    settings.DEMO = False

    with pytest.raises(Http404):
        page(rf, AnonymousUser())
