"""What differs from the weekly hours, what the issuer says of them; protected from the first row."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.db import migrations, models

from portal.core import rls

OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
# Days are public, like closures; only the office of the site says them.
DAYS = {
    ("everyone", "public"): ("true", "select"),
    ("web_makes", "portal_web"): (OFFICE, "insert"),
}
# Written by the issuing role alone; read by the office.
TOTALS = {
    ("web_reads", "portal_web"): (OFFICE, "select"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("issuer", "portal_issuer"): OFFICE,
}
PLACES = {("everyone", "public"): ("true", "select")}

BINDINGS = """
alter table appointments_counteroutage
    add constraint an_outage_is_of_a_counter_of_the_site
        foreign key (counter_id, site_id) references territory_counter (id, site_id),
    add constraint an_outage_is_at_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);
alter table appointments_openday
    add constraint an_open_day_is_of_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);
alter table appointments_studentsite
    add constraint a_student_site_is_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id),
    add constraint a_student_site_is_of_a_students_counter
        foreign key (service_id, prefecture_code, kind)
        references territory_service (id, prefecture_id, kind);
alter table appointments_dailytotal
    add constraint a_total_is_of_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);
alter table appointments_openingpattern
    add constraint languages_are_codes
        check (array_to_string(interpreters, ',') ~ '^([a-z]{2,3}(,[a-z]{2,3})*)?$');
"""
BINDINGS_BACK = """
alter table appointments_openingpattern drop constraint languages_are_codes;
alter table appointments_dailytotal drop constraint a_total_is_of_a_site_of_the_prefecture;
alter table appointments_studentsite
    drop constraint a_student_site_is_of_a_students_counter,
    drop constraint a_student_site_is_of_the_prefecture;
alter table appointments_openday drop constraint an_open_day_is_of_a_site_of_the_prefecture;
alter table appointments_counteroutage
    drop constraint an_outage_is_at_a_site_of_the_prefecture,
    drop constraint an_outage_is_of_a_counter_of_the_site;
"""

GUARDS = """
-- A pattern that has begun is history: it may end, tonight at the earliest, and nothing else.
create function appointments_keep_opening() returns trigger language plpgsql as $$
declare
    today date := (portal_now() at time zone 'Europe/Paris')::date;
begin
    if tg_op = 'INSERT' then
        if new.slot_minutes < (select minutes from appointments_service
                               where code = new.service_id) then
            raise exception 'a slot is shorter than the visit' using errcode = '23514',
                constraint = 'a_slot_is_as_long_as_its_visit';
        end if;
        return new;
    end if;
    if tg_op = 'DELETE'
       or (to_jsonb(new) - 'valid') is distinct from (to_jsonb(old) - 'valid')
       or not new.valid <@ old.valid
       or isempty(new.valid) and not isempty(old.valid)
          and (lower_inf(old.valid) or lower(old.valid) <= today)
       or not isempty(new.valid)
          and (lower(new.valid) is distinct from lower(old.valid)
               or new.valid <> old.valid and upper(new.valid) <= today) then
        raise exception 'an opening ends and never changes' using errcode = '23514',
            constraint = 'an_opening_ends_and_never_changes';
    end if;
    return new;
end $$;
create trigger keep_opening before insert or update or delete on appointments_openingpattern
    for each row execute function appointments_keep_opening();
create trigger keep_opening_whole before truncate on appointments_openingpattern
    for each statement execute function portal_refuse_change();

-- A counter that goes out takes back what it had promised, under the lock of its site.
create function appointments_take_out_counter() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('appointments.site:' || new.site_id, 0));
    update appointments_appointment set state = 'revoked'
        where counter_id = new.counter_id and period && new.period
          and state in ('issued', 'confirmed');
    return null;
end $$;
create trigger take_out_counter after insert on appointments_counteroutage
    for each row execute function appointments_take_out_counter();

-- The students' counter of a case is read where the review wrote it, never said by the caller.
create function appointments_know_the_student_counter() returns trigger language plpgsql as $$
begin
    new.student_counter_id := (
        select service.id from workflows_case reviewed
        join territory_service service on service.id = reviewed.service_id
        where reviewed.id = new.case_id and service.kind = 'student_counter');
    return new;
end $$;
create trigger know_the_student_counter before insert on appointments_clearance
    for each row execute function appointments_know_the_student_counter();

create function appointments_keep_slot() returns trigger language plpgsql as $$
begin
    if new.student_counter_id is null
       and not exists (select from territory_site where id = new.site_id and kind = 'university')
       or exists (select from appointments_studentsite
                  where site_id = new.site_id and service_id = new.student_counter_id
                    and (lower(new.period) at time zone 'Europe/Paris')::date
                        <@ daterange(starts_on, ends_on, '[]')) then
        return new;
    end if;
    raise exception 'a university counter receives the students of a service'
        using errcode = '23514', constraint = 'a_university_counter_says_whose_students_it_receives';
