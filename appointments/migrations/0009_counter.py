"""The visit at the counter, the arrival noted without the server, the screen on the wall."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
# The person may read their own number; nobody moves their own visit.
LED_BY_THE_OFFICE = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_makes", "portal_web"): (f"{OFFICE} and not {MINE}", "insert"),
    ("web_changes", "portal_web"): (f"{OFFICE} and not {MINE}", "update"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}
SCREENS = {
    ("web_reads", "portal_web"): (OFFICE, "select"),
    ("web_makes", "portal_web"): (f"{OFFICE} and opened_by_id = (select portal_actor())", "insert"),
    ("web_changes", "portal_web"): (OFFICE, "update"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
}

# Visits of the check-ins that exist already: their numbers follow their times.
BACKFILL = """
insert into appointments_visit (check_in_id, dossier_id, applicant_id, prefecture_code, site_id,
        purpose, day, number, state, arrived_at, outcome, reason, old_card)
    select entry.appointment_id, entry.dossier_id, entry.applicant_id, entry.prefecture_code,
        entry.site_id, given.purpose, (entry.at at time zone 'Europe/Paris')::date,
        row_number() over (partition by entry.site_id, (entry.at at time zone 'Europe/Paris')::date
                           order by entry.at, entry.appointment_id),
        'arrived', entry.at, '', '', ''
    from appointments_checkin entry
    join appointments_appointment given on given.id = entry.appointment_id;
"""

GUARDS = """
alter table appointments_visit
    add constraint a_visit_is_of_that_person_at_that_site
        foreign key (check_in_id, dossier_id, applicant_id, prefecture_code, site_id)
        references appointments_appointment
            (id, dossier_id, applicant_id, prefecture_code, site_id),
    add constraint a_visit_is_called_to_a_counter_of_the_site
        foreign key (counter_id, site_id) references territory_counter (id, site_id);
alter table appointments_waitingscreen
    add constraint a_screen_is_at_a_site_of_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);

-- Who leads a visit is who acts, holds that post there today, and is not close to the person.
create function appointments_check_hands(agent bigint, dossier uuid, office text, needed text)
    returns void language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    today date := (portal_now() at time zone 'Europe/Paris')::date;
    close boolean;
    posted boolean;
begin
    if agent is distinct from portal_actor() then
        raise exception 'nobody acts at the counter for another' using errcode = '23514',
            constraint = 'a_visit_is_led_by_who_acts';
    end if;
    perform set_config('portal.migrating', 'on', true);
    posted := exists (select from accounts_post
        where user_id = agent and role = needed and prefecture_id = office
          and starts_on <= today and (ends_on is null or ends_on >= today));
    close := exists (select from workflows_case
        where dossier_id = dossier and accounts_is_close(agent, contact_keys::text[]));
    perform set_config('portal.migrating', before, true);
    if not posted then
        raise exception 'this agent holds no such post there today' using errcode = '23514',
            constraint = 'a_visit_is_led_by_an_agent_of_its_office';
    end if;
    if close then
        raise exception 'this agent and the person share an address, a phone or an e-mail'
            using errcode = '23514', constraint = 'nobody_receives_someone_close_to_them';
    end if;
end $$;

-- An arrival honours, at its true time or, without the server, at the time claimed that same day.
create or replace function appointments_arrive() returns trigger language plpgsql as $$
declare
    arrived timestamptz := coalesce(new.claimed_at, new.at);
begin
    perform appointments_check_hands(
        new.agent_id, new.dossier_id, new.prefecture_code, 'counter_agent');
    if (arrived at time zone 'Europe/Paris')::date <> (new.at at time zone 'Europe/Paris')::date
    then
        raise exception 'an arrival is claimed on its own day' using errcode = '23514',
            constraint = 'an_arrival_is_claimed_on_its_own_day';
    end if;
    update appointments_appointment set state = 'honoured'
        where id = new.appointment_id and state in ('issued', 'confirmed')
          and arrived between lower(period) - interval '2 hours'
                          and upper(period) + interval '2 hours';
    if not found then
        raise exception 'no live appointment at this moment' using errcode = '23514',
            constraint = 'a_check_in_needs_a_live_appointment_now';
    end if;
    insert into appointments_visit (check_in_id, dossier_id, applicant_id, prefecture_code, site_id)
        values (new.appointment_id, new.dossier_id, new.applicant_id, new.prefecture_code,
            new.site_id);
    return null;
