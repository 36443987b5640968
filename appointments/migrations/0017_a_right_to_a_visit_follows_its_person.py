"""A right to a visit follows its person to another office; what is shut may open again sooner."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"


def here(table):
    """The office that made a row sees it as long as it has the case."""
    return (
        f"{OFFICE} and exists (select from workflows_case home"
        f" where home.dossier_id = {table}.dossier_id"
        f" and home.prefecture_code = {table}.prefecture_code)"
    )


# The rows of a visit keep the office where it took place: its runs are replayed from them. The
# web of that office no longer reads them once the case has left. As it was, and as it is.
SEEN = (
    ("appointments_clearance", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_clearance", "web_changes", f"{MINE} or {OFFICE}"),
    ("appointments_appointment", "web", f"{MINE} or {OFFICE}"),
    ("appointments_changerequest", "web", f"{MINE} or {OFFICE}"),
    ("appointments_checkin", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_issuedecision", "web", f"{MINE} or {OFFICE}"),
    ("appointments_readmission", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_urgency", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_urgency", "web_answers", f"{OFFICE} and not {MINE}"),
    ("appointments_visit", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_visit", "web_changes", f"{OFFICE} and not {MINE}"),
    ("appointments_reminder", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_undeliverednotice", "web_reads", f"{MINE} or {OFFICE}"),
    ("appointments_undeliverednotice", "web_reaches", f"{OFFICE} and not {MINE}"),
)
KEPT = {
    ("web_reads", "portal_web"): (f"{MINE} or {here('appointments_keptrank')}", "select"),
    ("web_makes", "portal_web"): (OFFICE, "insert"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}


def seen_by(table, policy, before):
    """Both ways of one policy; what reads only has no check."""
    after = before.replace(OFFICE, f"({here(table)})")
    reads_only = policy == "web_reads"
    return migrations.RunSQL(
        *(
            f"alter policy {policy} on {table} using ({rule})"
            + ("" if reads_only else f" with check ({rule})")
            for rule in (after, before)
        )
    )


BINDINGS = """
alter table appointments_keptrank
    add constraint a_kept_rank_is_of_the_person_of_its_right
        foreign key (clearance_id, dossier_id, applicant_id, prefecture_code)
        references appointments_clearance (id, dossier_id, applicant_id, prefecture_code)
        deferrable initially deferred;
"""
UNBOUND = """
alter table appointments_keptrank drop constraint a_kept_rank_is_of_the_person_of_its_right;
"""

# As in migration 0012.
COUNTED = """
    select coalesce(max(attempt), 0) + 1 into new.attempt from appointments_appointment
        where dossier_id = new.dossier_id and purpose = new.purpose;
    new.user_changes := 0;
    if new.attempt > 1 then
        select count(*) into new.user_changes
            from appointments_changerequest change
            join appointments_appointment given on given.id = change.appointment_id
            where given.dossier_id = new.dossier_id and given.purpose = new.purpose;
    end if;"""

# They run as the owner, with the migration policy: the former office's rows must be counted,
# whoever acts.
FOLLOW = """
-- Before the former right ends: what counts for the rank, read here and nowhere else.
create function appointments_keep_rank() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    was appointments_clearance;
    prior appointments_keptrank;
    office text;
    spoken integer;
    broken text;
