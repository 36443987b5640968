"""A draft follows a newer text when its person says so; what was filed keeps its own."""

import io
import threading
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection
from django.urls import reverse

from dossiers import rules
from dossiers.catalogue.loader import catalogue
from dossiers.management.commands import procedures as command
from dossiers.models import Dossier, ProcedureVersion
from dossiers.queries import texts
from dossiers.queries.texts import effect_of, newer_text_of
from dossiers.services.following import follow_newer_text
from portal.core.door import acting
from tests.dossiers.views.test_steps import stored
from tests.factories.accounts import UserFactory
from tests.factories.dossiers import filed
from tests.factories.procedures import CODE, loaded, publish, typed_text

OLD = typed_text()
CHANGED = {
    'name = "employer"\nkind = "siret"': 'name = "employer_number"\nkind = "siret"',
    'name = "child_name"\nkind = "text"': 'name = "child_name"\nkind = "text"\nmax_length = 4',
    'kind = "visa_number"\nrequired = false': 'kind = "visa_number"',
}
NEW = typed_text(**CHANGED)
UNPUBLISHED = typed_text(**CHANGED, **{"maximum = 3": "maximum = 2"})
ANSWERS = {
    "birth_name": "Zoé",
    "employer": "73282932000074",
    "with_children": True,
    "children": [
        {"child_name": "Ada", "child_born": "2015", "child_in_france": True},
        {"child_name": "Éléonore", "child_born": "2018", "child_in_france": True},
    ],
}


def begun(applicant, version_id, **facts):
    with acting(applicant.pk) as act:
        return Dossier.objects.create(
            applicant=applicant,
            procedure_code=CODE,
            version_id=version_id,
            updated_at=act.now,
            **({"answers": ANSWERS} | facts),
        )


@pytest.fixture
def old(owner):
    return publish(owner, loaded(OLD))


@pytest.fixture
def new(owner, old):
    return publish(owner, loaded(NEW))


def follow(dossier, applicant):
    with acting(applicant.pk) as act:
        return follow_newer_text(dossier_id=dossier.pk, applicant=applicant, at=act.now)


@pytest.mark.django_db
def test_the_person_reads_what_changes_and_then_keeps_what_fits(signed_in, applicant, old, new):
    dossier = begun(applicant, old, raw_answers={"birth_date": {"birth_date_year": "vingt"}})
    url = reverse("dossiers:newer_text", args=[dossier.pk])

    assert url in signed_in.get(reverse("dossiers:tasks", args=[dossier.pk])).text
    page = signed_in.get(url)
    changes = page.context["changes"]
    assert [(c.label, c.said) for c in changes.gone] == [("SIRET", "73282932000074")]
    assert [c.label for c in changes.again] == ["Vos enfants"]
    assert [c.label for c in changes.asked][0] == "Numéro de visa"
    assert stored(dossier).version_id == old

    answer = signed_in.post(url)

    assert answer.url == reverse("dossiers:tasks", args=[dossier.pk])
    kept = stored(dossier)
    assert kept.version_id == new
    assert kept.answers["birth_name"] == "Zoé"
    assert kept.answers["children"] == [
        ANSWERS["children"][0],
        {"child_born": "2018", "child_in_france": True},
    ]
    assert "employer" not in kept.answers
    assert kept.answers["account_mail"] == applicant.email
    assert kept.raw_answers == {"birth_date": {"birth_date_year": "vingt"}}
    assert url not in signed_in.get(reverse("dossiers:tasks", args=[dossier.pk])).text
    assert signed_in.get(url).status_code == 302


@pytest.mark.django_db
def test_the_timeline_and_the_journal_tell_it_without_an_answer(applicant, old, new):
    dossier = begun(applicant, old)

    follow(dossier, applicant)

    with acting(applicant.pk), connection.cursor() as cursor:
        cursor.execute(
            "select params::text from correspondence_timelineline"
            " where dossier_id = %s and kind = 'dossier_text_followed'",
            [dossier.pk],
        )
        assert cursor.fetchall() == [('{"kept": "4"}',)]
        cursor.execute(
            "select facts::text from core_journalline"
            " where dossier_id = %s and act = 'dossier.text_followed'",
            [dossier.pk],
        )
        ((facts,),) = cursor.fetchall()
    assert (
        '"lost": ["employer", "children"]' in facts or '"lost": ["children", "employer"]' in facts
    )
    assert "Zoé" not in facts


@pytest.mark.django_db
def test_pressing_twice_follows_once(applicant, old, new):
    dossier = begun(applicant, old)

    follow(dossier, applicant)
    first = stored(dossier)
    follow(dossier, applicant)

    assert stored(dossier).revision == first.revision


