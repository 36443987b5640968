"""A letter says what was decided, in its language, in a PDF that anyone can read."""

import io
import uuid
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest
from django.db import IntegrityError, connection
from django.http import Http404
from django.utils import translation

from portal.core.door import acting, acting_for
from portal.core.errors import DomainRefusal
from portal.correspondence import api, jobs, rendering
from portal.correspondence.models import Letter
from portal.vault import api as vault
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("letter_templates")]
NEW_YEAR_IN_PARIS = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
FACTS = {
    "dossier_number": "6999 0000 0000 0000 001",
    "office": "Préfecture du Rhône",
    "office_address": ["106 rue Pierre Corneille", "69003 Lyon"],
    "recipient_name": "Nadia BEN ALI",
    "recipient_address": ["1 rue des Essais", "69001 Lyon"],
    "signatory_name": "Claude Exemple",
    "signatory_title": "Pour la préfète, le chef de bureau",
    "starts": "1er janvier 2027",
    "ends": "31 décembre 2030",
}


def issued(kind="test_decision", language="fr", context=FACTS, **facts):
    applicant = facts.pop("applicant", None) or UserFactory()
    with acting(applicant.pk):
        return api.issue_letter(
            kind,
            dossier_id=uuid.uuid4(),
            applicant_id=applicant.pk,
            prefecture_code=None,
            context=context,
            language=language,
            **facts,
        )


def rendered(letter, as_role):
    with as_role("worker"):
        jobs.render_letter(letter_id=str(letter.pk))
    with acting(letter.applicant_id):
        letter.refresh_from_db()
    return letter


def text_of(letter):
    with acting(letter.applicant_id):
        document = pypdfium2.PdfDocument(vault.open_file(letter.file))
    try:
        return "\n".join(
            document[number].get_textpage().get_text_range() for number in range(len(document))
        )
    finally:
        document.close()


def test_issue_letter_keeps_the_row_and_asks_for_the_pdf():
    letter = issued()

    with connection.cursor() as cursor:
        cursor.execute("select task_name, args ->> 'letter_id' from procrastinate_jobs")
        assert cursor.fetchall() == [("correspondence.render_letter", str(letter.pk))]
    assert (letter.file_id, letter.rendered_at, letter.context) == (None, None, FACTS)


def test_the_pdf_says_what_the_letter_says(as_role):
    letter = rendered(issued(at=NEW_YEAR_IN_PARIS), as_role)

    text = text_of(letter)
    for said in (
        "Votre demande est acceptée",
        "Vous avez droit à un titre du 1er janvier 2027 au 31 décembre 2030.",
        "Préfecture du Rhône",
        "Nadia BEN ALI",
        "6999 0000 0000 0000 001",
        "Claude Exemple",
        "1 janvier 2027",  # the legal day in Paris, not in UTC
    ):
        assert said in text
    assert (letter.file.kind, letter.file.content_type) == ("letter", "application/pdf")


def test_the_pdf_is_tagged_titled_and_in_its_language(as_role):
    letter = rendered(issued(), as_role)

    with acting(letter.applicant_id):
        data = vault.open_file(letter.file)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert str(document.docinfo["/Title"]).startswith("Décision favorable – 6999")
        assert str(document.Root.Lang) == "fr"
        assert document.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in document.Root


def test_an_arabic_letter_reads_from_right_to_left(as_role):
    letter = rendered(issued(language="ar", context=FACTS), as_role)

    with acting(letter.applicant_id):
        page = rendering.page(letter)
        assert letter.file.size > 1000
    assert '<html lang="ar" dir="rtl">' in page


def test_rendering_twice_keeps_one_file(as_role):
    letter = rendered(issued(), as_role)
    first = letter.file_id

    assert rendered(letter, as_role).file_id == first
    with acting(letter.applicant_id):
        assert vault.StoredFile.objects.count() == 1


def test_two_workers_at_once_keep_one_file(as_role, monkeypatch):
    letter = issued()
    plain = rendering.pdf
    runs = []

    def slow(row):
        runs.append(row.pk)
        if len(runs) == 1:
            jobs.render_letter(letter_id=str(letter.pk))  # the other worker finishes first
        return plain(row)

    monkeypatch.setattr(jobs.rendering, "pdf", slow)
    rendered(letter, as_role)

    assert len(runs) == 2
    with acting(letter.applicant_id):
        assert vault.StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/", "file:///etc/passwd", "data:image/png;base64,AAAA", "asset:../x"],
)
def test_a_letter_includes_nothing_but_our_assets(address, as_role):
    letter = issued("test_leak", context={"address": address})

    with pytest.raises(rendering.RenderingFailed, match="not an asset"):
        rendered(letter, as_role)

    with acting(letter.applicant_id):
        assert not vault.StoredFile.objects.exists()


def test_a_letter_never_changes_once_issued():
    letter = issued()

    with pytest.raises(IntegrityError, match="never changed"), acting(letter.applicant_id):
        Letter.objects.filter(pk=letter.pk).update(context={"other": "words"})


def test_its_applicant_finds_the_letter_and_its_file(as_role):
    letter = rendered(issued(), as_role)

    with acting_for(letter.applicant):
        (listed,) = api.letters_of(letter.dossier_id)
        assert (listed.id, listed.is_ready) == (letter.pk, True)
        assert api.letter_file(letter.pk, letter.applicant) == letter.file


def test_a_letter_not_yet_made_says_so():
    letter = issued()

    with acting_for(letter.applicant), pytest.raises(DomainRefusal, match="en préparation"):
        api.letter_file(letter.pk, letter.applicant)


@pytest.mark.parametrize("facts", [{"applicant": True}, {"reviewer": True}, {"auditor": True}])
def test_nobody_else_finds_the_letter(facts, as_role):
    letter = rendered(issued(), as_role)
    other = UserFactory(**facts)

    with acting_for(other), pytest.raises(Http404):
        api.letter_file(letter.pk, other)


def test_agents_read_the_letter_once_they_have_access(as_role):
    letter = rendered(issued(), as_role)
    agent = UserFactory(reviewer=True, prefecture="69")
    with acting(letter.applicant_id):
        api.set_prefecture(letter.dossier_id, "69")
        vault.set_prefecture(letter.dossier_id, "69")
        vault.grant_access(letter.dossier_id, "69", ["reviewer"], "case opened")

    with acting_for(agent):
        assert api.letter_file(letter.pk, agent) == letter.file


def test_a_letter_taken_back_is_gone(as_role):
    letter = rendered(issued(), as_role)

    with acting_for(letter.applicant):
        assert api.revoke_letter(letter.pk) is True
        assert api.letters_of(letter.dossier_id) == []
        with pytest.raises(Http404):
            api.letter_file(letter.pk, letter.applicant)


def test_letters_are_listed_under_the_title_of_their_kind(monkeypatch):
    monkeypatch.setattr("portal.correspondence.services._titles", {})
    letter = issued()
    api.declare_letters({"test_decision": "Décision favorable"})

    with acting(letter.applicant_id), translation.override("fr"):
        assert [line.title for line in api.letters_of(letter.dossier_id)] == ["Décision favorable"]
