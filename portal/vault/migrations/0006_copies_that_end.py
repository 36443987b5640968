"""A copy of a whole dossier is a file with an end of its own, that no office ever sees."""

from django.db import migrations, models
from django.db.models import Q

from portal.core import rls

FACTS = (
    *("id", "subject_id", "applicant_id", "kind", "storage_key"),
    *("content_type", "size", "sha256", "pages", "created_at"),
)
FORMER = rls.immutable("vault_storedfile", *FACTS)
KINDS = [
    ("evidence", "Pièce justificative"),
    ("letter", "Courrier"),
    ("card", "Titre"),
    ("export", "Copie de tout le dossier"),
]


class Migration(migrations.Migration):
    dependencies = [("vault", "0005_uploads_in_pieces")]

    operations = [
        migrations.AddField(
            model_name="storedfile",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="storedfile",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=8),
        ),
        migrations.RemoveConstraint(
            model_name="storedfile", name="a_stored_file_has_a_known_kind"
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=Q(kind__in=["evidence", "letter", "card", "export"]),
                name="a_stored_file_has_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=Q(kind="export", ends_at__isnull=False)
                | ~Q(kind="export") & Q(ends_at=None),
                name="a_copy_of_a_dossier_and_no_other_file_has_its_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedfile",
            constraint=models.CheckConstraint(
                condition=~Q(kind="export") | Q(prefecture_code=None),
                name="a_copy_of_a_dossier_belongs_to_no_office",
            ),
        ),
        migrations.AddIndex(
            model_name="storedfile",
            index=models.Index(
                models.F("ends_at"),
                models.F("id"),
                condition=Q(ends_at__isnull=False, removed_at=None),
                name="files_that_end_alone",
            ),
        ),
        migrations.RunSQL(FORMER.reverse_sql, FORMER.sql),
        rls.immutable("vault_storedfile", *FACTS, "ends_at"),
    ]
