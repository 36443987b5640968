"""Files go in their box, each refusal has its own sentence, nobody opens another's file."""

import io
from datetime import date

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dossiers.models import Dossier, Evidence
from portal.core.door import acting
from portal.vault import api as vault
from portal.vault.models import StoredFile
from tests.dossiers.conftest import enter
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, give, picture
from tests.factories.vault import bear_a_seal, cleared

pytestmark = pytest.mark.django_db


def box_url(dossier, rule="passport"):
    return reverse("dossiers:evidence_box", args=[dossier.pk, rule])


def held(dossier, rule="passport"):
    with acting(dossier.applicant_id):
        return list(dossier.evidence.given().filter(rule_code=rule).select_related("file"))


def locked_pdf():
    buffer = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(buffer, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return SimpleUploadedFile("ferme.pdf", buffer.getvalue(), "application/pdf")


def test_the_page_has_one_box_for_each_piece_these_answers_call_for(signed_in, applicant):
    dossier = draft(applicant)

    response = signed_in.get(reverse("dossiers:evidence", args=[dossier.pk]))

    codes = [box.rule.code for box, _form in response.context["boxes"]]
    assert "passport" in codes
    assert "host-letter" not in codes


def test_a_received_file_is_in_its_box_and_opens_for_its_owner_only(signed_in, client, applicant):
    dossier = draft(applicant)

    response = signed_in.post(box_url(dossier), {"file": picture("passeport.jpg")})

    assert response["Location"] == reverse("dossiers:evidence", args=[dossier.pk])
    (evidence,) = held(dossier)
    assert "passeport.jpg" in signed_in.get(response["Location"]).text
    url = reverse("dossiers:file", args=[evidence.file_id])
    cleared(evidence.file)
    page = signed_in.get(url)
    image = reverse("dossiers:file_page", args=[evidence.file_id, 1, vault.LARGE])
    assert image in page.text
    assert signed_in.get(image)["Content-Type"] == "image/webp"
    enter(client, UserFactory())
    assert client.get(url).status_code == 404
    assert client.post(box_url(dossier), {"file": picture()}).status_code == 404


REFUSED = {
    "none": (lambda: "", "Choisissez d’abord un fichier"),
    "empty": (lambda: SimpleUploadedFile("vide.pdf", b""), "vide"),
    "kind": (lambda: SimpleUploadedFile("virus.exe", b"MZ"), "Nous ne savons pas lire"),
    "disguised": (lambda: SimpleUploadedFile("faux.pdf", b"MZ" * 50), ""),
    "torn": (lambda: SimpleUploadedFile("casse.jpg", b"\xff\xd8\xff\xe0" + b"x" * 400), ""),
    "locked": (locked_pdf, "mot de passe"),
}


@pytest.mark.parametrize(("make", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_each_refused_file_has_its_sentence_and_leaves_nothing(
    signed_in, applicant, make, sentence
):
    dossier = draft(applicant)

    response = signed_in.post(box_url(dossier), {"file": make()})

    assert response.status_code == 200
    assert len(response.context["form"].errors["file"]) == 1
    assert sentence in response.text
    assert held(dossier) == []
    with acting(applicant.pk):
        assert not StoredFile.objects.exists()


def test_a_file_that_is_too_heavy_says_how_heavy(signed_in, applicant, settings):
    settings.EVIDENCE_MAX_BYTES = 500
    dossier = draft(applicant)

    response = signed_in.post(box_url(dossier), {"file": picture()})

    assert "la limite est" in response.text


def test_a_full_box_refuses_one_more_and_replacing_keeps_the_place(signed_in, applicant):
    dossier = draft(applicant)
    most = dossier.procedure.evidence_rule("passport").max_files
    files = [give(dossier, applicant, "passport") for _ in range(most)]

    refused = signed_in.post(box_url(dossier), {"file": picture()})
    replaced = signed_in.post(
        f"{box_url(dossier)}?remplace={files[0].pk}", {"file": picture("neuf.jpg")}
    )

    assert "le maximum" in refused.text
    assert replaced.status_code == 302
    now = held(dossier)
    assert (len(now), now[0].file.original_name, now[0].position) == (most, "neuf.jpg", 1)


def test_removing_a_file_twice_removes_it_once(signed_in, applicant):
    dossier = draft(applicant)
    evidence = give(dossier, applicant, "passport")
    url = reverse("dossiers:evidence_remove", args=[dossier.pk, evidence.pk])

    codes = [signed_in.post(url).status_code for _ in range(2)]

    assert codes == [302, 302]
    assert held(dossier) == []
    assert signed_in.get(reverse("dossiers:file", args=[evidence.file_id])).status_code == 404


@pytest.mark.parametrize("rule", ["unknown-box", "host-letter"])
def test_a_box_that_is_not_asked_takes_nothing(signed_in, applicant, rule):
    dossier = draft(applicant)

    response = signed_in.post(box_url(dossier, rule), {"file": picture()})

    assert response.status_code == (404 if rule == "unknown-box" else 200)
    with acting(applicant.pk):
        assert not Evidence.objects.exists()


def test_a_filed_dossier_takes_no_more_files(signed_in, applicant):
    dossier = draft(applicant, evidence=True)
    file_now(dossier, applicant)
    before = len(held(dossier))

    response = signed_in.post(box_url(dossier), {"file": picture()}, follow=True)

    assert "déjà déposée" in response.text
    assert len(held(dossier)) == before


def test_files_no_longer_asked_are_not_filed(applicant):
    dossier = draft(applicant, evidence=True, housing="hosted", host_name="Hôte Exemple")
    with acting(applicant.pk):
        Dossier.objects.filter(pk=dossier.pk).update(answers=dossier.answers | {"housing": "own"})

    give(dossier, applicant, "proof-of-address")

    submission = file_now(dossier, applicant)

    assert "host-letter" not in {entry["rule"] for entry in submission.evidence}
    assert held(dossier, "host-letter") == []


def test_a_letter_is_not_opened_as_a_paper(signed_in, applicant):
    dossier = draft(applicant)
    letter = vault.store_bytes(
        b"%PDF-1.7",
        "courrier.pdf",
        "application/pdf",
        subject_id=dossier.pk,
        applicant_id=applicant.pk,
        kind=vault.FileKind.LETTER,
    )

    assert signed_in.get(reverse("dossiers:file", args=[letter.pk])).status_code == 404


def test_an_expired_passport_is_told_at_once_kept_and_may_be_contested(signed_in, applicant):
    dossier = draft(applicant)
    paper = give(dossier, applicant, "passport")
    bear_a_seal(cleared(paper.file), "", "", ends_on=date(2020, 3, 1))
    url = reverse("dossiers:evidence_contest", args=[dossier.pk, paper.pk])
    words = "n’est plus valable depuis le 1 mars 2020"

    assert words in signed_in.get(box_url(dossier)).text
    assert len(held(dossier)) == 1
    assert url in signed_in.get(box_url(dossier)).text
    other = UserFactory()
    theirs = give(draft(other), other, "passport")
    assert signed_in.post(url.replace(str(paper.pk), str(theirs.pk))).status_code == 404

    assert signed_in.post(url).status_code == 302

    assert words not in signed_in.get(box_url(dossier)).text
    assert "Vous avez dit que cette lecture" in signed_in.get(paper_url(paper)).text


def paper_url(evidence):
    return reverse("dossiers:file", args=[evidence.file_id])


def test_a_paper_whose_code_is_old_or_wrong_is_told(signed_in, applicant):
    dossier = draft(applicant)
    old, wrong = (give(dossier, applicant, "proof-of-address") for _ in range(2))
    day = {"seal_kind": "01", "seal_issued_on": date(2024, 1, 2)}
    bear_a_seal(cleared(old.file), "unverified", "authority", **day)
    bear_a_seal(cleared(wrong.file))

    text = signed_in.get(box_url(dossier, "proof-of-address")).text

    assert "il date du 2 janvier 2024\xa0: il doit avoir moins de 6 mois" in text
    assert "n’a pas pu être vérifié" in text
