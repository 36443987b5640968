"""Help at the counter: an agent passes row security by one row, on one draft, for two hours."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# What an agent may not read is compared by the database itself; each failure is counted.
RECOGNISE = """
create function dossiers_serves_at_a_counter(agent bigint, office text) returns boolean
    language sql stable as $$
    select exists (select from accounts_post p
        where p.user_id = agent and p.role = 'counter_agent' and p.prefecture_id = office
            and p.starts_on <= (portal_now() at time zone 'Europe/Paris')::date
            and (p.ends_on is null or p.ends_on >= (portal_now() at time zone 'Europe/Paris')::date))
$$;

create function dossiers_note_identification(recognised bigint) returns uuid
    language plpgsql as $$
declare
    actor bigint := portal_actor();
    made uuid := gen_random_uuid();
    failures int;
begin
    if not exists (select from unnest(portal_prefectures()) as office
            where dossiers_serves_at_a_counter(actor, office)) then
        raise exception 'only an agent of a counter recognises a person'
            using errcode = '42501';
    end if;
    -- two windows of one agent count one after the other
    perform pg_advisory_xact_lock(hashtext('dossiers_identification'), actor::int);
    select count(*) into failures from dossiers_assistedidentification
        where agent_id = actor and applicant_id is null and at > portal_now() - interval '1 hour';
    if failures >= 10 then
        return null;
    end if;
    insert into dossiers_assistedidentification (id, agent_id, applicant_id, at)
        values (made, actor, recognised, portal_now());
    return made;
end $$;

create function dossiers_recognise(address text, foreigner text, born date) returns uuid
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found bigint[];
    made uuid;
begin
    perform set_config('portal.migrating', 'on', true);
    if address <> '' then
        select array_agg(distinct u.id) into found
            from accounts_user u join dossiers_dossier d on d.applicant_id = u.id
            where u.email = address and u.kind = 'applicant' and u.is_active
                and d.answers ->> 'birth_date' = born::text;
    else
        select array_agg(distinct u.id) into found
            from dossiers_person p join dossiers_dossier d on d.person_id = p.id
            join accounts_user u on u.id = d.applicant_id
            where p.foreigner_number = foreigner and u.kind = 'applicant' and u.is_active
                and d.answers ->> 'birth_date' = born::text;
    end if;
    -- a number that several accounts gave recognises nobody
    made := dossiers_note_identification(case when cardinality(found) = 1 then found[1] end);
    perform set_config('portal.migrating', before, true);
    return made;
end $$;

create function dossiers_vouch(account bigint) returns uuid
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found bigint;
    made uuid;
begin
    perform set_config('portal.migrating', 'on', true);
    select u.id into found from accounts_user u
        where u.id = account and u.kind = 'applicant' and u.is_active
            and not exists (select from dossiers_dossier d where d.applicant_id = u.id);
    made := dossiers_note_identification(found);
    perform set_config('portal.migrating', before, true);
    return made;
end $$;

create function dossiers_draft_for(identification uuid, procedure text) returns uuid
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found uuid;
begin
    perform set_config('portal.migrating', 'on', true);
    select d.id into found from dossiers_assistedidentification i
        join dossiers_dossier d on d.applicant_id = i.applicant_id
        where i.id = identification and i.agent_id = portal_actor()
            and i.at > portal_now() - interval '30 minutes'
            and d.procedure_code = procedure and d.filed_at is null and d.withdrawn_at is null;
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_typists(dossier uuid) returns bigint[]
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found bigint[];
begin
    perform set_config('portal.migrating', 'on', true);
    select coalesce(array_agg(distinct agent_id order by agent_id), '{}') into found
        from dossiers_assistedsession where dossier_id = dossier;
    perform set_config('portal.migrating', before, true);
    return found;
end $$;
"""
FORGET = """
drop function dossiers_typists(uuid);
drop function dossiers_draft_for(uuid, text);
drop function dossiers_vouch(bigint);
drop function dossiers_recognise(text, text, date);
drop function dossiers_note_identification(bigint);
drop function dossiers_serves_at_a_counter(bigint, text);
"""

# A session is opened on somebody just recognised, by an agent of that counter, on a draft.
SESSIONS = """
alter table dossiers_assistedsession
    add constraint an_assistance_is_on_the_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id)
    deferrable initially deferred;
alter table dossiers_assistedsession
    add constraint an_assistance_follows_an_identification
    foreign key (identification_id, agent_id, applicant_id)
    references dossiers_assistedidentification (id, agent_id, applicant_id);
alter table dossiers_submission
    add constraint a_submission_was_typed_in_its_own_session
    foreign key (assisted_session_id, dossier_id, typed_by_id)
    references dossiers_assistedsession (id, dossier_id, agent_id);
create trigger keep_channel before update on dossiers_submission for each row
    execute function portal_refuse_columns('channel', 'typed_by_id', 'assisted_session_id');

