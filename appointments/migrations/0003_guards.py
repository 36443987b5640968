"""Triggers: an appointment is given on a live right, never edited, and ended only by a fact."""

from django.db import migrations

from portal.core import rls

GUARDS = """
-- A clearance is only ever revoked, and never by the role that gives the seats.
create function appointments_keep_clearance() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or current_user = 'portal_issuer' or old.revoked_at is not null
       or new.revoked_at is null
       or (to_jsonb(new) - 'revoked_at') is distinct from (to_jsonb(old) - 'revoked_at') then
        raise exception 'a clearance is only ever revoked, once' using errcode = '23514',
            constraint = 'a_clearance_is_only_ever_revoked';
    end if;
    new.revoked_at := portal_now();
    return new;
end $$;
create trigger keep_clearance before update or delete on appointments_clearance
    for each row execute function appointments_keep_clearance();

create function appointments_follow_revocation() returns trigger language plpgsql as $$
begin
    update appointments_appointment set state = 'revoked'
        where clearance_id = new.id and state in ('issued', 'confirmed');
    return null;
end $$;
create trigger follow_revocation after update of revoked_at on appointments_clearance
    for each row execute function appointments_follow_revocation();

-- What the caller may not say is counted here: the attempt and the changes already asked.
create function appointments_give() returns trigger language plpgsql as $$
begin
    perform 1 from appointments_clearance
        where id = new.clearance_id and revoked_at is null for share;
    if not found then
        raise exception 'no live clearance' using errcode = '23514',
            constraint = 'an_appointment_needs_a_live_clearance';
    end if;
    if new.state <> 'issued' then
        raise exception 'an appointment begins issued' using errcode = '23514',
            constraint = 'an_appointment_begins_issued';
    end if;
    perform 1 from appointments_slot where id = new.slot_id and state = 'open' for share;
    if not found then
        raise exception 'this slot is not open' using errcode = '23514',
            constraint = 'a_withdrawn_slot_is_not_given';
    end if;
    -- a closure takes the same lock alone: one of the two sees the other
    perform pg_advisory_xact_lock_shared(hashtextextended('appointments.site:' || new.site_id, 0));
    if exists (select from appointments_closure
               where site_id = new.site_id and period && new.period) then
        raise exception 'the site is closed' using errcode = '23514',
            constraint = 'nothing_is_given_in_a_closure';
    end if;
    select coalesce(max(attempt), 0) + 1 into new.attempt from appointments_appointment
        where dossier_id = new.dossier_id and purpose = new.purpose;
    select count(*) into new.user_changes
        from appointments_changerequest change
        join appointments_appointment given on given.id = change.appointment_id
        where given.dossier_id = new.dossier_id and given.purpose = new.purpose;
    return new;
end $$;
create trigger give before insert on appointments_appointment
    for each row execute function appointments_give();

-- Only the state changes, along the table of transitions, and each end needs its fact.
create function appointments_keep_appointment() returns trigger language plpgsql as $$
declare
    proven boolean := true;
begin
    if tg_op = 'DELETE'
       or (to_jsonb(new) - 'state') is distinct from (to_jsonb(old) - 'state') then
        raise exception 'an appointment is never renamed, moved or deleted'
            using errcode = '23514', constraint = 'an_appointment_is_never_changed';
    end if;
    if new.state = old.state then
        return new;
    end if;
    if not exists (select from appointments_appointmenttransition
                   where source = old.state and target = new.state) then
        raise exception 'illegal transition % to %', old.state, new.state
            using errcode = '23514', constraint = 'an_appointment_follows_its_transitions';
    end if;
    case new.state
        when 'honoured' then
            proven := exists (select from appointments_checkin where appointment_id = new.id);
        when 'cancelled' then
            proven := exists (select from appointments_changerequest where appointment_id = new.id);
        when 'revoked' then
            proven := exists (select from appointments_clearance
                              where id = new.clearance_id and revoked_at is not null)
                or exists (select from appointments_closure
                           where site_id = new.site_id and period && new.period);
        when 'missed' then
            proven := portal_now() > upper(new.period) + interval '2 hours';
        else
            proven := portal_now() < lower(new.period);
    end case;
    if not proven then
        raise exception 'nothing shows that this appointment is %', new.state
            using errcode = '23514', constraint = 'an_appointment_ends_by_a_fact';
    end if;
    return new;
end $$;
create trigger keep_appointment before update or delete on appointments_appointment
    for each row execute function appointments_keep_appointment();
create trigger keep_appointment_whole before truncate on appointments_appointment
    for each statement execute function portal_refuse_change();

create function appointments_give_back() returns trigger language plpgsql as $$
begin
    if (select user_changes from appointments_appointment where id = new.appointment_id) >= 2 then
        raise exception 'two changes at most' using errcode = '23514',
            constraint = 'at_most_two_changes_asked_by_the_person';
    end if;
    update appointments_appointment set state = 'cancelled'
        where id = new.appointment_id and state in ('issued', 'confirmed')
          and lower(period) > portal_now();
    if not found then
        raise exception 'no live appointment to give back' using errcode = '23514',
            constraint = 'a_change_is_asked_for_a_live_appointment';
    end if;
    return null;
end $$;
create trigger give_back after insert on appointments_changerequest
    for each row execute function appointments_give_back();

create function appointments_arrive() returns trigger language plpgsql as $$
begin
    update appointments_appointment set state = 'honoured'
        where id = new.appointment_id and state in ('issued', 'confirmed')
          and new.at between lower(period) - interval '2 hours'
                         and upper(period) + interval '2 hours';
    if not found then
        raise exception 'no live appointment at this moment' using errcode = '23514',
            constraint = 'a_check_in_needs_a_live_appointment_now';
    end if;
    return null;
end $$;
create trigger arrive after insert on appointments_checkin
    for each row execute function appointments_arrive();

create function appointments_close_site() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('appointments.site:' || new.site_id, 0));
    update appointments_appointment set state = 'revoked'
        where site_id = new.site_id and period && new.period and state in ('issued', 'confirmed');
    return null;
end $$;
create trigger close_site after insert on appointments_closure
    for each row execute function appointments_close_site();
"""

BACK = """
drop function appointments_close_site() cascade;
drop function appointments_arrive() cascade;
drop function appointments_give_back() cascade;
drop trigger keep_appointment_whole on appointments_appointment;
drop function appointments_keep_appointment() cascade;
drop function appointments_give() cascade;
drop function appointments_follow_revocation() cascade;
drop function appointments_keep_clearance() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0002_bindings")]
    operations = [
        migrations.RunSQL(GUARDS, BACK),
        rls.stamp("appointments_clearance", "cleared_at"),
        rls.stamp("appointments_appointment", "issued_at"),
        rls.stamp("appointments_changerequest", "asked_at"),
        rls.stamp("appointments_checkin", "at"),
        rls.stamp("appointments_closure", "closed_at"),
        rls.stamp("appointments_issuerun", "started_at"),
        rls.append_only("appointments_changerequest"),
        rls.append_only("appointments_checkin"),
        rls.append_only("appointments_closure"),
        rls.append_only("appointments_issuerun"),
        rls.append_only("appointments_issuedecision"),
    ]
