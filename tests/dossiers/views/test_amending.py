"""The pages that change a filed request: an answer, a page, a document, then one button."""

import pytest
from django.urls import reverse

from dossiers.models import AmendedFile, Amendment, Submission
from dossiers.services.withdrawing import seal
from portal.core.door import acting
from tests.dossiers.conftest import enter
from tests.dossiers.services.test_completing import PIECE, ask
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, filed, picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier(signed_in, applicant):
    return filed(applicant)


def url(dossier, name="amend", *args):
    return reverse(f"dossiers:{name}", args=[dossier.pk, *args])


def filings(dossier):
    with acting(dossier.applicant_id):
        return list(Submission.objects.filter(dossier=dossier).order_by("number"))


def fix(browser, dossier, value, name="usage_name", **more):
    page = browser.get(url(dossier, "amend_answer", name))
    data = {"seen": page.context["seen"], name: value, "sworn": "on"} | more
    return browser.post(url(dossier, "amend_answer", name), data)


def test_everything_filed_is_there_with_its_way_to_be_changed(signed_in, dossier):
    page = signed_in.get(url(dossier))

    assert url(dossier, "amend_answer", "usage_name") in page.text
    assert url(dossier, "amend_answer", "birth_name") not in page.text
    assert url(dossier, "amend_box", "passport") in page.text
    assert url(dossier, "state", "civil_status") in page.text
    assert "Envoyer mes changements" not in page.text


def test_a_typo_is_put_right_and_sent_from_its_own_page(signed_in, dossier):
    response = fix(signed_in, dossier, "Neuve")

    assert response["Location"] == reverse("space:dossier", args=[dossier.pk])
    followed = signed_in.get(response["Location"])
    assert "Votre demande est modifiée." in followed.text
    assert "Lire ce qui a changé" in followed.text
    assert [f.answers.get("usage_name") for f in filings(dossier)] == [None, "Neuve"]


def test_a_double_click_files_once_and_the_same_answer_files_nothing(signed_in, dossier):
    for _ in range(2):
        response = fix(signed_in, dossier, "Neuve")

    assert len(filings(dossier)) == 2
    assert "C’est déjà votre réponse" in signed_in.get(response["Location"]).text


def test_without_the_oath_it_is_kept_and_not_sent(signed_in, dossier):
    response = fix(signed_in, dossier, "Neuve", sworn="")

    assert response["Location"] == url(dossier)
    assert "Neuve" in signed_in.get(url(dossier)).text
    assert len(filings(dossier)) == 1


def test_several_changes_are_read_again_then_sent_once(signed_in, dossier):
    step = url(dossier, "amend_step", "address")
    page = signed_in.get(step)
    said = {"housing": "own", "address_line": "2 rue de l’Exemple", "address_extra": ""}
    said |= {"postcode": "69007", "commune": "69007", "commune_choice": "69387"}
    assert signed_in.post(step, {"seen": page.context["seen"]} | said)["Location"] == url(dossier)
    assert fix(signed_in, dossier, "Neuve")["Location"] == url(dossier)
    assert len(filings(dossier)) == 1

    page = signed_in.get(url(dossier))
    assert "2 rue de l’Exemple" in page.text
    working = page.context["working"]
    marks = {"amendment": working.amendment.pk, "revision": working.revision}
    assert "Cochez la déclaration" in signed_in.post(url(dossier), marks).text
    for _ in range(2):
        response = signed_in.post(url(dossier), marks | {"sworn": "on"})
        assert response["Location"] == reverse("space:dossier", args=[dossier.pk])

    first, second = filings(dossier)
    changed = {n for n in second.answers if second.answers[n] != first.answers.get(n)}
    assert changed == {"usage_name", "address_line", "postcode", "commune"}
    history = signed_in.get(url(dossier, "versions")).text
    assert "<del><bdi>1 rue de l’Exemple</bdi></del>" in history
    assert "<ins><bdi>2 rue de l’Exemple</bdi></ins>" in history


