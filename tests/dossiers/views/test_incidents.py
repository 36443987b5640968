"""Our failures cost nothing: recorded by the server, certified in one click, seen by agents."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, ProgrammingError, connection
from django.urls import reverse

from dossiers.models import Downtime, Failure, IncidentCertificate
from dossiers.models.incident import MOST_AN_HOUR
from dossiers.services import incidents
from portal.core import clock
from portal.core.door import acting
from portal.core.models import JournalLine
from portal.correspondence import jobs as correspondence_jobs
from portal.correspondence.models import Letter
from portal.vault import api as vault
from portal.vault import storage
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, picture
from tests.factories.vault import run
from tests.factories.workflows import Life

pytestmark = pytest.mark.django_db
INCIDENTS = "/mon-espace/incidents/"


def break_page(monkeypatch, *, sql="select 1 / 0"):
    """The page of the copy fails in the database, as a bug of ours would."""

    def fail(*_args):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    monkeypatch.setattr("dossiers.views.exporting.export_view", fail)


def failures(person):
    with acting(person.pk):
        return list(Failure.objects.order_by("rank"))


def failed(client, monkeypatch, dossier):
    """The answer to a page that breaks."""
    client.raise_request_exception = False
    with monkeypatch.context() as patch:
        break_page(patch)
        answer = client.get(reverse("dossiers:export", args=[dossier.pk]))
    client.raise_request_exception = True
    return answer


def certify(client, source, dossier):
    return client.post(
        reverse("dossiers:certify"), {"incident": source, "dossier": str(dossier.pk)}, follow=True
    )


def certificates(person):
    with acting(person.pk):
        return list(IncidentCertificate.objects.order_by("issued_at"))


def check(client, number, day):
    return client.post(reverse("incidents:check"), {"number": number, "day": f"{day:%Y-%m-%d}"})


@pytest.mark.django_db(transaction=True)
def test_a_page_that_breaks_leaves_a_row_that_its_rollback_does_not_take(client, monkeypatch):
    person = UserFactory()
    dossier = draft(person)
    enter(client, person)

    answer = failed(client, monkeypatch, dossier)

    assert answer.status_code == 500
    assert INCIDENTS in answer.text
    (failure,) = failures(person)
    assert (failure.kind, failure.place) == ("page", "dossiers:export")
    assert failure.dossier_id == dossier.pk
    with acting(person.pk):
        line = JournalLine.objects.get(act="failure.recorded")
    assert line.facts == {"kind": "page", "place": "dossiers:export"}


def test_a_loop_of_failures_fills_no_table(signed_in, applicant, monkeypatch):
    dossier = draft(applicant)
    for _again in range(MOST_AN_HOUR + 3):
        failed(signed_in, monkeypatch, dossier)

    assert [one.rank for one in failures(applicant)] == [1, 2, 3, 4, 5]
    with pytest.raises(IntegrityError, match="few_failures"), acting(applicant.pk) as act:
        Failure.objects.create(
            applicant=applicant, kind="page", place="x", hour=act.now, rank=MOST_AN_HOUR + 1
        )


def test_an_upload_that_our_store_refuses_is_recorded_and_a_bad_file_is_not(
    signed_in, applicant, monkeypatch
):
    dossier = draft(applicant)
    box = reverse("dossiers:evidence_box", args=[dossier.pk, "passport"])

    def down(*_args, **_options):
        raise storage.StorageDown("silent")

    signed_in.post(box, {"file": ContentFile(b"rien de lisible", name="a.jpg")})
    assert failures(applicant) == []
    monkeypatch.setattr(storage, "put", down)
    signed_in.post(box, {"file": picture()})

    assert [(one.kind, one.dossier_id) for one in failures(applicant)] == [("upload", dossier.pk)]


def test_the_certificate_freezes_the_window_that_the_failure_made_late(
    signed_in, applicant, monkeypatch, move_clock
):
    ends_on = clock.today() + dt.timedelta(days=60)
    dossier = draft(applicant, title_ends_on=ends_on.isoformat())
    tasks = reverse("dossiers:tasks", args=[dossier.pk])
    failed(signed_in, monkeypatch, dossier)
    move_clock(dt.timedelta(days=5))
    assert "délai est gelé" not in signed_in.get(tasks).text
    (failure,) = failures(applicant)
    assert "Obtenir mon attestation" in signed_in.get(INCIDENTS).text

    for _twice in range(2):
        certify(signed_in, f"failure-{failure.pk}", dossier)

    (certificate,) = certificates(applicant)
    day = clock.legal_day(failure.happened_at)
    assert certificate.begun_at == certificate.ended_at == failure.happened_at
    assert certificate.frozen_until == day + dt.timedelta(days=15)
    assert "délai est gelé" in signed_in.get(tasks).text
    move_clock(dt.timedelta(days=11))
    assert "délai est gelé" not in signed_in.get(tasks).text


def test_the_paper_says_what_failed_and_its_number_is_checked_without_a_name(
    signed_in, client, applicant, monkeypatch
):
    dossier = draft(applicant)
    failed(signed_in, monkeypatch, dossier)
    (failure,) = failures(applicant)
    certify(signed_in, f"failure-{failure.pk}", dossier)
    (certificate,) = certificates(applicant)
    run(correspondence_jobs.render_letter, letter_id=str(certificate.letter_id))
    with acting(applicant.pk):
        letter = Letter.objects.select_related("file").get(pk=certificate.letter_id)
        assert vault.open_file(letter.file).startswith(b"%PDF-")
    assert letter.context["what"] == "Une page du portail s’est arrêtée sur une erreur"
    assert certificate.number in signed_in.get(INCIDENTS).text
    day = clock.legal_day(failure.happened_at)

    signed_in.logout()
    typed = certificate.number.lower().replace("-", " ")
    yes = check(client, typed, day)
    wrong_day = check(client, certificate.number, day - dt.timedelta(days=1))
    wrong_number = check(client, "2222-2222-2222", day)

    assert "Cette attestation existe" in yes.text
    assert applicant.email not in yes.text
    for answer in (wrong_day, wrong_number):
        assert "Cette attestation n’existe pas" in answer.text
    for _many in range(8):
        last = check(client, "2222-2222-2222", day)
    assert last.status_code == 429


def test_yes_and_no_ask_the_same_of_the_database(applicant, django_assert_num_queries):
    for number in ("2222-2222-2222", "", "x" * 4000):
        with django_assert_num_queries(1):
            assert not incidents.is_known(number, dt.date(2026, 11, 27))


def test_a_declared_downtime_is_certified_for_each_person(signed_in, applicant, at_desk):
    dossier = draft(applicant)
    operator = UserFactory(administrator=True)
    desk, url = at_desk(operator), reverse("desk:downtimes")
    before = clock.now().astimezone(clock.PARIS) - dt.timedelta(hours=5)
    typed = {
        "begun_at": f"{before:%Y-%m-%dT%H:%M}",
        "ended_at": f"{before + dt.timedelta(hours=2):%Y-%m-%dT%H:%M}",
    }
    future = typed | {"ended_at": f"{before + dt.timedelta(days=2):%Y-%m-%dT%H:%M}"}

    assert "une fois qu’elle est finie" in desk.post(url, future).text
    assert "précède son début" in desk.post(url, typed | {"ended_at": "2020-01-01T00:00"}).text
    for _twice in range(2):
        assert desk.post(url, typed).status_code == 302

    downtime = Downtime.objects.get()
    certify(signed_in, f"downtime-{downtime.pk}", dossier)
    (certificate,) = certificates(applicant)
    assert certificate.ended_at == downtime.ended_at
    with pytest.raises(ProgrammingError, match="denied"), acting(operator.pk):
        Downtime.objects.filter(pk=downtime.pk).update(ended_at=clock.now())


@pytest.mark.parametrize("source", ["", "failure-", "failure-x", "page-1", "downtime-0"])
def test_what_nobody_recorded_is_not_certified(signed_in, applicant, source):
    answer = certify(signed_in, source, draft(applicant))

    assert "Nous n’avons rien enregistré de tel" in answer.text
    assert certificates(applicant) == []


def test_a_certificate_states_the_record_of_its_own_person(
    signed_in, client, applicant, monkeypatch
):
    dossier = draft(applicant)
    failed(signed_in, monkeypatch, dossier)
    (failure,) = failures(applicant)
    other = UserFactory()
    theirs = draft(other)
    enter(client, other)
    certify(client, f"failure-{failure.pk}", theirs)
    certify(client, f"failure-{failure.pk}", dossier)
    assert certificates(other) == []

    with acting(other.pk) as act:
        letter = Letter.objects.create(
            dossier_id=theirs.pk,
            applicant=other,
            kind="incident_certificate",
            title_code="incident_certificate",
            language="fr",
            issued_at=act.now,
        )
    with pytest.raises(IntegrityError, match="nothing of the kind"), acting(other.pk) as act:
        IncidentCertificate.objects.create(
            number="2222-2222-2222",
            applicant=other,
            dossier=theirs,
            failure_id=failure.pk,
            letter=letter,
            begun_at=act.now,
            ended_at=act.now,
            frozen_until=clock.legal_day(act.now),
        )


def test_the_agent_of_the_case_reads_that_the_window_is_frozen(monkeypatch, client, at_desk):
    life = Life()
    enter(client, life.applicant)
    failed(client, monkeypatch, life.dossier)
    (failure,) = failures(life.applicant)
    certify(client, f"failure-{failure.pk}", life.dossier)
    (certificate,) = certificates(life.applicant)

    page = at_desk(life.reviewer).get(reverse("desk:case", args=[life.id]))
    elsewhere = UserFactory(prefecture="69", reviewer=True)

    assert f"par l’incident n° {certificate.number}" in page.text.replace("\u202f", " ").replace(
        "\xa0", " "
    )
    with acting(elsewhere.pk, prefectures=["69"]):
        assert not IncidentCertificate.objects.exists()