create function dossiers_open_assistance() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    refused text;
begin
    perform set_config('portal.migrating', 'on', true);
    update dossiers_assistedsession set ended_at = until, ended_why = 'expired'
        where ended_at is null and until <= portal_now()
            and (dossier_id = new.dossier_id or agent_id = new.agent_id);
    refused := case
        when not dossiers_serves_at_a_counter(new.agent_id, new.prefecture_code)
            then 'an_assistance_is_given_by_an_agent_of_the_counter'
        when not exists (select from dossiers_assistedidentification i
            where i.id = new.identification_id and i.agent_id = new.agent_id
                and i.applicant_id = new.applicant_id
                and i.at > portal_now() - interval '30 minutes')
            then 'an_assistance_follows_an_identification_at_once'
        when exists (select from dossiers_dossier d where d.id = new.dossier_id
                and (d.filed_at is not null or d.withdrawn_at is not null))
            then 'an_assistance_is_on_a_draft'
        when new.ended_at is not null then 'an_assistance_begins_open'
    end;
    perform set_config('portal.migrating', before, true);
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger open_assistance before insert on dossiers_assistedsession
    for each row execute function dossiers_open_assistance();
create trigger keep_end before update on dossiers_assistedsession
    for each row when (old.ended_at is not null)
    execute function portal_refuse_columns('ended_at', 'ended_why', 'filed_number');

-- whoever ends the draft ends the help: the agent never looks on at what was filed
create function dossiers_end_assistance_with_draft() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select from dossiers_assistedsession
        where dossier_id = new.id and ended_at is null);
    perform set_config('portal.migrating', before, true);
    if found then
        raise exception 'this dossier is no draft any more and an agent still has it open'
            using errcode = '23514', constraint = 'no_assistance_outlives_the_draft';
    end if;
    return null;
end $$;
create constraint trigger no_assistance_outlives_the_draft
    after update of filed_at, withdrawn_at on dossiers_dossier
    deferrable initially deferred for each row
    when (new.filed_at is not null or new.withdrawn_at is not null)
    execute function dossiers_end_assistance_with_draft();

create function dossiers_say_who_typed() returns trigger language plpgsql as $$
begin
    if new.typed_by_id is distinct from portal_actor() then
        raise exception 'a request filed by somebody else than its person says who typed it'
            using errcode = '23514', constraint = 'a_first_submission_says_who_typed';
    end if;
    return new;
end $$;
create trigger a_first_submission_says_who_typed before insert on dossiers_submission
    for each row when (new.number = 1 and current_user = 'portal_web'
        and (new.typed_by_id is not null or portal_actor() is distinct from new.applicant_id))
    execute function dossiers_say_who_typed();
"""
NO_SESSIONS = """
drop function dossiers_say_who_typed() cascade;
drop function dossiers_end_assistance_with_draft() cascade;
drop trigger keep_end on dossiers_assistedsession;
drop function dossiers_open_assistance() cascade;
drop trigger keep_channel on dossiers_submission;
alter table dossiers_submission drop constraint a_submission_was_typed_in_its_own_session;
alter table dossiers_assistedsession drop constraint an_assistance_follows_an_identification;
alter table dossiers_assistedsession drop constraint an_assistance_is_on_the_persons_own_dossier;
"""

# The insider's door. It opens in the scope of the counter's own pages alone, on one dossier,
# for the agent whose session is open, while they hold the post: no policy of all agents widens.
ASSISTED = """
create function dossiers_assisted() returns uuid language sql stable as $$
    select s.dossier_id from dossiers_assistedsession s
    where portal_scope() = 'assisting' and s.agent_id = portal_actor()
        and s.ended_at is null and s.until > portal_now()
        and s.prefecture_code = any (portal_prefectures())
        and dossiers_serves_at_a_counter(s.agent_id, s.prefecture_code)