@pytest.mark.django_db
def test_another_persons_draft_does_not_exist(signed_in, old, new):
    dossier = begun(UserFactory(), old)
    url = reverse("dossiers:newer_text", args=[dossier.pk])

    assert signed_in.get(url).status_code == signed_in.post(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_follow_once(owner):
    applicant = UserFactory()
    old, new = publish(owner, loaded(OLD)), publish(owner, loaded(NEW))
    dossier, start = begun(applicant, old), threading.Barrier(10)

    def run():
        start.wait(30)
        try:
            follow(dossier, applicant)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    kept = stored(dossier)
    assert (kept.version_id, kept.revision) == (new, 1)


@pytest.mark.django_db
def test_a_filed_dossier_keeps_the_text_that_it_was_filed_under(applicant):
    dossier = filed(applicant)

    with pytest.raises(rules.DossierClosed):
        follow(dossier, applicant)
    with pytest.raises(DatabaseError, match="only a draft follows"), acting(applicant.pk):
        Dossier.objects.filter(pk=dossier.pk).update(version_id=dossier.version_id + 1)


@pytest.mark.django_db
def test_a_draft_never_goes_back_nor_to_the_text_of_another_procedure(applicant, old, new):
    dossier = begun(applicant, new)
    other = ProcedureVersion.objects.exclude(code=CODE).values_list("pk", flat=True).first()

    for version, words in ((old, "never goes back"), (other, "never goes back")):
        with pytest.raises(DatabaseError, match=words), acting(applicant.pk):
            Dossier.objects.filter(pk=dossier.pk).update(version_id=version)
    rule = "a_dossier_keeps_to_a_text_of_its_own_procedure"
    with pytest.raises(IntegrityError, match=rule):
        begun(UserFactory(), other)


@pytest.mark.django_db
def test_no_text_that_a_dossier_keeps_to_is_changed_or_taken_away(applicant):
    filed(applicant)
    for statement in (
        "delete from dossiers_procedureversion",
        "update dossiers_procedureversion set code = code",
        "truncate dossiers_procedureversion cascade",
        "delete from dossiers_dossier",
    ):
        with pytest.raises(DatabaseError), acting(applicant.pk), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_its_owner_cannot_either_and_without_the_trigger_the_key_still_holds(owner):
    begun(UserFactory(), publish(owner, loaded(OLD)))
    owner.execute("set lock_timeout = '5s'")

    for statement in (
        "delete from dossiers_procedureversion",
        "update dossiers_procedureversion set code = code",
        "truncate dossiers_procedureversion cascade",
    ):
        with pytest.raises(Exception, match="never (changed|deleted)"), owner.transaction():
            owner.execute(statement)
    statements = (
        "alter table dossiers_procedureversion disable trigger append_only;"
        "delete from dossiers_procedureversion"
    )
    with pytest.raises(Exception, match="foreign key"), owner.transaction():
        owner.execute(statements)


@pytest.mark.django_db
def test_what_a_text_would_do_is_counted_before_it_is_published(applicant, old, as_role):
    begun(applicant, old)
    begun(UserFactory(), old, answers={"visa": "FRA990000001"})
    with as_role("worker"), acting(None, scope="system"):
        effect = effect_of(loaded(UNPUBLISHED), date(2026, 11, 27))

    assert effect.drafts == 2
    assert effect.losing == {"employer": 1, "children": 1}
    assert effect.asking["visa"] == 1
    assert any(line.startswith("question changée : children") for line in effect.lines)


def run(*words):
    said = io.StringIO()
    call_command("procedures", *words, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_the_command_checks_and_has_nothing_to_say_of_what_is_published():
    assert run("check") == f"{len(catalogue())} démarche(s), aucune erreur.\n"
    assert "Rien de nouveau" in run("diff")
    assert "Rien de nouveau" in run("publish")


@pytest.mark.django_db
def test_the_command_shows_before_it_publishes(applicant, old, monkeypatch):
    begun(applicant, old)
    monkeypatch.setattr(texts, "catalogue", lambda: {"other": loaded(NEW)})
    done = []
    monkeypatch.setattr(command, "publish_catalogue", lambda: done.append(1) or [])
    if ProcedureVersion.objects.filter(code=CODE).count() > 1:
        monkeypatch.setattr(texts, "digest_of", lambda _procedure: "0" * 64)

    said = run("diff")
    assert CODE in said
    assert "brouillons en cours" in said
    monkeypatch.setattr("builtins.input", lambda _words: "non")
    with pytest.raises(CommandError, match="Rien n’est publié"):
        run("publish")
    assert not done
    assert "brouillons en cours" in run("publish", "--yes")
    assert done


@pytest.mark.django_db
def test_a_draft_on_the_text_in_force_has_none_newer(applicant, new):
    assert newer_text_of(begun(applicant, new)) is None
