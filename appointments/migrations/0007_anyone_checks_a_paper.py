"""A stranger's question, answered by the database itself: initials, site and moment, or nothing."""

from django.db import migrations

# It runs as the owner, because a stranger sees no row; it gives what the public page shows and
# nothing else, for an appointment to come alone.
STANDING = """
create function appointments_standing(asked_code text, asked_scan uuid)
    returns table (initials text, site_name text, starts_at timestamptz)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    return query
        select (select string_agg(upper(left(word, 1)) || '.', ' ' order by place)
                from unnest(regexp_split_to_array(trim(clearance.holder_name), '\\s+'))
                    with ordinality as words (word, place)),
               site.name::text, lower(given.period)
        from appointments_appointment given
        join appointments_clearance clearance on clearance.id = given.clearance_id
        join territory_site site on site.id = given.site_id
        where (given.code = asked_code or given.scan_id = asked_scan)
          and given.state in ('issued', 'confirmed')
          and upper(given.period) + interval '2 hours' > portal_now();
    perform set_config('portal.migrating', before, true);
end $$;
revoke all on function appointments_standing(text, uuid) from public;
grant execute on function appointments_standing(text, uuid) to portal_web;
"""
BACK = "drop function appointments_standing(text, uuid);"


class Migration(migrations.Migration):
    dependencies = [("appointments", "0006_preferences_urgencies_and_kinds_of_seats")]
    operations = [migrations.RunSQL(STANDING, BACK)]
