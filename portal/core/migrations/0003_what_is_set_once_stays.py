"""A moment that ends something (taken back, removed) is written once and never undone."""

from django.db import migrations

SET_ONCE = """
create function portal_set_once() returns trigger language plpgsql as $$
begin
    if (to_jsonb(old) ->> tg_argv[0]) is not null
       and (to_jsonb(new) -> tg_argv[0]) is distinct from (to_jsonb(old) -> tg_argv[0]) then
        raise exception '%.% is set once and never changed', tg_table_name, tg_argv[0]
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0002_journal")]
    operations = [migrations.RunSQL(SET_ONCE, "drop function portal_set_once()")]