begin
    perform set_config('portal.migrating', 'on', true);
    select * into was from appointments_clearance where id = new.former_id for no key update;
    select * into prior from appointments_keptrank where clearance_id = was.id;
    select prefecture_code into office from workflows_case where id = was.case_id;
    broken := case
        when was.id is null or was.revoked_at is not null then 'a_rank_is_kept_of_a_live_right'
        when exists (select from appointments_clearance where id = new.clearance_id)
            then 'a_rank_is_kept_before_the_right_is_born'
        when office is not distinct from was.prefecture_code
             or office is distinct from new.prefecture_code
            then 'a_rank_is_kept_at_another_office'
        when exists (select from appointments_visit visit
                join appointments_appointment given on given.id = visit.check_in_id
                where given.clearance_id = was.id and visit.step_id is not null)
            then 'a_used_right_is_not_kept'
        end;
    if broken is null then
        select count(*) into spoken from appointments_readmission where clearance_id = was.id;
        new.first_id := coalesce(prior.first_id, was.id);
        new.dossier_id := was.dossier_id;
        new.applicant_id := was.applicant_id;
        new.waiting_since := coalesce(prior.waiting_since, was.cleared_at);
        new.readmitted := coalesce(prior.readmitted, 0) + spoken
            - case when prior.is_doubted and spoken > 0 then 1 else 0 end;
        -- who was never reached has missed nothing; what the office took back raises by a class
        select coalesce(prior.attempts, 0) + count(*),
               coalesce(prior.changes, 0) + count(asked.id),
               coalesce(prior.missed, 0) + count(*) filter (where given.state = 'missed'
                   and not exists (select from appointments_undeliverednotice notice
                       where notice.appointment_id = given.id and notice.reached_at is null)),
               coalesce(prior.taken_back, 0) + count(*) filter (where given.state = 'revoked'),
               array(select distinct day from unnest(coalesce(prior.avoided, '{}'::date[])
                   || array_agg((lower(given.period) at time zone 'Europe/Paris')::date)
                       filter (where given.state in ('missed', 'cancelled'))) as day
                   order by day)
            into new.attempts, new.changes, new.missed, new.taken_back, new.avoided
            from appointments_appointment given
            left join appointments_changerequest asked on asked.appointment_id = given.id
            where given.clearance_id = was.id;
        new.is_doubted := coalesce(
            (select visit.outcome = 'unidentified' and visit.again_at is null
             from appointments_visit visit
             join appointments_appointment given on given.id = visit.check_in_id
             where given.clearance_id = was.id order by visit.arrived_at desc limit 1),
            prior.is_doubted and spoken = 0, false);
        new.at := portal_now();
    end if;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this rank is not kept: %', broken using errcode = '23514',
            constraint = broken;
    end if;
    return new;
end $$;
create trigger keep_rank before insert on appointments_keptrank
    for each row execute function appointments_keep_rank();

-- Whoever is in the waiting room, or at the counter, is there for an office that has the case no
-- more: the visit ends, and nobody is called.
create function appointments_end_visits_that_moved() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    update appointments_visit set state = 'ended', outcome = 'moved'
        where state <> 'ended' and check_in_id in (
            select id from appointments_appointment where clearance_id = new.former_id);
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger end_visits_that_moved after insert on appointments_keptrank
    for each row execute function appointments_end_visits_that_moved();

create function appointments_end_moved_visit() returns trigger language plpgsql as $$
begin
    if old.state = 'ended' or new.state <> 'ended'
       or (to_jsonb(new) - array['state', 'outcome', 'ended_at'])
            is distinct from (to_jsonb(old) - array['state', 'outcome', 'ended_at'])
       or not exists (select from appointments_keptrank kept
            join appointments_appointment given on given.clearance_id = kept.former_id
            where given.id = new.check_in_id) then
        raise exception 'nothing shows that the case of this visit moved' using errcode = '23514',
            constraint = 'a_visit_that_moved_has_its_case_elsewhere';
    end if;
    -- what it waited for may have begun after it
    new.ended_at := greatest(portal_now(), old.arrived_at, old.called_at, old.served_at);
    return new;
end $$;
drop trigger move_visit on appointments_visit;
create trigger move_visit before update on appointments_visit
    for each row when (new.outcome <> 'moved') execute function appointments_move_visit();
create trigger keep_visit before delete on appointments_visit
    for each row execute function appointments_move_visit();
create trigger end_moved_visit before update on appointments_visit
    for each row when (new.outcome = 'moved') execute function appointments_end_moved_visit();

-- A right is born in the office that has the case, for the visit that its step asks for. Born of
-- a transfer, it takes the place of one that ends in the same transaction, and keeps its rank.
create function appointments_begin_right() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    step workflows_step;
    was appointments_clearance;
    office text;
    broken text;
