"""A run that writes many lines chains them together, and takes no lock on every dossier."""

from django.db import migrations

# Only the roles of background work may name a chain: a page always writes in its dossier's.
CHAIN = """
create or replace function portal_chain_journal() returns trigger language plpgsql as $$
declare
    last record;
    named text := coalesce(current_setting('portal.journal_chain', true), '');
begin
    new.at := portal_now();
    new.chain := coalesce(new.dossier_id::text, 'actor:' || coalesce(new.actor_id::text, 'system'));
    {named}-- one writer at a time on a chain; other chains go on
    perform pg_advisory_xact_lock(hashtextextended('journal:' || new.chain, 0));
    select position, digest into last from core_journalline
        where chain = new.chain order by position desc limit 1;
    new.position := coalesce(last.position, 0) + 1;
    new.digest := encode(sha256(convert_to(concat_ws('|', coalesce(last.digest, ''), new.position,
        extract(epoch from new.at), new.actor_id, new.prefecture_code, new.act, new.subject_type,
        new.subject_id, new.dossier_id, new.facts::text), 'UTF8')), 'hex');
    return new;
end $$;
"""
NAMED = """if named like 'run:%' and current_user in ('portal_issuer', 'portal_worker') then
        new.chain := named;
    end if;
    """


class Migration(migrations.Migration):
    dependencies = [("core", "0003_what_is_set_once_stays")]
    operations = [
        migrations.RunSQL(
            CHAIN.replace("{named}", NAMED), CHAIN.replace("{named}", "")
        )
    ]
