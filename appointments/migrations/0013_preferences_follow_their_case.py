"""A preference is of the office that has the case, whoever moves it, and is said before a visit."""

from django.db import migrations

PLACE = r"""
create function appointments_place_preference() returns trigger language plpgsql as $$
begin
    select prefecture_code into new.prefecture_code from workflows_case
        where dossier_id = new.dossier_id;
    if new.prefecture_code is null then
        raise exception 'a preference is said of a filed dossier' using errcode = '23514',
            constraint = 'a_preference_is_said_of_a_filed_dossier';
    end if;
    if exists (select from unnest(new.blocked) half where half !~ '^\d{4}-\d\d-\d\d/(am|pm)$') then
        raise exception 'a half-day is a day and its half' using errcode = '23514',
            constraint = 'a_half_day_is_a_day_and_its_half';
    end if;
    if tg_op = 'UPDATE' then
        if (to_jsonb(new) - 'prefecture_code') = (to_jsonb(old) - 'prefecture_code') then
            return new;
        end if;
    end if;
    if exists (select from appointments_appointment
               where dossier_id = new.dossier_id and state in ('issued', 'confirmed')) then
        raise exception 'a visit is already given' using errcode = '23514',
            constraint = 'a_preference_is_said_before_a_visit_is_given';
    end if;
    new.changed_at := portal_now();
    return new;
end $$;
create trigger place_preference before insert or update on appointments_preference
    for each row execute function appointments_place_preference();

-- It runs as the owner: the agent who sends a case elsewhere may not write what a person prefers.
-- The sites of the former office go; half-days and needs stay true.
create function appointments_follow_case() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    delete from appointments_preferredsite where preference_id = new.dossier_id;
    update appointments_preference set prefecture_code = new.prefecture_code
        where dossier_id = new.dossier_id;
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger take_preferences_along after update of prefecture_code on workflows_case
    for each row
    when (new.prefecture_code is not null
          and new.prefecture_code is distinct from old.prefecture_code)
    execute function appointments_follow_case();
"""
BACK = """
drop function appointments_follow_case() cascade;
drop function appointments_place_preference() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0012_guards_of_a_run"),
        ("workflows", "0011_a_grant_may_wait_for_a_supply"),
    ]
    operations = [migrations.RunSQL(PLACE, BACK)]