begin
    perform set_config('portal.migrating', 'on', true);
    select * into step from workflows_step where id = new.step_id;
    select prefecture_code into office from workflows_case where id = new.case_id;
    select former.* into was from appointments_keptrank kept
        join appointments_clearance former on former.id = kept.former_id
        where kept.clearance_id = new.id;
    broken := case
        when not coalesce(step.clears, false) then null  -- the key of the step says it
        when office is distinct from new.prefecture_code
            then 'a_right_is_born_in_the_office_that_has_the_case'
        when new.purpose is distinct from case step.target
                when 'biometrics_due' then 'biometrics' when 'card_ready' then 'collection' end
            then 'a_right_is_to_the_visit_that_its_step_asks_for'
        when (step.move = 'transfer_visit') <> (was.id is not null)
            then 'a_right_that_moved_keeps_its_rank'
        when was.id is not null and (was.case_id, was.purpose, was.revoked_at)
                is distinct from (new.case_id, new.purpose, portal_now())
            then 'a_right_takes_the_place_of_one_that_ends'
        end;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this right is refused: %', broken using errcode = '23514',
            constraint = broken;
    end if;
    if was.id is not null then
        new.filed_at := was.filed_at; new.deadline_on := was.deadline_on;
        new.is_vulnerable := was.is_vulnerable; new.household := was.household;
    end if;
    return new;
end $$;
create trigger begin_right before insert on appointments_clearance
    for each row execute function appointments_begin_right();

-- What two people agreed, or one asked, stays said.
create function appointments_carry_urgency() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    insert into appointments_urgency (id, clearance_id, dossier_id, applicant_id, prefecture_code,
            ground, reason, asked_by_id, asked_at, approved_by_id, approved_at, carried_from_id)
        select gen_random_uuid(), new.id, new.dossier_id, new.applicant_id, new.prefecture_code,
            said.ground, said.reason, said.asked_by_id, said.asked_at, said.approved_by_id,
            said.approved_at, said.id
        from appointments_keptrank kept
        join appointments_urgency said on said.clearance_id = kept.former_id
        where kept.clearance_id = new.id and said.declined_at is null;
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger carry_urgency after insert on appointments_clearance
    for each row execute function appointments_carry_urgency();

create function appointments_begin_carried_urgency() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select from appointments_urgency said
        join appointments_keptrank kept on kept.former_id = said.clearance_id
        where said.id = new.carried_from_id and kept.clearance_id = new.clearance_id
          and (said.ground, said.reason, said.asked_by_id) =
              (new.ground, new.reason, new.asked_by_id)
          and (said.approved_by_id, said.approved_at, said.declined_by_id, said.declined_at)
              is not distinct from
              (new.approved_by_id, new.approved_at, new.declined_by_id, new.declined_at)
          and said.declined_at is null);
    perform set_config('portal.migrating', before, true);
    if not found then
        raise exception 'an urgency is carried as it was said' using errcode = '23514',
            constraint = 'an_urgency_is_carried_as_it_was_said';
    end if;
    return new;
end $$;
drop trigger begin_urgency on appointments_urgency;
create trigger begin_urgency before insert on appointments_urgency
    for each row when (new.carried_from_id is null) execute function appointments_begin_urgency();
create trigger begin_carried_urgency before insert on appointments_urgency
    for each row when (new.carried_from_id is not null)
    execute function appointments_begin_carried_urgency();

-- The run of the new office counts on from what the former one gave, which it does not see.
create or replace function appointments_give() returns trigger language plpgsql as $$
declare
    kept appointments_keptrank;
begin
    if new.state <> 'issued' then
        raise exception 'an appointment begins issued' using errcode = '23514',
            constraint = 'an_appointment_begins_issued';
    end if;
    select * into kept from appointments_keptrank where clearance_id = new.clearance_id;
    if found then
        select kept.attempts + count(*) + 1, kept.changes + count(change.id)
            into new.attempt, new.user_changes
            from appointments_appointment given
            left join appointments_changerequest change on change.appointment_id = given.id
            where given.clearance_id = new.clearance_id;
        return new;
    end if;
{as_before}
    return new;
