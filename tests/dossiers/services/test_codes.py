"""A code serves one dossier, whoever comes first and however many come at once."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection

from dossiers.enums import CodeKind
from dossiers.models import CodeUse, Dossier
from dossiers.services.codes import USED
from dossiers.services.filing import FilingRefused
from portal.core.door import acting
from tests.dossiers.views.test_steps import page_as_sent, step_url
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import draft, file_now, filed

CODE = "EXEMPLE000000000000001"
SENTENCE = str(USED[CodeKind.PHOTO])


@pytest.mark.django_db
def test_a_code_that_has_served_is_said_on_its_page(signed_in, applicant):
    filed(UserFactory(), photo_code=CODE)
    dossier = draft(applicant)
    page = signed_in.get(step_url(dossier, "contact"))

    refused = signed_in.post(
        step_url(dossier, "contact"), page_as_sent(page, photo_code=CODE.lower())
    )

    assert refused.context["form"].errors["photo_code"] == [SENTENCE]


@pytest.mark.django_db
def test_a_code_that_has_served_is_refused_at_filing_with_its_page(applicant):
    filed(UserFactory(), photo_code=CODE)
    dossier = draft(applicant, evidence=True, photo_code=CODE)

    with pytest.raises(FilingRefused) as refusal:
        file_now(dossier, applicant)

    assert [(p.sentence, p.step) for p in refusal.value.problems] == [(SENTENCE, "contact")]
    with acting(applicant.pk):
        assert Dossier.objects.get(pk=dossier.pk).is_draft
        assert not CodeUse.objects.exists()


@pytest.mark.django_db
def test_one_code_of_its_own_is_taken_once(applicant):
    dossier = filed(applicant, photo_code=CODE)

    file_now(dossier, applicant)

    with acting(applicant.pk):
        assert CodeUse.objects.filter(dossier=dossier).count() == 1
        assert CODE not in str(CodeUse.objects.values().get())


@pytest.mark.django_db(transaction=True)
def test_two_dossiers_at_once_with_one_code_one_is_filed():
    owners = [UserFactory(), UserFactory()]
    drafts = [draft(owner, evidence=True, photo_code=CODE) for owner in owners]
    start, ends = threading.Barrier(2), []

    def run(dossier, owner):
        start.wait(30)
        try:
            ends.append(str(file_now(dossier, owner).number))
        except FilingRefused as refusal:
            ends.append(refusal.problems[0].sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(drafts, owners, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(map(str, ends)) == sorted(["1", SENTENCE])


@pytest.mark.django_db
def test_the_database_keeps_one_use_of_a_code_and_never_forgets_it(applicant):
    first, second = filed(applicant, photo_code=CODE), draft(applicant)
    with acting(applicant.pk):
        use = CodeUse.objects.get(dossier=first)

    again = {"kind": use.kind, "digest": use.digest, "applicant": applicant}
    with pytest.raises(IntegrityError, match="a_code_serves_one_dossier"), acting(applicant.pk):
        CodeUse.objects.create(dossier=second, **again)
    for statement in (
        "update dossiers_codeuse set digest = digest",
        "delete from dossiers_codeuse",
    ):
        with pytest.raises(DatabaseError), acting(applicant.pk), connection.cursor() as cursor:
            cursor.execute(statement)
