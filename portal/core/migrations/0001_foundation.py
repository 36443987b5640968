"""The clock, the context of row-level security, and the guards that tables use."""

from django.db import migrations

FUNCTIONS = """
alter default privileges revoke execute on functions from public;

create function portal_now() returns timestamptz language sql stable as 'select now()';

create function portal_actor() returns bigint language sql stable
    as $$ select nullif(current_setting('portal.actor', true), '')::bigint $$;
create function portal_prefectures() returns text[] language sql stable
    as $$ select nullif(current_setting('portal.prefectures', true), '')::text[] $$;
create function portal_scope() returns text language sql stable
    as $$ select coalesce(current_setting('portal.scope', true), '') $$;

create function portal_stamp() returns trigger language plpgsql as $$
begin
    return jsonb_populate_record(new, jsonb_build_object(tg_argv[0], portal_now()));
end $$;

create function portal_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is never changed: % refused', tg_table_name, tg_op
        using errcode = 'restrict_violation';
end $$;

create function portal_refuse_columns() returns trigger language plpgsql as $$
declare
    name text;
begin
    if tg_op = 'DELETE' then
        raise exception '% is never deleted', tg_table_name using errcode = 'restrict_violation';
    end if;
    foreach name in array tg_argv loop
        if (to_jsonb(new) -> name) is distinct from (to_jsonb(old) -> name) then
            raise exception '%.% is never changed', tg_table_name, name
                using errcode = 'restrict_violation';
        end if;
    end loop;
    return new;
end $$;

create sequence dossier_number_sequence;
"""

BACK = """
drop sequence dossier_number_sequence;
drop function portal_refuse_columns();
drop function portal_refuse_change();
drop function portal_stamp();
drop function portal_scope();
drop function portal_prefectures();
drop function portal_actor();
drop function portal_now();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunSQL(FUNCTIONS, BACK)]
