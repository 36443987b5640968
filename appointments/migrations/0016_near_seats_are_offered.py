"""A near seat is offered to one volunteer, who says yes in time; nobody else can take it or know."""

import datetime
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
# Its person and the issuing role: an agent who read an offer would know where a place is.
OFFERED = {
    ("web_reads", "portal_web"): (MINE, "select"),
    ("web_answers", "portal_web"): (MINE, "update"),
    ("issuer", "portal_issuer"): OFFICE,
}

BINDINGS = """
alter table appointments_shortnoticeoffer
    add constraint an_offer_is_what_its_clearance_allows
        foreign key (clearance_id, dossier_id, applicant_id, person_id, prefecture_code,
            service_id, purpose)
        references appointments_clearance (id, dossier_id, applicant_id, person_id,
            prefecture_code, service_id, purpose),
    add constraint an_offer_is_where_and_when_its_slot_is
        foreign key (slot_id, prefecture_code, site_id, counter_id, service_id, period)
        references appointments_slot (id, prefecture_code, site_id, counter_id, service_id, period),
    add constraint an_offer_is_of_an_existing_seat
        foreign key (slot_id, seat_number) references appointments_seat (slot_id, number),
    add constraint an_offer_is_of_somebody_the_run_ranked
        foreign key (run_id, clearance_id)
        references appointments_issuedecision (run_id, clearance_id);
alter table appointments_appointment
    add constraint an_appointment_takes_the_seat_of_its_offer
        foreign key (offer_id, clearance_id, slot_id, seat_number)
        references appointments_shortnoticeoffer (id, clearance_id, slot_id, seat_number);
"""
BINDINGS_BACK = """
alter table appointments_appointment drop constraint an_appointment_takes_the_seat_of_its_offer;
alter table appointments_shortnoticeoffer
    drop constraint an_offer_is_of_somebody_the_run_ranked,
    drop constraint an_offer_is_of_an_existing_seat,
    drop constraint an_offer_is_where_and_when_its_slot_is,
    drop constraint an_offer_is_what_its_clearance_allows;
"""

