"""The copy of a whole dossier that its person asks for."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Func, Q

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
PRIVATE = {
    ("its_person", "portal_web"): MINE,
    ("worker", "portal_worker"): f"{MINE} or (select portal_scope()) = 'system'",
}
GUARDS = """
create function dossiers_export_moves() returns trigger language plpgsql as $$
begin
    if not (old.state = 'making' and new.state in ('ready', 'failed')
            or old.state = 'ready' and new.state = 'replaced') then
        raise exception 'an export % never becomes %', old.state, new.state
            using errcode = '23514', constraint = 'an_export_that_ended_stays_so';
    end if;
    if new.state = 'ready' and not exists (
            select from vault_storedfile where id = new.file_id and kind = 'export'
            and subject_id = new.dossier_id and applicant_id = new.applicant_id) then
        raise exception 'this file is no copy of this dossier'
            using errcode = '23514', constraint = 'an_export_has_a_file_of_its_own_dossier';
    end if;
    return new;
end $$;
create trigger moves before update on dossiers_export for each row
    when (old.state is distinct from new.state) execute function dossiers_export_moves();

alter table dossiers_export add constraint an_export_is_of_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
"""
LOOSE = """
alter table dossiers_export drop constraint an_export_is_of_its_persons_own_dossier;
drop function dossiers_export_moves() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0010_prefill_once"),
        ("vault", "0006_copies_that_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("making", "En préparation"),
                            ("ready", "Prête"),
                            ("replaced", "Remplacée par une copie plus récente"),
                            ("failed", "Pas faite"),
                        ],
                        default="making",
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(max_length=2)),
                ("bytes_done", models.BigIntegerField(default=0)),
                ("bytes_in_all", models.BigIntegerField(default=0)),
                (
                    "asked_at",
                    models.DateTimeField(
                        db_default=Func(function="portal_now"), editable=False
                    ),
                ),
                ("ended_at", models.DateTimeField(null=True)),
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
                        related_name="exports",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "file",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.storedfile",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(state="making"),
                        fields=["dossier"],
                        name="a_dossier_is_copied_once_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=Q(state="ready"),
                        fields=["dossier"],
                        name="a_dossier_has_one_copy_to_take",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["making", "ready", "replaced", "failed"]),
                        name="an_export_has_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=Q(state__in=["ready", "replaced"], file__isnull=False)
                        | Q(state__in=["making", "failed"], file=None),
                        name="an_export_that_was_made_has_its_file_and_no_other_has",
                    ),
                    models.CheckConstraint(
                        condition=Q(state="making", ended_at=None)
                        | ~Q(state="making") & Q(ended_at__isnull=False),
                        name="an_export_that_is_no_longer_made_says_since_when",
                    ),
                    models.CheckConstraint(
                        condition=Q(bytes_done__gte=0, bytes_done__lte=F("bytes_in_all")),
                        name="an_export_is_never_more_than_done",
                    ),
                ],
            },
        ),
        rls.protect_by("dossiers_export", PRIVATE),
        rls.stamp("dossiers_export", "asked_at"),
        rls.immutable("dossiers_export", "id", "dossier_id", "applicant_id", "language", "asked_at"),
        rls.set_once("dossiers_export", "file_id"),
        migrations.RunSQL(GUARDS, LOOSE),
    ]
