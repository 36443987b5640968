"""The same act for many cases: each row belongs to its batch's office and says its own result."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls


OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
# A row is of its batch's office, begins waiting, and names a case that this office has: the case is
# read with the writer's own eyes, so that one out of sight does not exist.
ROWS = """
alter table workflows_batchrow add constraint a_row_is_of_its_batchs_office
    foreign key (batch_id, office_code) references workflows_batch (id, prefecture_code);
create function workflows_batch_row_begins() returns trigger language plpgsql as $$
begin
    if new.state <> 'waiting' or new.tries <> 0 or not exists (
        select from workflows_case
        where id = new.case_id and dossier_id = new.dossier_id
            and applicant_id = new.applicant_id and prefecture_code = new.office_code
            and new.prefecture_code = new.office_code) then
        raise exception 'a row of a batch begins waiting, in the office that has its case'
            using errcode = '23514',
                constraint = 'a_row_begins_in_the_office_that_has_its_case';
    end if;
    return new;
end $$;
create trigger a_row_begins_in_the_office_that_has_its_case before insert on workflows_batchrow
    for each row execute function workflows_batch_row_begins();
create trigger keep_settled before update on workflows_batchrow
    for each row execute function workflows_keep_settled('settled_at');
"""
ROWS_BACK = """
drop trigger keep_settled on workflows_batchrow;
drop trigger a_row_begins_in_the_office_that_has_its_case on workflows_batchrow;
drop function workflows_batch_row_begins();
alter table workflows_batchrow drop constraint a_row_is_of_its_batchs_office;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0002_persons_are_found_by_identity_alone"),
        ("workflows", "0009_nobody_chooses_their_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ask_completion", "demander le même complément"),
                            ("propose_closure", "proposer le même classement sans suite"),
                            ("give_away", "confier à d’autres agents"),
                        ],
                        max_length=16,
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3)),
                ("idempotency_key", models.UUIDField()),
                ("size", models.PositiveSmallIntegerField()),
                ("facts", models.JSONField()),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BatchRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("office_code", models.CharField(max_length=3)),
                ("seen", models.PositiveSmallIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en attente"),
                            ("done", "fait"),
                            ("refused", "refusé"),
                            ("failed", "en panne"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("reasons", models.JSONField(default=list)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rows",
                        to="workflows.batch",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batch_rows",
                        to="workflows.case",
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
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["made_by", "-made_at", "id"], name="batches_of_an_agent"),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["ask_completion", "propose_closure", "give_away"])),
                name="a_batch_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("size__gte", 1), ("size__lte", 200)),
                name="a_batch_has_at_most_two_hundred_rows",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("made_by", "idempotency_key"), name="a_batch_is_started_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(
                fields=("id", "prefecture_code"), name="a_batch_has_one_office"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.UniqueConstraint(
                fields=("batch", "case"), name="a_case_comes_once_in_a_batch"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.UniqueConstraint(
                fields=("batch", "number"), name="rows_of_a_batch_are_numbered"
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1), ("number__lte", 200)),
                name="a_batch_numbers_two_hundred_rows_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchrow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reasons", []), ("settled_at", None), ("state", "waiting")),
                    models.Q(("reasons", []), ("settled_at__isnull", False), ("state", "done")),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("state__in", ["refused", "failed"]),
                        models.Q(("reasons", []), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_settled_row_says_its_result",
            ),
        ),
        migrations.RunSQL(ROWS, ROWS_BACK),
        rls.protect_by(
            "workflows_batch",
            {
                ("web", "portal_web"): OFFICE,
                ("worker", "portal_worker"): f"{OFFICE} or (select portal_scope()) = 'system'",
            },
        ),
        rls.protect("workflows_batchrow"),
        rls.stamp("workflows_batch", "made_at"),
        rls.append_only("workflows_batch"),
        rls.immutable(
            "workflows_batchrow",
            "id",
            "dossier_id",
            "applicant_id",
            "batch_id",
            "case_id",
            "number",
            "office_code",
            "seen",
        ),
    ]