end $$;

create function appointments_begin_visit() returns trigger language plpgsql as $$
declare
    entry appointments_checkin;
    wanted text;
begin
    select * into entry from appointments_checkin where appointment_id = new.check_in_id;
    select purpose into wanted from appointments_appointment where id = new.check_in_id;
    if entry.appointment_id is null or wanted is null then
        raise exception 'nobody arrived' using errcode = '23514',
            constraint = 'a_visit_begins_with_an_arrival';
    end if;
    new.purpose := wanted;
    new.state := 'arrived';
    new.arrived_at := entry.at;
    new.day := (entry.at at time zone 'Europe/Paris')::date;
    new.counter_id := null; new.agent_id := null; new.step_id := null;
    new.called_at := null; new.served_at := null; new.ended_at := null;
    new.again_at := null; new.again_by_id := null;
    new.outcome := ''; new.reason := ''; new.old_card := '';
    -- one number at a time at a site
    perform pg_advisory_xact_lock(hashtextextended('appointments.tickets:' || new.site_id, 0));
    select coalesce(max(number), 0) + 1 into new.number from appointments_visit
        where site_id = new.site_id and day = new.day;
    return new;
end $$;
create trigger begin_visit before insert on appointments_visit
    for each row execute function appointments_begin_visit();

-- arrived, called (again), served, ended; whoever left ends before. Times are the clock's.
create function appointments_move_visit() returns trigger language plpgsql as $$
declare
    moved constant text[] := array['state', 'counter_id', 'agent_id', 'called_at', 'served_at',
        'ended_at', 'outcome', 'reason', 'old_card', 'step_id', 'again_at', 'again_by_id'];
begin
    if tg_op = 'DELETE' or (to_jsonb(new) - moved) is distinct from (to_jsonb(old) - moved) then
        raise exception 'a visit is never renamed, moved or deleted' using errcode = '23514',
            constraint = 'a_visit_is_never_changed';
    end if;
    if old.state = 'ended' then
        return appointments_make_visit_again(old, new);
    end if;
    if (old.state, new.state) not in (('arrived', 'called'), ('called', 'called'),
            ('called', 'served'), ('served', 'ended'))
       and not (new.state = 'ended' and new.outcome = 'left'
                and old.state in ('arrived', 'called')) then
        raise exception 'illegal move % to %', old.state, new.state using errcode = '23514',
            constraint = 'a_visit_follows_its_order';
    end if;
    perform appointments_check_hands(
        portal_actor(), new.dossier_id, new.prefecture_code, 'counter_agent');
    new.agent_id := portal_actor();
    new.called_at := case new.state when 'called' then portal_now() else old.called_at end;
    new.served_at := case new.state when 'served' then portal_now() else old.served_at end;
    new.ended_at := case new.state when 'ended' then portal_now() end;
    if new.state <> 'called' then
        new.counter_id := old.counter_id;
    end if;
    -- whoever nobody could recognise speaks with a supervisor first
    new.again_at := case when new.outcome in ('incomplete', 'left') then portal_now() end;
    new.again_by_id := null;
    perform appointments_prove_visit(new);
    return new;
end $$;

-- What was done is a step of that person's case.
create function appointments_prove_visit(visit appointments_visit) returns void
    language plpgsql as $$
begin
    if visit.step_id is not null and not exists (
        select from workflows_step step
        join appointments_clearance clearance on clearance.case_id = step.case_id
        join appointments_appointment given on given.clearance_id = clearance.id
        where given.id = visit.check_in_id and step.id = visit.step_id
          and step.at >= visit.arrived_at
          and step.move = case visit.outcome when 'prints_taken' then 'take_biometrics'
                                             when 'card_given' then 'hand_over' end) then
        raise exception 'nothing shows that this was done' using errcode = '23514',
            constraint = 'a_fulfilled_visit_shows_its_step';
    end if;
end $$;

-- The visit is over; somebody else, who leads the office's agents, spoke with the person.
create function appointments_make_visit_again(was appointments_visit, said appointments_visit)
    returns appointments_visit language plpgsql as $$