def test_what_the_change_opens_is_asked_on_the_page(signed_in, dossier):
    page = signed_in.get(url(dossier, "amend_step", "address"))

    response = signed_in.post(
        url(dossier, "amend_step", "address"),
        {
            "seen": page.context["seen"],
            "housing": "hosted",
            "address_line": "1 rue de l’Exemple",
            "postcode": "69003",
            "commune": "69003",
            "commune_choice": "69383",
        },
    )

    assert "host_name" in response.context["form"].fields
    fixed = fix(signed_in, dossier, "Neuve")
    assert fixed["Location"] == url(dossier)
    assert "Il manque votre réponse" in signed_in.get(url(dossier)).text


def test_a_document_is_added_taken_out_and_given_up(signed_in, dossier):
    box = url(dossier, "amend_box", "other_document")
    assert "Dites en une phrase" in signed_in.post(box, {"file": picture()}).text

    for name in ("a.jpg", "b.jpg"):
        data = {"file": picture(name), "note": "Lettre de mon école"}
        assert signed_in.post(box, data)["Location"] == url(dossier)
    with acting(dossier.applicant_id):
        first, second = AmendedFile.objects.order_by("added_at")
    signed_in.post(url(dossier, "amend_file_remove", first.pk))
    page = signed_in.get(url(dossier))
    assert "Lettre de mon école</strong>" in page.text
    assert [one.pk for one in page.context["working"].files] == [second.pk]

    signed_in.post(url(dossier, "amend_drop"))
    assert "Ce qui va changer" not in signed_in.get(url(dossier)).text
    assert len(filings(dossier)) == 1


def test_what_the_office_asks_is_answered_there(signed_in, dossier):
    ask(dossier, PIECE, {"kind": "field", "code": "usage_name", "why": "Illisible."})

    page = signed_in.get(url(dossier))

    assert reverse("dossiers:completion", args=[dossier.pk]) in page.text
    assert url(dossier, "amend_answer", "usage_name") not in page.text
    for name in (("amend_answer", "usage_name"), ("amend_box", "passport")):
        assert signed_in.get(url(dossier, *name))["Location"] == url(dossier)


def test_once_decided_the_page_says_why_and_nothing_is_kept(signed_in, dossier):
    with acting(dossier.applicant_id) as act:
        seal(dossier_id=dossier.pk, at=act.now)

    for name in ((), ("amend_answer", "usage_name"), ("amend_step", "identity")):
        assert "a reçu une décision" in signed_in.get(url(dossier, *name)).text
    refused = signed_in.post(url(dossier, "amend_answer", "usage_name"), {"usage_name": "Neuve"})
    assert "a reçu une décision" in refused.text
    with acting(dossier.applicant_id):
        assert not Amendment.objects.exists()


def test_a_draft_is_changed_in_the_draft_and_what_is_unknown_does_not_exist(signed_in, applicant):
    mine = draft(applicant)
    assert signed_in.get(url(mine))["Location"] == reverse("dossiers:tasks", args=[mine.pk])
    assert signed_in.get(url(mine, "amend_box", "passport")).status_code == 404

    done = filed(applicant, "address-change")
    for name in (("amend_answer", "none"), ("amend_step", "none"), ("amend_box", "none")):
        assert signed_in.get(url(done, *name)).status_code == 404
    enter(signed_in, UserFactory())
    assert signed_in.get(url(done)).status_code == 404


def test_bad_marks_send_nothing_and_say_so(signed_in, dossier):
    signed_in.get(url(dossier))
    for amendment, revision in (("", ""), ("x", "1"), (str(dossier.pk), "²")):
        response = signed_in.post(
            url(dossier), {"amendment": amendment, "revision": revision, "sworn": "on"}
        )
        assert response["Location"] == url(dossier)
    assert len(filings(dossier)) == 1


def test_the_page_costs_little(signed_in, dossier, django_assert_max_num_queries):
    signed_in.get(url(dossier))

    with django_assert_max_num_queries(30):
        signed_in.get(url(dossier))


def test_giving_up_says_what_it_means_before_and_after(signed_in, dossier):
    page = signed_in.get(reverse("dossiers:withdraw", args=[dossier.pk]))

    assert "Vous ne pourrez pas revenir en arrière" in page.text
    assert "gardés" in page.text
    unsure = signed_in.post(reverse("dossiers:withdraw", args=[dossier.pk]))
    assert "Cochez la case pour confirmer." in unsure.text