OFFERS = """
-- Why an offer cannot be kept; nothing while it can. It runs as the owner: slots, and what a person
-- has at another prefecture, must be seen. The issuing role alone may ask it.
create function appointments_why_over(offer appointments_shortnoticeoffer) returns text
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    why text;
begin
    perform set_config('portal.migrating', 'on', true);
    why := case
        when not exists (select from appointments_clearance
                where id = offer.clearance_id and revoked_at is null) then 'revoked'
        when exists (select from appointments_appointment given
                where given.clearance_id = offer.clearance_id
                  and given.offer_id is distinct from offer.id
                  and (given.state in ('issued', 'confirmed') or given.state = 'honoured'
                       and not exists (select from appointments_visit
                            where check_in_id = given.id and again_at is not null))) then 'given'
        when exists (select from appointments_closure
                where site_id = offer.site_id and period && offer.period)
             or exists (select from appointments_counteroutage
                where counter_id = offer.counter_id and period && offer.period)
             or not exists (select from appointments_slot slot
                join appointments_seat seat on seat.slot_id = slot.id
                where slot.id = offer.slot_id and slot.state = 'open'
                  and seat.number = offer.seat_number and seat.kind in ('regular', 'reserve'))
            then 'closed'
        when offer.state = 'open' and not exists (select from appointments_preference
                where dossier_id = offer.dossier_id and short_notice) then 'unwilling'
        when lower(offer.period) <= portal_now() then 'late'
        when exists (select from appointments_appointment given
                where (given.applicant_id = offer.applicant_id
                       or given.person_id = offer.person_id)
                  and given.clearance_id <> offer.clearance_id
                  and given.state in ('issued', 'confirmed') and given.period && offer.period)
            then 'elsewhere'
        else '' end;
    perform set_config('portal.migrating', before, true);
    return why;
end $$;
revoke all on function appointments_why_over(appointments_shortnoticeoffer) from public;
grant execute on function appointments_why_over(appointments_shortnoticeoffer) to portal_issuer;

-- Made to a volunteer who waits and whom this run gave nothing, of a seat that nobody holds.
create function appointments_make_offer() returns trigger language plpgsql as $$
declare
    broken text;
begin
    new.state := 'open';
    new.offered_at := portal_now();
    new.expires_at := least(new.offered_at + interval '24 hours',
        new.offered_at + (lower(new.period) - new.offered_at) / 2);
    new.answered_at := null;
    new.ended_at := null;
    new.ended_because := '';
    new.told_at := null;
    -- a closure or an outage takes the same lock alone, an appointment the key of the same seat:
    -- one of the two sees the other
    perform pg_advisory_xact_lock_shared(hashtextextended('appointments.site:' || new.site_id, 0));
    perform from appointments_seat
        where slot_id = new.slot_id and number = new.seat_number for update;
    broken := case
        when exists (select from appointments_appointment
                where slot_id = new.slot_id and seat_number = new.seat_number
                  and state in ('issued', 'confirmed', 'honoured')) then 'an_offered_seat_is_free'
        -- what the person has at another prefecture is found when they answer
        when appointments_why_over(new) not in ('', 'elsewhere')
            then 'an_offer_is_made_to_a_volunteer_who_waits'
        when not exists (select from appointments_issuedecision
                where run_id = new.run_id and clearance_id = new.clearance_id
                  and rank = new.rank and appointment_id is null)
            then 'an_offer_is_of_somebody_the_run_ranked'
        when exists (select from appointments_shortnoticeoffer
                where clearance_id = new.clearance_id and slot_id = new.slot_id
                  and (state in ('declined', 'expired') or ended_because = 'elsewhere')) then 'nobody_is_asked_twice_for_one_moment'
        when exists (select from appointments_slot slot
                join appointments_clearance right_to on right_to.id = new.clearance_id
                where slot.id = new.slot_id and slot.student_counter_id is not null
                  and slot.student_counter_id is distinct from right_to.student_counter_id)
            then 'a_university_counter_receives_its_own_students'
        end;
    if broken is not null then
        raise exception 'this offer is refused: %', broken
            using errcode = '23514', constraint = broken;
    end if;
    return new;
end $$;
create trigger make_offer before insert on appointments_shortnoticeoffer
    for each row execute function appointments_make_offer();

-- Answered by its person in time, ended by its moment or by a fact, used by its appointment.
create function appointments_keep_offer() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    changing text[] := array['state', 'answered_at', 'ended_at', 'ended_because', 'told_at'];
    at timestamptz := portal_now();
    wanted text;
    why text := '';
    broken text;
begin
    if tg_op = 'DELETE' or (to_jsonb(new) - changing) is distinct from (to_jsonb(old) - changing)
       or new.state = old.state and (new.told_at is null or old.told_at is not null
            or old.state not in ('expired', 'withdrawn')) then
        raise exception 'an offer is never changed' using errcode = '23514',
            constraint = 'an_offer_is_never_changed';
    end if;
    wanted := new.state;
    new := old;
    if wanted = old.state then
        new.told_at := at;
        return new;
    end if;
    perform set_config('portal.migrating', 'on', true);
    if old.state = 'open' and wanted in ('accepted', 'declined') then
        broken := case
            when portal_actor() is distinct from old.applicant_id
                then 'an_offer_is_answered_by_its_person'
            when at >= old.expires_at then 'an_offer_is_answered_in_time'
            when wanted = 'accepted' and appointments_why_over(old) <> ''
                then 'an_offer_that_is_over_is_not_accepted' end;
    elsif old.state = 'open' and wanted = 'expired' then
        broken := case when at < old.expires_at then 'an_offer_expires_at_its_moment' end;
    elsif old.state in ('open', 'accepted') and wanted = 'withdrawn' then
        why := appointments_why_over(old);
        broken := case when why = '' then 'an_offer_is_withdrawn_by_a_fact' end;
    elsif old.state = 'accepted' and wanted = 'used' then
        broken := case when not exists (select from appointments_appointment
                where offer_id = old.id) then 'an_offer_is_used_by_its_appointment' end;
    else
        broken := 'an_offer_follows_its_transitions';
    end if;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this offer does not become %: %', wanted, broken
            using errcode = '23514', constraint = broken;
    end if;
    new.state := wanted;
    if wanted in ('accepted', 'declined') then
        new.answered_at := at;
    end if;
    if wanted <> 'accepted' then
        new.ended_at := at;
    end if;
    new.ended_because := why;
    return new;
end $$;
create trigger keep_offer before update or delete on appointments_shortnoticeoffer
    for each row execute function appointments_keep_offer();
create trigger keep_offer_whole before truncate on appointments_shortnoticeoffer
    for each statement execute function portal_refuse_change();

-- What ends the right, shuts the place or takes the wish back ends the offer, whoever does it.
create function appointments_end_offers() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    if tg_table_name in ('appointments_closure', 'appointments_counteroutage') then
        perform pg_advisory_xact_lock(hashtextextended('appointments.site:' || new.site_id, 0));
    end if;
    perform set_config('portal.migrating', 'on', true);
    if tg_table_name = 'appointments_clearance' then
        update appointments_shortnoticeoffer set state = 'withdrawn'
            where clearance_id = new.id and state in ('open', 'accepted');
    elsif tg_table_name = 'appointments_closure' then
        update appointments_shortnoticeoffer set state = 'withdrawn'
            where site_id = new.site_id and period && new.period and state in ('open', 'accepted');
    elsif tg_table_name = 'appointments_counteroutage' then
        update appointments_shortnoticeoffer set state = 'withdrawn'
            where counter_id = new.counter_id and period && new.period
              and state in ('open', 'accepted');
    else
        update appointments_shortnoticeoffer set state = 'withdrawn'
            where dossier_id = new.dossier_id and state = 'open';
    end if;
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger end_offers after update of revoked_at on appointments_clearance
    for each row execute function appointments_end_offers();
create trigger end_offers after insert on appointments_closure
    for each row execute function appointments_end_offers();
create trigger end_offers after insert on appointments_counteroutage
    for each row execute function appointments_end_offers();
create trigger end_offers after update of short_notice on appointments_preference
    for each row when (old.short_notice and not new.short_notice)
    execute function appointments_end_offers();

-- Of all that one statement gives: no seat that is kept for somebody else, each offer used once it
-- was accepted, and no other offer left to who has an appointment now.
create function appointments_settle_offers() returns trigger language plpgsql as $$
begin
    if exists (
        select from given join appointments_shortnoticeoffer offer
            on offer.slot_id = given.slot_id and offer.seat_number = given.seat_number
        where offer.clearance_id <> given.clearance_id
          and (offer.state = 'accepted'
               or offer.state = 'open' and offer.expires_at > portal_now())
    ) then
        raise exception 'this seat is kept for somebody else' using errcode = '23514',
            constraint = 'a_seat_under_offer_is_kept_for_its_person';
    end if;
    update appointments_shortnoticeoffer offer set state = 'used'
        from given where offer.id = given.offer_id and offer.state = 'accepted';
    if exists (select from given where given.offer_id is not null and not exists (
            select from appointments_shortnoticeoffer offer
            where offer.id = given.offer_id and offer.state = 'used')) then
        raise exception 'nobody said yes to this offer' using errcode = '23514',
            constraint = 'an_appointment_follows_an_accepted_offer';
    end if;
    update appointments_shortnoticeoffer offer set state = 'withdrawn'
        from given
        where offer.clearance_id = given.clearance_id and offer.state in ('open', 'accepted');
    return null;
end $$;
create trigger settle_offers after insert on appointments_appointment
    referencing new table as given for each statement
    execute function appointments_settle_offers();

-- The offers of a run come at once, in order, each sealing the one before; the run seals the last.
create function appointments_seal_offers() returns trigger language plpgsql as $$
begin
    if exists (
        select from (
            select offer.*, lag(digest) over ranks as before, lead(digest) over ranks as after
            from appointments_shortnoticeoffer offer
            where run_id in (select run_id from offered)
            window ranks as (partition by run_id order by rank)
        ) as one join appointments_issuerun run on run.id = one.run_id
        where not run.is_near
           or one.digest <> appointments_sealed(coalesce(one.before, run.decisions_digest),
                one.rank::text, one.clearance_id::text, one.slot_id::text,
                one.seat_number::text, one.id::text)
           or one.after is null and one.digest <> run.offers_digest
    ) then
        raise exception 'the offers of a run are one chain' using errcode = '23514',
            constraint = 'offers_form_one_chain';
    end if;
    return null;
end $$;
create trigger seal_offers after insert on appointments_shortnoticeoffer
    referencing new table as offered for each statement
    execute function appointments_seal_offers();
"""
OFFERS_BACK = """
drop function appointments_seal_offers() cascade;
drop function appointments_settle_offers() cascade;
drop function appointments_end_offers() cascade;
drop trigger keep_offer_whole on appointments_shortnoticeoffer;
drop function appointments_keep_offer() cascade;
drop function appointments_make_offer() cascade;
drop function appointments_why_over(appointments_shortnoticeoffer);
"""