end $$;

-- Whether a visit of the offices of who acts is theirs no more; nothing else is said of it.
create function appointments_has_left(asked_id uuid, asked_code text, asked_scan uuid)
    returns boolean language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select from appointments_appointment given
        join workflows_case home on home.dossier_id = given.dossier_id
        where (given.id = asked_id or given.code = asked_code or given.scan_id = asked_scan)
          and given.prefecture_code = any (portal_prefectures()::text[])
          and home.prefecture_code is distinct from given.prefecture_code);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;
""".replace("{as_before}", COUNTED)
STAY = """
create or replace function appointments_give() returns trigger language plpgsql as $$
begin
    if new.state <> 'issued' then
        raise exception 'an appointment begins issued' using errcode = '23514',
            constraint = 'an_appointment_begins_issued';
    end if;
{as_before}
    return new;
end $$;
drop function appointments_has_left(uuid, text, uuid);
drop trigger begin_carried_urgency on appointments_urgency;
drop trigger begin_urgency on appointments_urgency;
create trigger begin_urgency before insert on appointments_urgency
    for each row execute function appointments_begin_urgency();
drop function appointments_begin_carried_urgency();
drop function appointments_carry_urgency() cascade;
drop function appointments_begin_right() cascade;
drop trigger end_moved_visit on appointments_visit;
drop trigger keep_visit on appointments_visit;
drop trigger move_visit on appointments_visit;
create trigger move_visit before update or delete on appointments_visit
    for each row execute function appointments_move_visit();
drop function appointments_end_moved_visit();
drop function appointments_end_visits_that_moved() cascade;
drop function appointments_keep_rank() cascade;
""".replace("{as_before}", COUNTED)

SHORTEN = """
-- What is shut begins with a length and may only open sooner: now at the earliest, or never shut.
create function appointments_shorten() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' and isempty(new.period) then
        raise exception 'what is shut has a length' using errcode = '23514',
            constraint = 'a_closure_has_a_length';
    end if;
    if tg_op = 'INSERT' then
        return new;
    end if;
    if tg_op = 'DELETE' or (to_jsonb(new) - 'period') is distinct from (to_jsonb(old) - 'period')
       or isempty(old.period)
       or isempty(new.period) and (lower_inf(old.period) or lower(old.period) <= portal_now())
       or not isempty(new.period) and (
            lower(new.period) is distinct from lower(old.period) or new.period = old.period
            or not new.period <@ old.period or upper(new.period) < portal_now()) then
        raise exception 'what is shut only opens sooner' using errcode = '23514',
            constraint = 'a_closure_only_becomes_shorter';
    end if;
    return new;
end $$;
drop trigger append_only on appointments_closure;
drop trigger append_only on appointments_counteroutage;
create trigger shorten before insert or update or delete on appointments_closure
    for each row execute function appointments_shorten();
create trigger shorten before insert or update or delete on appointments_counteroutage
    for each row execute function appointments_shorten();
create policy web_shortens on appointments_closure for update to portal_web
    using ({office}) with check ({office});
create policy web_shortens on appointments_counteroutage for update to portal_web
    using ({office}) with check ({office});
""".replace("{office}", OFFICE)
LAST = """
drop policy web_shortens on appointments_counteroutage;
drop policy web_shortens on appointments_closure;
drop function appointments_shorten() cascade;
create trigger append_only before update or delete on appointments_counteroutage
    for each row execute function portal_refuse_change();
