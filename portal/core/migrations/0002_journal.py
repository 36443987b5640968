"""The journal: append-only, stamped and chained by the database itself."""

from django.db import migrations, models

from portal.core import rls

CHAIN = """
create function portal_chain_journal() returns trigger language plpgsql as $$
declare
    last record;
begin
    new.at := portal_now();
    new.chain := coalesce(new.dossier_id::text, 'actor:' || coalesce(new.actor_id::text, 'system'));
    -- one writer at a time on a chain; other chains go on
    perform pg_advisory_xact_lock(hashtextextended('journal:' || new.chain, 0));
    select position, digest into last from core_journalline
        where chain = new.chain order by position desc limit 1;
    new.position := coalesce(last.position, 0) + 1;
    new.digest := encode(sha256(convert_to(concat_ws('|', coalesce(last.digest, ''), new.position,
        extract(epoch from new.at), new.actor_id, new.prefecture_code, new.act, new.subject_type,
        new.subject_id, new.dossier_id, new.facts::text), 'UTF8')), 'hex');
    return new;
end $$;
create trigger chain_journal before insert on core_journalline
    for each row execute function portal_chain_journal();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0001_foundation")]
    operations = [
        migrations.CreateModel(
            name="JournalLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("prefecture_code", models.CharField(blank=True, max_length=3)),
                ("act", models.CharField(max_length=60)),
                ("subject_type", models.CharField(max_length=40)),
                ("subject_id", models.CharField(max_length=64)),
                ("dossier_id", models.UUIDField(null=True)),
                ("facts", models.JSONField(default=dict)),
                ("chain", models.CharField(default="", max_length=64)),
                ("position", models.BigIntegerField(null=True)),
                ("digest", models.CharField(default="", max_length=64)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["dossier_id", "id"], name="journal_by_dossier"),
                    models.Index(fields=["actor_id", "id"], name="journal_by_actor"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain", "position"),
                        name="a_journal_chain_has_one_line_at_each_position",
                    )
                ],
            },
        ),
        migrations.RunSQL(CHAIN, "drop function portal_chain_journal() cascade"),
        rls.append_only("core_journalline"),
    ]