end $$;
create trigger keep_slot before insert or update of student_counter_id, site_id, period
    on appointments_slot for each row execute function appointments_keep_slot();

create function appointments_keep_seat() returns trigger language plpgsql as $$
begin
    if new.kind in ('regular', 'reserve')
       and new.number > (select places from appointments_slot where id = new.slot_id) then
        raise exception 'more seats than places' using errcode = '23514',
            constraint = 'a_slot_has_no_more_seats_than_places';
    end if;
    return new;
end $$;
create trigger keep_seat before insert or update of kind on appointments_seat
    for each row execute function appointments_keep_seat();

-- After the guard `give`, which triggers run in order of name: what this calendar adds to it.
create function appointments_give_where_it_opens() returns trigger language plpgsql as $$
begin
    -- an outage takes the same lock alone: one of the two sees the other
    perform pg_advisory_xact_lock_shared(hashtextextended('appointments.site:' || new.site_id, 0));
    if exists (select from appointments_counteroutage
               where counter_id = new.counter_id and period && new.period) then
        raise exception 'the counter receives nobody' using errcode = '23514',
            constraint = 'nothing_is_given_at_a_counter_that_is_out';
    end if;
    if exists (select from appointments_seat
               where slot_id = new.slot_id and number = new.seat_number
                 and kind = 'withdrawn') then
        raise exception 'this seat is withdrawn' using errcode = '23514',
            constraint = 'a_withdrawn_seat_is_not_given';
    end if;
    if exists (select from appointments_slot slot
               where slot.id = new.slot_id and slot.student_counter_id is distinct from
                   (select right_to.student_counter_id from appointments_clearance right_to
                    where right_to.id = new.clearance_id)
                 and slot.student_counter_id is not null) then
        raise exception 'not a student of this counter' using errcode = '23514',
            constraint = 'a_university_counter_receives_its_own_students';
    end if;
    return new;
end $$;
create trigger give_where_it_opens before insert on appointments_appointment
    for each row execute function appointments_give_where_it_opens();

-- A total says of itself when it was counted.
create function appointments_date_total() returns trigger language plpgsql as $$
begin
    new.computed_on := (portal_now() at time zone 'Europe/Paris')::date;
    return new;
end $$;
create trigger date_total before insert or update on appointments_dailytotal
    for each row execute function appointments_date_total();
create trigger date_forecast before insert or update on appointments_forecast
    for each row execute function appointments_date_total();