# The guards of migration 0012, with the offers of a run sealed by it.
RUNS = """
create or replace function appointments_seal_run() returns trigger language plpgsql as $$
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
            new.next_seed_digest{offers}) then
        raise exception 'the seal of this run is another' using errcode = '23514',
            constraint = 'a_run_is_sealed';
    end if;
    return new;
end $$;

create or replace function appointments_decide_all() returns trigger language plpgsql as $$
begin
    if (select count(*) from appointments_issuedecision where run_id = new.id) <> new.waiting
       or new.inputs_digest = '' or not exists (
            select from appointments_runinputs where run_id = new.id){chain} then
        raise exception 'a run decides for everybody who waited, and keeps what it looked at'
            using errcode = '23514', constraint = 'a_run_decides_everybody';
    end if;
    return null;
end $$;
"""
SEALED = ", new.is_near::int::text, new.offers_digest"
CHAINED = """
       or new.offers_digest <> coalesce((select digest from appointments_shortnoticeoffer
            where run_id = new.id order by rank desc limit 1), new.decisions_digest)"""


def guards_of_runs(offers, chain):
    """The two guards, with what they add to those of before."""
    return RUNS.replace("{offers}", offers).replace("{chain}", chain)


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0015_reminders'),
        ('correspondence', '0002_a_letter_is_revoked_once'),
        ('dossiers', '0005_help_at_the_counter'),
        ('territory', '0004_where_a_site_is'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShortNoticeOffer',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rank', models.PositiveIntegerField()),
                ('prefecture_code', models.CharField(max_length=3)),
                ('purpose', models.CharField(max_length=20)),
                ('seat_number', models.PositiveSmallIntegerField()),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('state', models.CharField(choices=[('open', 'En attente de réponse'), ('accepted', 'Acceptée'), ('used', 'Devenue un rendez-vous'), ('declined', 'Refusée'), ('expired', 'Restée sans réponse'), ('withdrawn', 'Retirée')], db_default='open', default='open', max_length=10)),
                ('offered_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_because', models.CharField(blank=True, choices=[('revoked', 'Aucune visite n’est plus nécessaire'), ('closed', 'Le guichet ne reçoit plus à ce moment'), ('given', 'Un rendez-vous a été donné entre-temps'), ('unwilling', 'La personne ne souhaite plus de place proche'), ('elsewhere', 'La personne est attendue ailleurs à ce moment'), ('late', 'Le moment est passé')], db_default='', default='', max_length=10)),
                ('told_at', models.DateTimeField(blank=True, null=True)),
                ('digest', models.CharField(max_length=64)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='appointment',
            name='ten_days_notice_or_two_people_say_urgent',
        ),
        migrations.AddField(
            model_name='issuerun',
            name='is_near',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='issuerun',
            name='offers_digest',
            field=models.CharField(blank=True, db_default='', default='', max_length=64),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='applicant',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='clearance',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='appointments.clearance'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='counter',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.counter'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='dossier',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='person',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.person'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='run',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='appointments.issuerun'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='service',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='site',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddField(
            model_name='shortnoticeoffer',
            name='slot',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='offers', to='appointments.slot'),
        ),
        migrations.AddField(
            model_name='appointment',
            name='offer',
            field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.shortnoticeoffer'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('period__startswith__gte', django.db.models.expressions.CombinedExpression(models.F('issued_at'), '+', models.Value(datetime.timedelta(days=10)))), models.Q(('urgent_approved_by__isnull', False), ('urgent_by__isnull', False), models.Q(('urgent_by', models.F('urgent_approved_by')), _negated=True)), ('offer__isnull', False), _connector='OR'), name='ten_days_notice_unless_urgent_or_accepted'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('offer__isnull', False)), fields=('offer',), name='an_offer_becomes_one_appointment'),
        ),
        migrations.AddIndex(
            model_name='shortnoticeoffer',
            index=models.Index(condition=models.Q(('state__in', ('open', 'accepted')), models.Q(('state__in', ['expired', 'withdrawn']), ('told_at', None)), _connector='OR'), fields=['prefecture_code'], name='offers_to_end_or_to_tell'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'used', 'declined', 'expired', 'withdrawn'])), name='an_offer_has_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.CheckConstraint(condition=models.Q(('period__startswith__gte', django.db.models.expressions.CombinedExpression(models.F('offered_at'), '+', models.Value(datetime.timedelta(days=1)))), ('period__startswith__lt', django.db.models.expressions.CombinedExpression(models.F('offered_at'), '+', models.Value(datetime.timedelta(days=10))))), name='an_offer_is_of_a_near_seat'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('offered_at')), ('expires_at__lte', django.db.models.expressions.CombinedExpression(models.F('offered_at'), '+', models.Value(datetime.timedelta(days=1))))), name='an_offer_is_answered_within_a_day'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('ended_at', None), ('ended_because', ''), ('state', 'open')), models.Q(('answered_at__isnull', False), ('ended_at', None), ('ended_because', ''), ('state', 'accepted')), models.Q(('answered_at__isnull', False), ('ended_at__isnull', False), ('ended_because', ''), ('state__in', ['used', 'declined'])), models.Q(('answered_at', None), ('ended_at__isnull', False), ('ended_because', ''), ('state', 'expired')), models.Q(('ended_at__isnull', False), ('ended_because__in', ['revoked', 'closed', 'given', 'unwilling', 'elsewhere', 'late']), ('state', 'withdrawn')), _connector='OR'), name='an_offer_has_the_moments_of_its_state'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.CheckConstraint(condition=models.Q(('told_at', None), ('state__in', ['expired', 'withdrawn']), _connector='OR'), name='what_is_told_of_an_offer_is_its_end'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('slot', 'seat_number'), name='a_seat_is_offered_to_one_person_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('open', 'accepted'))), fields=('clearance',), name='one_offer_at_a_time_for_a_clearance'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.UniqueConstraint(fields=('run', 'rank'), name='a_rank_of_a_run_is_offered_one_seat'),
        ),
        migrations.AddConstraint(
            model_name='shortnoticeoffer',
            constraint=models.UniqueConstraint(fields=('id', 'clearance', 'slot', 'seat_number'), name='an_offer_is_referred_to_with_its_seat'),
        ),
        migrations.RunSQL(BINDINGS, BINDINGS_BACK),
        migrations.RunSQL(OFFERS, OFFERS_BACK),
        migrations.RunSQL(guards_of_runs(SEALED, CHAINED), guards_of_runs("", "")),
        rls.protect_by("appointments_shortnoticeoffer", OFFERED),
    ]
