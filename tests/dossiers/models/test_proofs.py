"""What the database itself refuses, whoever writes."""

import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from dossiers.catalogue.loader import catalogue
from dossiers.models import Dossier, ProcedureVersion
from dossiers.services.drafting import UnknownProcedure, start_draft
from dossiers.services.publishing import check_catalogue, publish_catalogue
from portal.core.door import acting
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import STUDENT, draft, filed

PERSONAL = (
    "dossiers_album",
    "dossiers_albumpage",
    "dossiers_amendedfile",
    "dossiers_amendment",
    "dossiers_assistedidentification",
    "dossiers_assistedsession",
    "dossiers_codeuse",
    "dossiers_completionitem",
    "dossiers_completionreminder",
    "dossiers_completionrequest",
    "dossiers_correction",
    "dossiers_correctioncontest",
    "dossiers_dossier",
    "dossiers_dossierlink",
    "dossiers_evidence",
    "dossiers_export",
    "dossiers_failure",
    "dossiers_incidentcertificate",
    "dossiers_linktry",
    "dossiers_mandate",
    "dossiers_person",
    "dossiers_personaccount",
    "dossiers_registerlookup",
    "dossiers_statement",
    "dossiers_submission",
)


@pytest.mark.django_db
def test_every_personal_table_is_under_forced_row_security():
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relrowsecurity and relforcerowsecurity"
            " and relname like 'dossiers_%' order by relname"
        )
        protected = [name for (name,) in cursor.fetchall()]

    assert protected == list(PERSONAL)


@pytest.mark.django_db
@pytest.mark.parametrize("table", PERSONAL)
def test_nothing_is_seen_without_saying_who_acts(applicant, table):
    filed(applicant)

    with acting(None), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"number": "7" * 19}, "a_dossier_has_a_number_once_filed"),
        ({"prefecture_code": "75"}, "only_a_filed_dossier_has_an_office"),
    ],
)
def test_a_draft_has_neither_number_nor_office(applicant, change, rule):
    dossier = draft(applicant)

    with pytest.raises(IntegrityError, match=rule), acting(applicant.pk):
        Dossier.objects.filter(pk=dossier.pk).update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "update dossiers_procedureversion set definition = '{}'",
        "delete from dossiers_procedureversion",
        "delete from dossiers_dossier",
        "delete from dossiers_submission",
        "update dossiers_evidence set file_id = gen_random_uuid()",
    ],
)
def test_texts_and_filed_things_are_never_rewritten(applicant, statement):
    filed(applicant)

    with pytest.raises(DatabaseError), acting(applicant.pk), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_owner_cannot_rewrite_a_published_text(owner):
    with pytest.raises(Exception, match="never changed"), owner.transaction():
        owner.execute("update dossiers_procedureversion set definition = '{}'")


@pytest.mark.django_db
def test_a_migrated_database_has_published_every_procedure_once():
    texts = ProcedureVersion.objects.filter(code__in=list(catalogue()))
    published = set(texts.values_list("code", "digest"))

    assert published == {(code, catalogue().digest(code)) for code in catalogue()}
    assert publish_catalogue() == []
    assert check_catalogue(None) == []


@pytest.mark.django_db
def test_no_draft_of_an_unknown_procedure(applicant):
    with pytest.raises(UnknownProcedure), acting(applicant.pk) as act:
        start_draft(applicant=applicant, procedure_code="inconnue", at=act.now)


@pytest.mark.django_db(transaction=True)
def test_ten_starts_at_once_open_one_draft():
    applicant = UserFactory()
    found, start = [], threading.Barrier(10)

    def run():
        start.wait(30)
        try:
            with acting(applicant.pk) as act:
                draft_made = start_draft(applicant=applicant, procedure_code=STUDENT, at=act.now)
            found.append(draft_made.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert len(found) == 10
    assert len(set(found)) == 1


@pytest.mark.django_db
def test_a_second_open_draft_is_refused_by_the_database(applicant):
    draft(applicant)

    with (
        pytest.raises(IntegrityError, match="one_open_draft_per_procedure"),
        acting(applicant.pk),
        transaction.atomic(),
    ):
        draft(applicant)