create trigger append_only before update or delete on appointments_closure
    for each row execute function portal_refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0016_near_seats_are_offered'),
        ('dossiers', '0005_help_at_the_counter'),
        ('territory', '0004_where_a_site_is'),
        ('workflows', '0022_a_granted_case_follows_its_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptRank',
            fields=[
                ('clearance', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='kept', serialize=False, to='appointments.clearance')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('waiting_since', models.DateTimeField()),
                ('attempts', models.PositiveSmallIntegerField(default=0, help_text='appointments given before')),
                ('changes', models.PositiveSmallIntegerField(default=0, help_text='asked for by the person')),
                ('missed', models.PositiveSmallIntegerField(default=0)),
                ('readmitted', models.PositiveSmallIntegerField(default=0)),
                ('taken_back', models.PositiveSmallIntegerField(default=0, help_text='by the office, not by them')),
                ('avoided', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, help_text='days that they gave back', size=None)),
                ('is_doubted', models.BooleanField(default=False, help_text='nobody could recognise them, and nobody has spoken with them yet')),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='closure',
            name='a_closure_has_a_length',
        ),
        migrations.RemoveConstraint(
            model_name='counteroutage',
            name='an_outage_has_a_beginning_and_an_end',
        ),
        migrations.RemoveConstraint(
            model_name='visit',
            name='an_outcome_is_of_the_purpose_with_its_reason',
        ),
        migrations.RemoveConstraint(
            model_name='visit',
            name='only_who_left_ends_before_the_counter',
        ),
        migrations.AddField(
            model_name='urgency',
            name='carried_from',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.urgency'),
        ),
        migrations.AlterField(
            model_name='visit',
            name='outcome',
            field=models.CharField(blank=True, choices=[('prints_taken', 'Empreintes prises'), ('card_given', 'Carte remise'), ('unidentified', 'Identité non établie'), ('incomplete', 'Visite incomplète'), ('left', 'Partie avant son tour'), ('moved', 'Dossier transféré à une autre préfecture')], default='', max_length=20),
        ),
        migrations.AddConstraint(
            model_name='counteroutage',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', True), models.Q(('period__lower_inf', False), ('period__upper_inf', False)), _connector='OR'), name='an_outage_has_a_beginning_and_an_end'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('old_card', ''), ('outcome', ''), ('reason', ''), ('step', None)), models.Q(('old_card', ''), ('outcome', 'unidentified'), ('reason__in', ('no_paper', 'other_face', 'doubtful_paper')), ('step', None)), models.Q(('old_card', ''), ('outcome', 'incomplete'), ('reason__in', ('missing_paper', 'unreadable_prints', 'broken_machine', 'card_not_found', 'wrong_card')), ('step', None)), models.Q(('old_card', ''), ('outcome', 'left'), ('reason__in', ('',)), ('step', None)), models.Q(('old_card', ''), ('outcome', 'moved'), ('reason', ''), ('step', None)), models.Q(('reason', ''), ('step__isnull', False), ('old_card', ''), ('outcome', 'prints_taken'), ('purpose', 'biometrics')), models.Q(('reason', ''), ('step__isnull', False), ('old_card__in', ['taken_back', 'lost', 'none']), ('outcome', 'card_given'), ('purpose', 'collection')), _connector='OR'), name='an_outcome_is_of_the_purpose_with_its_reason'),
        ),
        migrations.AddConstraint(
            model_name='visit',
            constraint=models.CheckConstraint(condition=models.Q(('outcome__in', ['', 'left', 'moved']), ('served_at__isnull', False), _connector='OR'), name='only_who_left_ends_before_the_counter'),
        ),
        migrations.AddField(
            model_name='keptrank',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='keptrank',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='keptrank',
            name='first',
            field=models.ForeignKey(help_text='where the chain began; a calendar knows the visit by it', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.clearance'),
        ),
        migrations.AddField(
            model_name='keptrank',
            name='former',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='followed_by', to='appointments.clearance'),
        ),
        migrations.RunSQL(BINDINGS, UNBOUND),
        migrations.RunSQL(FOLLOW, STAY),
        rls.protect_by("appointments_keptrank", KEPT),
        rls.append_only("appointments_keptrank"),
        *[seen_by(*one) for one in SEEN],
        migrations.RunSQL(SHORTEN, LAST),
    ]