$$;
"""
OPENED = {
    "dossiers_dossier": "id",
    "dossiers_submission": "dossier_id",
    "dossiers_evidence": "dossier_id",
    "vault_storedfile": "subject_id",
    "correspondence_letter": "dossier_id",
    "correspondence_timelineline": "dossier_id",
}
MINE = "agent_id = (select portal_actor())"
THEIRS = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
PROTECTION = [
    rls.protect_by(
        "dossiers_assistedidentification",
        {
            ("an_agent_sees_their_own", "portal_web"): (MINE, "select"),
            ("worker", "portal_worker"): (SYSTEM, "select"),
        },
    ),
    rls.append_only("dossiers_assistedidentification"),
    rls.protect_by(
        "dossiers_assistedsession",
        {
            ("seen_by_both", "portal_web"): (f"{MINE} or {THEIRS}", "select"),
            ("opened_by_the_agent", "portal_web"): (
                MINE,
                "insert",
                f"{MINE} and prefecture_code = any ((select portal_prefectures())::text[])",
            ),
            ("ended_by_either", "portal_web"): (f"{MINE} or {THEIRS}", "update"),
            ("worker", "portal_worker"): (SYSTEM, "select"),
        },
    ),
    rls.stamp("dossiers_assistedsession", "opened_at"),
    rls.immutable(
        "dossiers_assistedsession",
        *("id", "dossier_id", "applicant_id", "agent_id", "prefecture_code"),
        *("identification_id", "reason", "reason_text", "consent", "opened_at", "until"),
    ),
    migrations.RunSQL(RECOGNISE, FORGET),
    migrations.RunSQL(SESSIONS, NO_SESSIONS),
    migrations.RunSQL(ASSISTED, "drop function dossiers_assisted()"),
    *(rls.open_by(table, "dossiers_assisted()", column) for table, column in OPENED.items()),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_one_human_one_agent_account'),
        ('correspondence', '0002_a_letter_is_revoked_once'),
        ('dossiers', '0004_a_request_holds_the_review_or_not'),
        ('vault', '0002_removed_and_revoked_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AssistedIdentification',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='AssistedSession',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('reason', models.CharField(choices=[('no_device', 'La personne n’a pas d’ordinateur, de téléphone ou de connexion'), ('cannot_read', 'La personne lit ou écrit difficilement'), ('disability', 'La personne a un handicap qui l’empêche d’utiliser le portail'), ('service_failed', 'Le portail n’a pas fonctionné pour cette personne'), ('other', 'Une autre raison')], max_length=16)),
                ('reason_text', models.TextField(blank=True)),
                ('consent', models.CharField(choices=[('paper', 'Par écrit, sur le formulaire signé'), ('spoken', 'De vive voix, devant l’agent')], max_length=8)),
                ('opened_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_why', models.CharField(blank=True, choices=[('filed', 'La demande est déposée'), ('agent', 'L’agent a mis fin à l’aide'), ('person', 'La personne a mis fin à l’aide'), ('discarded', 'Le brouillon est supprimé'), ('expired', 'Le temps prévu est passé')], max_length=12)),
                ('filed_number', models.CharField(blank=True, max_length=19)),
            ],
        ),
        migrations.AddField(
            model_name='submission',
            name='channel',
            field=models.CharField(choices=[('online', 'En ligne'), ('counter', 'Au guichet, avec un agent')], db_default='online', default='online', max_length=8),
        ),
        migrations.AddField(
            model_name='submission',
            name='typed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.UniqueConstraint(fields=('id', 'applicant'), name='a_dossier_has_one_applicant'),
        ),
        migrations.AddField(
            model_name='assistedidentification',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assistedidentification',
            name='applicant',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assistedsession',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assistedsession',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assistedsession',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='assistedsession',
            name='identification',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.assistedidentification'),
        ),
        migrations.AddField(
            model_name='submission',
            name='assisted_session',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submission', to='dossiers.assistedsession'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assisted_session', None), ('channel', 'online'), ('typed_by', None)), models.Q(('assisted_session__isnull', False), ('channel', 'counter'), ('number', 1), ('typed_by__isnull', False)), _connector='OR'), name='a_submission_at_the_counter_says_who_typed'),
        ),
        migrations.AddIndex(
            model_name='assistedidentification',
            index=models.Index(models.F('agent'), models.F('at'), name='identifications_of_an_agent'),
        ),
        migrations.AddConstraint(
            model_name='assistedidentification',
            constraint=models.UniqueConstraint(fields=('id', 'agent', 'applicant'), name='an_identification_names_one_person'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('dossier',), name='one_open_assistance_per_dossier'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('agent',), name='one_open_assistance_per_agent'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.UniqueConstraint(fields=('id', 'dossier', 'agent'), name='an_assistance_has_one_dossier_and_one_agent'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(('agent', models.F('applicant')), _negated=True), name='nobody_assists_themselves'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['no_device', 'cannot_read', 'disability', 'service_failed', 'other']), models.Q(models.Q(('reason', 'other'), _negated=True), models.Q(('reason_text', ''), _negated=True), _connector='OR')), name='an_assistance_says_why'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(('consent__in', ['paper', 'spoken'])), name='a_consent_is_written_or_spoken'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('opened_at')), ('until__lte', django.db.models.expressions.CombinedExpression(models.F('opened_at'), '+', models.Value(datetime.timedelta(seconds=7200))))), name='an_assistance_lasts_two_hours_at_most'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_why', '')), models.Q(('ended_at__isnull', False), ('ended_why__in', ['filed', 'agent', 'person', 'discarded', 'expired'])), _connector='OR'), name='an_assistance_that_ended_says_how'),
        ),
        migrations.AddConstraint(
            model_name='assistedsession',
            constraint=models.CheckConstraint(condition=models.Q(('filed_number', ''), ('ended_why', 'filed'), _connector='OR'), name='only_a_filing_gives_the_agent_a_number'),
        ),
        *PROTECTION,
    ]