begin
    if was.again_at is not null or said.again_at is null
       or (to_jsonb(said) - array['again_at', 'again_by_id'])
            is distinct from (to_jsonb(was) - array['again_at', 'again_by_id']) then
        raise exception 'a visit that ended is over' using errcode = '23514',
            constraint = 'a_visit_is_never_changed';
    end if;
    perform appointments_check_hands(
        portal_actor(), said.dossier_id, said.prefecture_code, 'supervisor');
    if portal_actor() = was.agent_id then
        raise exception 'somebody else decides' using errcode = '23514',
            constraint = 'somebody_else_follows_up_a_visit';
    end if;
    said.again_at := portal_now();
    said.again_by_id := portal_actor();
    return said;
end $$;
create trigger move_visit before update or delete on appointments_visit
    for each row execute function appointments_move_visit();
create trigger keep_visit_whole before truncate on appointments_visit
    for each statement execute function portal_refuse_change();

-- All that a screen may say: the name of its site, numbers and counters of today.
create function appointments_screen(wanted text) returns jsonb
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    here bigint;
    shown jsonb;
begin
    perform set_config('portal.migrating', 'on', true);
    select site_id into here from appointments_waitingscreen
        where token_digest = wanted and closed_at is null
          and opened_at > portal_now() - interval '31 days';
    select jsonb_build_object('site', site.name, 'called', coalesce((
        select jsonb_agg(jsonb_build_object('number', number, 'counter', name, 'now', now)
                         order by called_at desc, number)
        from (select visit.number, counter.name, visit.state = 'called' as now, visit.called_at
              from appointments_visit visit
              join territory_counter counter on counter.id = visit.counter_id
              where visit.site_id = here and visit.state in ('called', 'served')
                and visit.day = (portal_now() at time zone 'Europe/Paris')::date
              order by visit.called_at desc, visit.number limit 6) as latest), '[]'::jsonb))
        into shown from territory_site site where site.id = here;
    perform set_config('portal.migrating', before, true);
    return shown;