"""
GUARDS_BACK = """
drop function appointments_date_total() cascade;
drop function appointments_give_where_it_opens() cascade;
drop function appointments_keep_seat() cascade;
drop function appointments_keep_slot() cascade;
drop function appointments_know_the_student_counter() cascade;
drop function appointments_take_out_counter() cascade;
drop trigger keep_opening_whole on appointments_openingpattern;
drop function appointments_keep_opening() cascade;
"""

# The present body of the guard, with one fact more: an outage takes an appointment back.
KEEP_APPOINTMENT = """
create or replace function appointments_keep_appointment() returns trigger language plpgsql as $$
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
                           where site_id = new.site_id and period && new.period){outage};
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
"""
OUTAGE = """
                or exists (select from appointments_counteroutage
                           where counter_id = new.counter_id and period && new.period)"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0009_counter'),
        ('territory', '0003_services_their_remits_and_affiliations'),
    ]

    operations = [
        migrations.CreateModel(
            name='CounterOutage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('kind', models.CharField(choices=[('agent_absent', 'L’agent est absent'), ('out_of_order', 'Le guichet est hors service')], max_length=20)),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='DailyTotal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('places', models.PositiveIntegerField()),
                ('given', models.PositiveIntegerField(null=True)),
                ('computed_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='Forecast',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('waiting', models.PositiveIntegerField()),
                ('weeks_to_clear', models.PositiveSmallIntegerField(null=True)),
                ('seats_missing', models.PositiveIntegerField()),
                ('computed_on', models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name='OpenDay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('day', models.DateField()),
                ('said_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='StudentSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('kind', models.GeneratedField(db_persist=True, expression=models.Value('student_counter'), output_field=models.CharField(max_length=16))),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='seat',
            name='a_seat_has_a_known_kind',
        ),
        migrations.AddField(
            model_name='clearance',
            name='student_counter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.service'),
        ),
        migrations.AddField(
            model_name='openingpattern',
            name='interpreters',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='openingpattern',
            name='reserve',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='openingpattern',
            name='slot_minutes',
            field=models.PositiveSmallIntegerField(blank=True, help_text="length of a slot; the service's own when empty", null=True),
        ),
        migrations.AddField(
            model_name='service',
            name='companion_minutes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='service',
            name='interpreter_minutes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='service',
            name='step_free_minutes',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='slot',
            name='interpreters',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name='slot',
            name='places',
            field=models.PositiveSmallIntegerField(db_default=20, default=20),
        ),
        migrations.AddField(
            model_name='slot',
            name='student_counter',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.service'),
        ),
        migrations.AlterField(
            model_name='seat',
            name='kind',
            field=models.CharField(choices=[('regular', 'Place'), ('overbook', 'Place en plus, pour les absences attendues'), ('reserve', 'Place gardée pour les derniers jours'), ('withdrawn', 'Place retirée')], db_default='regular', default='regular', max_length=10),
        ),
        migrations.AddIndex(
            model_name='slot',
            index=models.Index(models.F('prefecture_code'), models.F('period__startswith'), name='slot_of_the_days_to_come'),
        ),
        migrations.AddConstraint(
            model_name='openingpattern',
            constraint=models.CheckConstraint(condition=models.Q(('slot_minutes', None), models.Q(('slot_minutes__gte', 5), ('slot_minutes__lte', 240)), _connector='OR'), name='an_opening_has_slots_of_five_minutes_to_four_hours'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'overbook', 'reserve', 'withdrawn'])), name='a_seat_has_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('companion_minutes__lte', 60), ('interpreter_minutes__lte', 60), ('step_free_minutes__lte', 60)), name='a_need_adds_at_most_an_hour'),
        ),
        migrations.AddField(
            model_name='counteroutage',
            name='counter',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='outages', to='territory.counter'),
        ),
        migrations.AddField(
            model_name='counteroutage',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddField(
            model_name='dailytotal',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='dailytotal',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddField(
            model_name='forecast',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='openday',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='open_days', to='territory.site'),
        ),
        migrations.AddField(
            model_name='studentsite',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.service'),
        ),
        migrations.AddField(
            model_name='studentsite',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddConstraint(
            model_name='counteroutage',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inf', False), ('period__upper_inf', False)), name='an_outage_has_a_beginning_and_an_end'),
        ),
        migrations.AddConstraint(
            model_name='counteroutage',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['agent_absent', 'out_of_order'])), name='an_outage_is_of_a_known_kind'),
        ),
        migrations.AddIndex(
            model_name='dailytotal',
            index=models.Index(fields=['prefecture_code', 'day'], name='total_of_a_day'),
        ),
        migrations.AddConstraint(
            model_name='dailytotal',
            constraint=models.UniqueConstraint(fields=('site', 'service', 'day'), name='a_day_has_one_total'),
        ),
        migrations.AddConstraint(
            model_name='dailytotal',
            constraint=models.CheckConstraint(condition=models.Q(('given', None), ('day__lt', django.db.models.expressions.CombinedExpression(models.F('computed_on'), '+', models.Value(datetime.timedelta(days=10)))), _connector='OR'), name='nobody_is_counted_on_a_day_that_a_run_may_still_give'),
        ),
        migrations.AddConstraint(
            model_name='forecast',
            constraint=models.UniqueConstraint(fields=('prefecture_code', 'service'), name='a_service_of_an_office_has_one_forecast'),
        ),
        migrations.AddConstraint(
            model_name='openday',
            constraint=models.UniqueConstraint(fields=('site', 'day'), name='a_site_opens_a_day_once'),
        ),
        migrations.AddConstraint(
            model_name='studentsite',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_student_site_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='studentsite',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('site', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange'), '&&')], name='a_site_receives_the_students_of_one_counter_at_a_time'),
        ),
        migrations.RunSQL(BINDINGS, BINDINGS_BACK),
        migrations.RunSQL(GUARDS, GUARDS_BACK),
        migrations.RunSQL(
            KEEP_APPOINTMENT.replace("{outage}", OUTAGE), KEEP_APPOINTMENT.replace("{outage}", "")
        ),
        rls.protect_by("appointments_counteroutage", DAYS),
        rls.protect_by("appointments_openday", DAYS),
        rls.protect_by("appointments_studentsite", PLACES),
        rls.protect_by("appointments_dailytotal", TOTALS),
        rls.protect_by("appointments_forecast", TOTALS),
        rls.stamp("appointments_counteroutage", "said_at"),
        rls.stamp("appointments_openday", "said_at"),
        rls.append_only("appointments_counteroutage"),
        rls.append_only("appointments_openday"),
        rls.immutable("appointments_studentsite", "site_id", "prefecture_code", "service_id", "starts_on"),
        rls.immutable("appointments_seat", "slot_id", "number"),
    ]
