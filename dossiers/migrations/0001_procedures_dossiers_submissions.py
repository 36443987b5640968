"""Procedures, persons, dossiers and what is filed with them, protected from the first day."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls


SEEN_WHEN_LINKED = (
    "(select portal_scope()) in ('identify', 'system') or id in"
    " (select person_id from dossiers_personaccount where user_id = (select portal_actor()))"
)
OWN_LINK = "user_id = (select portal_actor()) or (select portal_scope()) in ('identify', 'system')"

KEEP_FILING = """
create function dossiers_keep_filing() returns trigger language plpgsql as $$
begin
    if old.filed_at is not null and (new.number, new.filed_at, new.department_code)
            is distinct from (old.number, old.filed_at, old.department_code) then
        raise exception 'the number and the date of a filed dossier are never changed'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_filing before update on dossiers_dossier
    for each row execute function dossiers_keep_filing();
"""

PROTECTION = [
    rls.append_only("dossiers_procedureversion"),
    rls.stamp("dossiers_procedureversion", "published_at"),
    rls.protect("dossiers_dossier"),
    rls.stamp("dossiers_dossier", "created_at"),
    rls.immutable(
        "dossiers_dossier", "id", "applicant_id", "procedure_code", "version_id", "created_at"
    ),
    migrations.RunSQL(KEEP_FILING, "drop function dossiers_keep_filing() cascade"),
    rls.protect("dossiers_submission"),
    rls.immutable(
        "dossiers_submission",
        "id",
        "dossier_id",
        "applicant_id",
        "number",
        "answers",
        "evidence",
        "sworn_text",
        "language",
        "filed_at",
    ),
    rls.protect("dossiers_evidence"),
    rls.stamp("dossiers_evidence", "given_at"),
    rls.immutable(
        "dossiers_evidence", "id", "dossier_id", "applicant_id", "rule_code", "file_id", "given_at"
    ),
    rls.protect("dossiers_completionrequest"),
    rls.immutable(
        "dossiers_completionrequest", "id", "dossier_id", "applicant_id", "message", "asked_at"
    ),
    rls.protect("dossiers_completionitem"),
    rls.immutable(
        "dossiers_completionitem",
        "id",
        "request_id",
        "dossier_id",
        "applicant_id",
        "kind",
        "code",
        "why",
    ),
    rls.protect_by(
        "dossiers_person",
        {("web", "portal_web"): SEEN_WHEN_LINKED, ("worker", "portal_worker"): SEEN_WHEN_LINKED},
    ),
    rls.immutable("dossiers_person", "id", "passport_key", "first_seen_at"),
    rls.protect_by(
        "dossiers_personaccount",
        {("web", "portal_web"): OWN_LINK, ("worker", "portal_worker"): OWN_LINK},
    ),
    rls.immutable("dossiers_personaccount", "id", "person_id", "user_id", "linked_at"),
]


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0002_journal"),
        ("vault", "0001_stored_files_and_accesses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Dossier",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("procedure_code", models.CharField(max_length=60)),
                ("answers", models.JSONField(default=dict)),
                ("raw_answers", models.JSONField(default=dict)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("prefecture_code", models.CharField(blank=True, max_length=3, null=True)),
                ("department_code", models.CharField(blank=True, max_length=3)),
                ("number", models.CharField(blank=True, max_length=19, null=True, unique=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                ("updated_at", models.DateTimeField()),
                ("filed_at", models.DateTimeField(blank=True, null=True)),
                ("sealed_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
            },
        ),
        migrations.CreateModel(
            name="CompletionRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(blank=True, max_length=3, null=True)),
                ("message", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                ("due_on", models.DateField()),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("supplied", "Complément envoyé"),
                            ("expired", "Délai dépassé"),
                            ("cancelled", "Demande annulée"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="completion_requests",
                        to="dossiers.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "demande de complément",
            },
        ),
        migrations.CreateModel(
            name="CompletionItem",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(blank=True, max_length=3, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("field", "Réponse"), ("evidence", "Pièce justificative")],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("why", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="items",
                        to="dossiers.completionrequest",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.dossier",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(blank=True, max_length=3, null=True)),
                ("rule_code", models.CharField(max_length=60)),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "given_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                ("removed_at", models.DateTimeField(blank=True, null=True)),
                ("first_submission", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "pièce justificative",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "foreigner_number",
                    models.CharField(blank=True, max_length=20, null=True, unique=True),
                ),
                (
                    "passport_key",
                    models.CharField(blank=True, max_length=64, null=True, unique=True),
                ),
                (
                    "first_seen_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
            ],
            options={
                "verbose_name": "personne",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("foreigner_number__isnull", False),
                            ("passport_key__isnull", False),
                            _connector="OR",
                        ),
                        name="a_person_is_known_by_a_number_or_a_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("passport_key", None),
                            ("passport_key__regex", "^[0-9a-f]{64}$"),
                            _connector="OR",
                        ),
                        name="a_passport_key_is_a_sha256",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="dossier",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="dossiers",
                to="dossiers.person",
            ),
        ),
        migrations.CreateModel(
            name="PersonAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "linked_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accounts",
                        to="dossiers.person",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ProcedureVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("definition", models.JSONField()),
                (
                    "published_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "digest"), name="a_text_of_a_procedure_is_published_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                        name="a_digest_is_a_sha256",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="dossier",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="dossiers.procedureversion",
            ),
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(blank=True, max_length=3, null=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("answers", models.JSONField()),
                ("evidence", models.JSONField(default=list)),
                ("sworn_text", models.TextField()),
                ("language", models.CharField(max_length=2)),
                ("filed_at", models.DateTimeField()),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="submissions",
                        to="dossiers.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "dépôt",
            },
        ),
        migrations.AddConstraint(
            model_name="completionrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at", None)),
                fields=("dossier",),
                name="one_open_completion_request_per_dossier",
                violation_error_message="Une demande de complément est déjà ouverte.",
            ),
        ),
        migrations.AddConstraint(
            model_name="completionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at", None), ("outcome", "")),
                    models.Q(
                        ("closed_at__isnull", False),
                        ("outcome__in", ["supplied", "expired", "cancelled"]),
                    ),
                    _connector="OR",
                ),
                name="a_closed_completion_request_says_how_it_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="completionitem",
            constraint=models.UniqueConstraint(
                fields=("request", "kind", "code"), name="a_completion_request_names_an_item_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="completionitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["field", "evidence"])),
                name="a_completion_item_is_an_answer_or_evidence",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("dossier", "rule_code", "position"),
                name="files_of_a_box_are_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="personaccount",
            constraint=models.UniqueConstraint(
                fields=("person", "user"), name="an_account_is_linked_to_a_person_once"
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(fields=["prefecture_code"], name="dossiers_of_a_prefecture"),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("filed_at", None), ("withdrawn_at", None)),
                fields=("applicant", "procedure_code"),
                name="one_open_draft_per_procedure",
                violation_error_message="Vous avez déjà un brouillon pour cette démarche.",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("filed_at", None), ("number", None)),
                    models.Q(("filed_at__isnull", False), ("number__isnull", False)),
                    _connector="OR",
                ),
                name="a_dossier_has_a_number_once_filed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", None), ("number__regex", "^[0-9]{19}$"), _connector="OR"
                ),
                name="a_dossier_number_has_19_digits",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("filed_at", None),
                    models.Q(
                        ("person__isnull", False), models.Q(("department_code", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="a_filed_dossier_knows_its_person_and_its_department",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sealed_at", None),
                    models.Q(("filed_at__isnull", False), ("sealed_at__gte", models.F("filed_at"))),
                    _connector="OR",
                ),
                name="only_a_filed_dossier_is_sealed",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("prefecture_code", None), ("filed_at__isnull", False), _connector="OR"
                ),
                name="only_a_filed_dossier_has_an_office",
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.UniqueConstraint(
                fields=("dossier", "number"), name="submissions_of_a_dossier_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="submissions_are_numbered_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=models.Q(("sworn_text", ""), _negated=True),
                name="a_submission_carries_the_sworn_statement",
            ),
        ),
        *PROTECTION,
    ]