end $$;
"""

BACK = """
drop function appointments_screen(text);
drop trigger keep_visit_whole on appointments_visit;
drop trigger move_visit on appointments_visit;
drop function appointments_move_visit();
drop function appointments_make_visit_again(appointments_visit, appointments_visit);
drop function appointments_prove_visit(appointments_visit);
drop function appointments_begin_visit() cascade;
create or replace function appointments_arrive() returns trigger language plpgsql as $$
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
drop function appointments_check_hands(bigint, uuid, text, text);
alter table appointments_waitingscreen drop constraint a_screen_is_at_a_site_of_the_prefecture;
alter table appointments_visit
    drop constraint a_visit_is_called_to_a_counter_of_the_site,
    drop constraint a_visit_is_of_that_person_at_that_site;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0008_visits_per_title'),
        ('dossiers', '0003_completion_item_by_item'),
        ('territory', '0003_services_their_remits_and_affiliations'),
        ('workflows', '0010_a_batch_gives_each_case_its_own_result'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Visit',
            fields=[
                ('check_in', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='visit', serialize=False, to='appointments.checkin')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('purpose', models.CharField(choices=[('biometrics', 'prise d’empreintes'), ('collection', 'remise de la carte')], max_length=20)),
                ('day', models.DateField()),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('arrived', 'Dans la salle d’attente'), ('called', 'Appel en cours'), ('served', 'Au guichet'), ('ended', 'Visite terminée')], default='arrived', max_length=10)),
                ('arrived_at', models.DateTimeField()),
                ('called_at', models.DateTimeField(null=True)),
                ('served_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('prints_taken', 'Empreintes prises'), ('card_given', 'Carte remise'), ('unidentified', 'Identité non établie'), ('incomplete', 'Visite incomplète'), ('left', 'Partie avant son tour')], default='', max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=20)),
                ('old_card', models.CharField(blank=True, choices=[('taken_back', 'Reprise au guichet'), ('lost', 'Déclarée perdue ou volée'), ('none', 'La personne n’en avait pas')], default='', max_length=10)),
                ('again_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='WaitingScreen',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('token_digest', models.CharField(max_length=64, unique=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='checkin',
            name='claimed_at',
            field=models.DateTimeField(blank=True, help_text='when a device without the server says that it was', null=True),
        ),
        migrations.AddField(
            model_name='checkin',
            name='entry_key',
            field=models.UUIDField(blank=True, help_text='of the entry on that device: sent twice, entered once', null=True),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(('agent', models.F('applicant')), _negated=True), name='nobody_receives_themselves'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_at', None), ('entry_key', None)), models.Q(('claimed_at__isnull', False), ('claimed_at__lte', models.F('at')), ('entry_key__isnull', False)), _connector='OR'), name='a_claimed_arrival_has_its_key'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(fields=('entry_key',), name='an_entry_is_made_once'),
        ),
        migrations.AddField(
            model_name='visit',
            name='again_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='agent',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='visit',
            name='counter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.counter'),
        ),
        migrations.AddField(
            model_name='visit',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='visit',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddField(
            model_name='visit',
            name='step',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.step'),
        ),
        migrations.AddField(
            model_name='waitingscreen',
            name='opened_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='waitingscreen',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.UniqueConstraint(fields=('site', 'day', 'number'), name='a_ticket_is_one_person_of_the_day'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('called_at', None), ('ended_at', None), ('served_at', None), ('state', 'arrived')), models.Q(('called_at__isnull', False), ('counter__isnull', False), ('ended_at', None), ('served_at', None), ('state', 'called')), models.Q(('called_at__isnull', False), ('counter__isnull', False), ('ended_at', None), ('served_at__isnull', False), ('state', 'served')), models.Q(('ended_at__isnull', False), ('state', 'ended')), _connector='OR'), name='a_visit_has_the_times_of_its_state'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('called_at', None), ('called_at__gte', models.F('arrived_at')), _connector='OR'), models.Q(('served_at', None), models.Q(('called_at__isnull', False), ('served_at__gte', models.F('called_at'))), _connector='OR'), models.Q(('ended_at', None), ('ended_at__gte', models.F('arrived_at')), _connector='OR'), models.Q(('ended_at', None), ('served_at', None), ('ended_at__gte', models.F('served_at')), _connector='OR')), name='the_times_of_a_visit_are_in_order'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'ended'), models.Q(('outcome', ''), _negated=True)), models.Q(models.Q(('state', 'ended'), _negated=True), ('outcome', '')), _connector='OR'), name='a_visit_ends_with_its_outcome'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('old_card', ''), ('outcome', ''), ('reason', ''), ('step', None)), models.Q(('old_card', ''), ('outcome', 'unidentified'), ('reason__in', ('no_paper', 'other_face', 'doubtful_paper')), ('step', None)), models.Q(('old_card', ''), ('outcome', 'incomplete'), ('reason__in', ('missing_paper', 'unreadable_prints', 'broken_machine', 'card_not_found', 'wrong_card')), ('step', None)), models.Q(('old_card', ''), ('outcome', 'left'), ('reason__in', ('',)), ('step', None)), models.Q(('reason', ''), ('step__isnull', False), ('old_card', ''), ('outcome', 'prints_taken'), ('purpose', 'biometrics')), models.Q(('reason', ''), ('step__isnull', False), ('old_card__in', ['taken_back', 'lost', 'none']), ('outcome', 'card_given'), ('purpose', 'collection')), _connector='OR'), name='an_outcome_is_of_the_purpose_with_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), ('outcome', 'left'), ('served_at__isnull', False), _connector='OR'), name='only_who_left_ends_before_the_counter'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('again_at', None), ('outcome__in', ['unidentified', 'incomplete', 'left']), _connector='OR'), name='only_an_unfulfilled_visit_is_made_again'),
        ),
        migrations.RunSQL(BACKFILL, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, BACK),
        rls.protect_by("appointments_visit", LED_BY_THE_OFFICE),
        rls.protect_by("appointments_waitingscreen", SCREENS),
        rls.stamp("appointments_waitingscreen", "opened_at"),
        rls.immutable(
            "appointments_waitingscreen",
            "id", "site_id", "prefecture_code", "token_digest", "opened_by_id", "opened_at",
        ),
        rls.set_once("appointments_waitingscreen", "closed_at"),
    ]
