"""Administrators ask for a second look on a page, each one under their own name."""

from django.db import migrations

POLICY = """
create policy operations on vault_secondlook for all to portal_web
    using ((select portal_scope()) = 'operations')
    with check ((select portal_scope()) = 'operations')
"""
ASKING = """
-- What an administrator is told of an infected file, whose row the web does not see: no name of it.
create function vault_suspect(file uuid)
    returns table (subject_id uuid, prefecture_code text, threat text)
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    if portal_scope() <> 'operations' then
        return;
    end if;
    perform set_config('portal.migrating', 'on', true);
    return query
        select kept.subject_id, kept.prefecture_code::text, kept.threat::text
        from vault_storedfile kept
        where kept.id = file and kept.kind = 'evidence' and kept.scan_state = 'infected'
            and kept.removed_at is null and kept.trouble = '';
    perform set_config('portal.migrating', before, true);
end $$;

create function vault_ask_for_oneself() returns trigger language plpgsql as $$
begin
    if current_user <> 'portal_web' then
        return new;
    end if;
    if tg_op = 'INSERT' then
        select suspect.threat into new.threat from vault_suspect(new.file_id) suspect;
        if not found then
            raise exception 'this file is not set aside'
                using errcode = '23514', constraint = 'only_an_infected_file_is_looked_at_again';
        end if;
    end if;
    if new.ended_at is not null or new.outcome <> '' then
        raise exception 'the worker alone says what a second look found'
            using errcode = '23514', constraint = 'the_worker_alone_ends_a_second_look';
    end if;
    if old.first_by_id is not null and (new.first_by_id, new.reason)
                is distinct from (old.first_by_id, old.reason)
            or old.second_by_id is not null and new.second_by_id
                is distinct from old.second_by_id then
        raise exception 'somebody has asked already'
            using errcode = '23514', constraint = 'who_asked_for_a_second_look_is_not_changed';
    end if;
    if (new.first_by_id is distinct from old.first_by_id
                and new.first_by_id is distinct from portal_actor())
            or (new.second_by_id is distinct from old.second_by_id
                and new.second_by_id is distinct from portal_actor())
            or not exists (select from accounts_user who where who.id = portal_actor()
                and who.kind = 'administrator' and who.is_active) then
        raise exception 'an administrator asks under their own name'
            using errcode = '23514', constraint = 'an_administrator_asks_under_their_own_name';
    end if;
    return new;
end $$;
create trigger an_administrator_asks_under_their_own_name
    before insert or update on vault_secondlook
    for each row execute function vault_ask_for_oneself();
"""
NOT_ASKING = """
drop trigger an_administrator_asks_under_their_own_name on vault_secondlook;
drop function vault_ask_for_oneself();
drop function vault_suspect(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("vault", "0009_renditions_are_made_again")]

    operations = [
        migrations.RunSQL(POLICY, "drop policy operations on vault_secondlook"),
        migrations.RunSQL(ASKING, NOT_ASKING),
    ]
