"""Who typed at the counter with the person never handles the case: the database refuses."""

import django.contrib.postgres.fields
from django.db import migrations, models

from portal.core import rls

BODY = """
create or replace function workflows_refuse_someone_close() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    agent bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
    found boolean;%(declared)s
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_case c where c.id = new.case_id
            and accounts_is_close(agent, c.contact_keys::text[]));%(asked)s
    perform set_config('portal.migrating', before, true);
    if found then
        raise exception 'this agent and the person share an address, a phone or an e-mail'
            using errcode = '23514', constraint = 'nobody_handles_someone_close_to_them';
    end if;%(refused)s
    return new;
end $$;
"""
CLOSE_ONLY = BODY % {"declared": "", "asked": "", "refused": ""}
# The sessions themselves are asked, not the copy of them that the case keeps for its rules.
CLOSE_OR_TYPIST = BODY % {
    "declared": """
    typed boolean;""",
    "asked": """
    typed := exists (
        select 1 from workflows_case c join dossiers_assistedsession s
            on s.dossier_id = c.dossier_id and s.agent_id = agent
            where c.id = new.case_id);""",
    "refused": """
    if typed then
        raise exception 'this agent typed the request at the counter'
            using errcode = '23514', constraint = 'nobody_handles_what_they_typed';
    end if;""",
}


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0005_help_at_the_counter'),
        ('workflows', '0018_a_request_waits_again_after_a_withdrawal'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='typists',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), db_default=models.Value([], output_field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)), default=list, size=None),
        ),
        migrations.RunSQL(CLOSE_OR_TYPIST, CLOSE_ONLY),
        # filing at the counter opens the case before any office has it
        rls.open_by("workflows_case", "dossiers_assisted()", "dossier_id"),
        rls.open_by("workflows_step", "dossiers_assisted()", "dossier_id"),
    ]
