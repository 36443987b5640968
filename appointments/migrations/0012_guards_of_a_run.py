"""What a run may not do: choose its seed, lose a decision, part a family, call alone an urgency."""

from django.db import migrations

from portal.core import rls

OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
HIDDEN = {("issuer", "portal_issuer"): OFFICE}
LEARNED = {
    ("everyone", "public"): ("true", "select"),
    ("issuer_learns", "portal_issuer"): (OFFICE, "insert"),
}

BINDINGS = """
alter table appointments_appointment
    add constraint an_urgent_appointment_is_of_an_agreed_urgency
        foreign key (urgency_id, clearance_id, urgent_by_id, urgent_approved_by_id)
        references appointments_urgency (id, clearance_id, asked_by_id, approved_by_id);
alter table appointments_issuerun
    add constraint a_run_is_referred_to_with_its_prefecture unique (id, prefecture_code);
alter table appointments_issuedecision
    add constraint a_decision_is_of_the_prefecture_of_its_run
        foreign key (run_id, prefecture_code)
        references appointments_issuerun (id, prefecture_code),
    add constraint a_decision_is_of_the_person_of_its_clearance
        foreign key (clearance_id, dossier_id, applicant_id, prefecture_code)
        references appointments_clearance (id, dossier_id, applicant_id, prefecture_code);
alter table appointments_runinputs
    add constraint inputs_are_of_the_prefecture_of_their_run
        foreign key (run_id, prefecture_code)
        references appointments_issuerun (id, prefecture_code);
"""
BINDINGS_BACK = """
alter table appointments_runinputs drop constraint inputs_are_of_the_prefecture_of_their_run;
alter table appointments_issuedecision
    drop constraint a_decision_is_of_the_person_of_its_clearance,
    drop constraint a_decision_is_of_the_prefecture_of_its_run;
alter table appointments_issuerun drop constraint a_run_is_referred_to_with_its_prefecture;
alter table appointments_appointment
    drop constraint an_urgent_appointment_is_of_an_agreed_urgency;
"""

