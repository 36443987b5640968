"""Mails, letters and timelines, protected from the first day."""

import django.db.models.deletion
import portal.correspondence.models
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("vault", "0001_stored_files_and_accesses"),
        ("core", "0001_foundation"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField(db_index=True)),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("kind", models.SlugField(max_length=40)),
                ("title_code", models.SlugField(max_length=40)),
                ("language", models.CharField(max_length=2)),
                ("context", models.JSONField(default=dict)),
                ("issued_at", models.DateTimeField()),
                ("rendered_at", models.DateTimeField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.storedfile",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OutgoingMail",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("dossier_id", models.UUIDField(null=True)),
                ("to", models.EmailField(max_length=254)),
                ("sender", models.CharField(max_length=254)),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "En attente"),
                            ("sending", "En cours d’envoi"),
                            ("sent", "Envoyé"),
                            ("failed", "Non envoyé"),
                        ],
                        default="queued",
                        max_length=8,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField()),
                ("claimed_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="TimelineLine",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=portal.correspondence.models.ordered_uuid,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("dossier_id", models.UUIDField()),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("kind", models.SlugField(max_length=40)),
                ("params", models.JSONField(default=dict)),
                ("office", models.CharField(blank=True, max_length=120)),
                ("by_role", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "letter",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="timeline_lines",
                        to="correspondence.letter",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("file", None), ("rendered_at", None)),
                    models.Q(("file__isnull", False), ("rendered_at__isnull", False)),
                    _connector="OR",
                ),
                name="a_letter_is_rendered_with_its_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["fr", "en", "ar"])),
                name="a_letter_is_written_in_one_of_our_languages",
            ),
        ),
        migrations.AddConstraint(
            model_name="letter",
            constraint=models.UniqueConstraint(fields=("file",), name="a_letter_has_its_own_file"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(
                condition=models.Q(("state", "sent"), _negated=True),
                fields=["created_at"],
                name="mails_not_sent",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["queued", "sending", "sent", "failed"])),
                name="a_mail_has_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoingmail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("sent_at__isnull", False), ("state", "sent")),
                    models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at", None)),
                    _connector="OR",
                ),
                name="a_mail_is_sent_at_a_moment",
            ),
        ),
        migrations.AddIndex(
            model_name="timelineline",
            index=models.Index(fields=["dossier_id", "-at", "-id"], name="timeline_of_a_dossier"),
        ),
        # Anyone may cause a mail (a code to sign up has no signed-in author); only its
        # recipient sees it from the web, and the worker sends it.
        rls.protect_by(
            "correspondence_outgoingmail",
            {
                ("read", "portal_web"): ("recipient_id = (select portal_actor())", "select"),
                ("written", "portal_web"): ("true", "insert"),
                ("written_by_a_run", "portal_issuer"): ("true", "insert"),
                ("sent", "portal_worker"): "true",
            },
        ),
        rls.protect("correspondence_letter"),
        rls.immutable(
            "correspondence_letter",
            *("id", "dossier_id", "applicant_id", "kind", "title_code", "language", "context"),
            "issued_at",
        ),
        rls.protect("correspondence_timelineline"),
        rls.immutable(
            "correspondence_timelineline",
            *("id", "dossier_id", "applicant_id", "kind", "params", "office", "by_role"),
            *("letter_id", "at"),
        ),
    ]
