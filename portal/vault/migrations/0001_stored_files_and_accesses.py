"""Stored files and the right to read them, protected from the first day."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessGrant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_id", models.UUIDField()),
                ("prefecture_code", models.CharField(max_length=3)),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), size=None
                    ),
                ),
                ("reason", models.CharField(max_length=120)),
                ("granted_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("revoked_at", None)),
                        fields=("subject_id", "prefecture_code"),
                        name="an_office_has_one_open_access_to_a_dossier",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("roles__len__gt", 0), models.Q(("reason", ""), _negated=True)
                        ),
                        name="an_access_names_roles_and_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revoked_at", None),
                            ("revoked_at__gte", models.F("granted_at")),
                            _connector="OR",
                        ),
                        name="an_access_is_taken_back_after_it_is_given",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject_id", models.UUIDField(db_index=True)),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("evidence", "Pièce justificative"),
                            ("letter", "Courrier"),
                            ("card", "Titre"),
                        ],
                        max_length=8,
                    ),
                ),
                ("storage_key", models.CharField(max_length=100, unique=True)),
                ("original_name", models.CharField(max_length=150)),
                ("content_type", models.CharField(max_length=60)),
                ("size", models.BigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("pages", models.PositiveSmallIntegerField(default=1)),
                ("preview_key", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["evidence", "letter", "card"])),
                        name="a_stored_file_has_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("size__gt", 0)), name="a_stored_file_is_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")),
                        name="a_stored_file_has_its_digest",
                    ),
                ],
            },
        ),
        rls.protect("vault_storedfile"),
        rls.stamp("vault_storedfile", "created_at"),
        rls.immutable(
            "vault_storedfile",
            *("id", "subject_id", "applicant_id", "kind", "storage_key", "original_name"),
            *("content_type", "size", "sha256", "pages", "created_at"),
        ),
        rls.protect_by(
            "vault_accessgrant",
            {
                ("web", "portal_web"): OFFICE,
                ("worker", "portal_worker"): f"{OFFICE} or (select portal_scope()) = 'system'",
            },
        ),
        rls.immutable(
            "vault_accessgrant",
            *("id", "subject_id", "prefecture_code", "roles", "reason", "granted_at"),
        ),
    ]