GIVE = """
-- What the caller may not say is counted here: the attempt and the changes already asked.
create or replace function appointments_give() returns trigger language plpgsql as $$
begin
    if new.state <> 'issued' then
        raise exception 'an appointment begins issued' using errcode = '23514',
            constraint = 'an_appointment_begins_issued';
    end if;
    select coalesce(max(attempt), 0) + 1 into new.attempt from appointments_appointment
        where dossier_id = new.dossier_id and purpose = new.purpose;
    new.user_changes := 0;
    if new.attempt > 1 then
        select count(*) into new.user_changes
            from appointments_changerequest change
            join appointments_appointment given on given.id = change.appointment_id
            where given.dossier_id = new.dossier_id and given.purpose = new.purpose;
    end if;
    return new;
end $$;

-- How many seats above the places: the rule of `ordering.overbooking`, by the binomial law.
create function appointments_overbooking(places integer, stay double precision)
    returns integer language plpgsql immutable as $$
declare
    extra integer := 0;
    expected integer;
    term double precision;
    crowd double precision;
begin
    while extra < places loop
        expected := places + extra + 1;
        term := (1 - stay) ^ expected;
        crowd := term;
        for came in reverse expected - 1 .. places + 1 loop
            term := term * (came + 1) / (expected - came) * stay / (1 - stay);
            crowd := crowd + term;
        end loop;
        exit when crowd > 0.05;
        extra := extra + 1;
    end loop;
    return extra;
end $$;

-- The morning or the afternoon, in Paris, in which a visit begins.
create function appointments_half_day(visit tstzrange) returns tstzrange language sql stable as $$
    select case when extract(hour from local) < 12
        then tstzrange(day at time zone 'Europe/Paris',
            (day + interval '12 hours') at time zone 'Europe/Paris')
        else tstzrange((day + interval '12 hours') at time zone 'Europe/Paris',
            (day + interval '1 day') at time zone 'Europe/Paris') end
    from (select lower(visit) at time zone 'Europe/Paris' as local,
            date_trunc('day', lower(visit) at time zone 'Europe/Paris') as day) as moment
$$;

-- What must hold around all that one statement gives is asked once, whatever their number. What
-- is locked here stays as it is until the end: a revocation, a withdrawal or a closure waits.
create function appointments_stand() returns trigger language plpgsql as $$
begin
    if (select count(distinct clearance_id) from given) <> (
            select count(*) from (select from appointments_clearance
                where id in (select clearance_id from given) and revoked_at is null
                for share) as held) then
        raise exception 'no live clearance' using errcode = '23514',
            constraint = 'an_appointment_needs_a_live_clearance';
    end if;
    if (select count(distinct slot_id) from given) <> (
            select count(*) from (select from appointments_slot
                where id in (select slot_id from given) and state = 'open' for share) as held) then
        raise exception 'this slot is not open' using errcode = '23514',
            constraint = 'a_withdrawn_slot_is_not_given';
    end if;
    -- a closure takes the same lock alone: one of the two sees the other
    perform pg_advisory_xact_lock_shared(hashtextextended('appointments.site:' || site_id, 0))
        from (select distinct site_id from given order by site_id) as sites;
    if exists (select from given join appointments_closure shut
               on shut.site_id = given.site_id and shut.period && given.period) then
        raise exception 'the site is closed' using errcode = '23514',
            constraint = 'nothing_is_given_in_a_closure';
    end if;
    if exists (
        select from (
            select distinct slot.prefecture_code, slot.site_id, slot.service_id,
                appointments_half_day(slot.period) as half_day
            from given
            join appointments_seat seat on seat.slot_id = given.slot_id
                and seat.number = given.seat_number and seat.kind = 'overbook'
            join appointments_slot slot on slot.id = given.slot_id
        ) as pool
        cross join lateral (
            select count(*) filter (where seat.kind in ('regular', 'reserve')) as places,
                count(held.id) filter (where seat.kind = 'overbook') as above
            from appointments_slot slot
            join appointments_seat seat on seat.slot_id = slot.id
            left join appointments_appointment held on held.slot_id = slot.id
                and held.seat_number = seat.number
                and held.state in ('issued', 'confirmed', 'honoured')
            where slot.site_id = pool.site_id and slot.service_id = pool.service_id
                and slot.state = 'open' and slot.prefecture_code = pool.prefecture_code
                and slot.period && pool.half_day
                and appointments_half_day(slot.period) = pool.half_day
        ) as counted
        where above > appointments_overbooking(places::int, coalesce((
            select rate from appointments_noshowrate learned
            where learned.prefecture_code = pool.prefecture_code
              and learned.service_id = pool.service_id
            order by learned_on desc limit 1), 0.08))
    ) then
        raise exception 'more people than the places and the absences learned allow'
            using errcode = '23514', constraint = 'no_more_above_the_places_than_learned';
    end if;
    return null;
end $$;
create trigger stand after insert on appointments_appointment
    referencing new table as given for each statement execute function appointments_stand();

-- A family is given all its seats, one after the other at one site, or none of them.
create function appointments_keep_together() returns trigger language plpgsql as $$
begin
    if exists (
        select from appointments_appointment where family = new.family
        having count(*) <> new.family_size
            or count(distinct (site_id, service_id, family_size)) <> 1
            or max(upper(period)) - min(lower(period)) <> sum(upper(period) - lower(period))
    ) then
        raise exception 'a family is given seats together' using errcode = '23514',
            constraint = 'a_family_is_given_seats_together';
    end if;
    return null;
end $$;
create constraint trigger a_family_is_given_seats_together
    after insert on appointments_appointment deferrable initially deferred
    for each row when (new.family is not null) execute function appointments_keep_together();
"""
SEALS = """
create function appointments_sealed(variadic said text[]) returns text language sql immutable
    as $$ select encode(sha256(convert_to(array_to_string(said, '|', ''), 'UTF8')), 'hex') $$;

-- A run follows the last one, uses the seed that it drew, and seals what it says.
create function appointments_seal_run() returns trigger language plpgsql as $$
declare
    last record;
begin
    select digest, next_seed_digest into last from appointments_issuerun run
        where prefecture_code = new.prefecture_code and not exists (
            select from appointments_issuerun later
            where later.prefecture_code = run.prefecture_code
              and later.previous_digest = run.digest);
    if new.previous_digest <> coalesce(last.digest, '') then
        raise exception 'a run follows the last one' using errcode = '23514',
            constraint = 'a_run_follows_the_last_one';
    end if;
    if coalesce(last.next_seed_digest, '') not in ('', appointments_sealed(new.seed)) then
        raise exception 'another seed was drawn for this run' using errcode = '23514',
            constraint = 'a_seed_is_drawn_by_the_run_before';
    end if;
    if new.digest <> appointments_sealed(new.previous_digest, new.rule_version, new.seed,
            new.waiting::text, new.issued::text, new.inputs_digest, new.decisions_digest,
            new.next_seed_digest) then
        raise exception 'the seal of this run is another' using errcode = '23514',
            constraint = 'a_run_is_sealed';
    end if;
    return new;
end $$;
create trigger seal_run before insert on appointments_issuerun
    for each row execute function appointments_seal_run();

-- The decisions of a run come at once, numbered, each sealing the one before, the last one named
-- by the run.
create function appointments_seal_decisions() returns trigger language plpgsql as $$
begin
    if exists (
        select from (
            select decided.*, row_number() over ranks as place, lag(digest) over ranks as before
            from decided window ranks as (partition by run_id order by rank)
        ) as one join appointments_issuerun run on run.id = one.run_id
        where one.rank <> one.place
           or one.digest <> appointments_sealed(coalesce(one.before, run.inputs_digest),
                one.rank::text, one.priority_class::text, one.is_capped::int::text,
                one.clearance_id::text, one.outcome, one.appointment_id::text)
           or one.rank = run.waiting and one.digest <> run.decisions_digest
    ) or exists (
        select from decided join appointments_issuerun run on run.id = decided.run_id
        group by run.id having count(*) <> run.waiting
            or count(decided.appointment_id) <> run.issued
    ) then
        raise exception 'the decisions of a run are one chain' using errcode = '23514',
            constraint = 'decisions_form_one_chain';
    end if;
    return null;
end $$;
create trigger seal_decisions after insert on appointments_issuedecision
    referencing new table as decided for each statement
    execute function appointments_seal_decisions();

create function appointments_decide_all() returns trigger language plpgsql as $$
begin
    if (select count(*) from appointments_issuedecision where run_id = new.id) <> new.waiting
       or new.inputs_digest = '' or not exists (
            select from appointments_runinputs where run_id = new.id) then
        raise exception 'a run decides for everybody who waited, and keeps what it looked at'
            using errcode = '23514', constraint = 'a_run_decides_everybody';
    end if;
    return null;
end $$;
create constraint trigger a_run_decides_everybody
    after insert on appointments_issuerun deferrable initially deferred
    for each row execute function appointments_decide_all();

-- A seed is what its digest says.
create function appointments_keep_seed() returns trigger language plpgsql as $$
begin
    if new.digest <> appointments_sealed(new.seed) then
        raise exception 'a seed is what its digest says' using errcode = '23514',
            constraint = 'a_seed_is_what_its_digest_says';
    end if;
    return new;
end $$;
create trigger keep_seed before insert on appointments_drawnseed
    for each row execute function appointments_keep_seed();
"""
# As it was: asked for each row, in migration 0003.
GIVE_BACK = """
create or replace function appointments_give() returns trigger language plpgsql as $$
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
"""
BACK = """
drop function appointments_keep_seed() cascade;
drop function appointments_decide_all() cascade;
drop function appointments_seal_decisions() cascade;
drop function appointments_seal_run() cascade;
drop function appointments_sealed(text[]) cascade;
drop function appointments_keep_together() cascade;
drop function appointments_stand() cascade;
drop function appointments_half_day(tstzrange);
drop function appointments_overbooking(integer, double precision);
"""


class Migration(migrations.Migration):
    dependencies = [("appointments", "0011_run_as_rows")]
    operations = [
        migrations.RunSQL(BINDINGS, BINDINGS_BACK),
        migrations.RunSQL(GIVE + SEALS, BACK + GIVE_BACK),
        rls.protect_by("appointments_runinputs", HIDDEN),
        rls.protect_by("appointments_drawnseed", HIDDEN),
        rls.protect_by("appointments_noshowrate", LEARNED),
        rls.append_only("appointments_runinputs"),
        rls.append_only("appointments_drawnseed"),
        rls.append_only("appointments_noshowrate"),
    ]
