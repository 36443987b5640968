"""Mandates: a helper passes row security by one row, on what it covers, until it ends."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# What a mandate lets through, asked by row security and by the door of its pages. Read again at
# each statement: what is revoked, past, left or out of scope is refused in the middle of a page.
ASKED = """
create function dossiers_mandate_lives(m dossiers_mandate) returns boolean
    language sql stable as $$
    select m.accepted_at is not null and m.ended_at is null and m.until > portal_now()
        and exists (select from accounts_user u
            where u.id = portal_actor() and u.is_active and u.kind = 'applicant')
        and (m.helper_id = portal_actor()
            or exists (select from accounts_membership p
                join accounts_organisation o on o.id = p.organisation_id
                where p.organisation_id = m.organisation_id and p.user_id = portal_actor()
                    and p.left_at is null and o.verified_at is not null))
$$;

create function dossiers_mandate_covers(m dossiers_mandate, d dossiers_dossier) returns boolean
    language sql stable as $$
    select d.applicant_id = m.applicant_id
        and (m.covers_all or m.dossier_id = d.id or m.procedure_code = d.procedure_code)
$$;

create function dossiers_mandated(needed text) returns uuid[]
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    scope text := portal_scope();
    found uuid[];
begin
    -- the list of all mandates is only read; to act, a page names its mandate
    if scope not like 'mandate%' or scope = 'mandate' and needed <> 'read' then
        return '{}';
    end if;
    perform set_config('portal.migrating', 'on', true);
    select coalesce(array_agg(distinct d.id), '{}') into found
        from dossiers_mandate m join dossiers_dossier d on d.applicant_id = m.applicant_id
        where (scope = 'mandate' or scope = 'mandate:' || m.id)
            and (needed = 'read' or m.level in ('fill', 'file'))
            and dossiers_mandate_lives(m) and dossiers_mandate_covers(m, d);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_begins_for() returns bigint
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    scope text := portal_scope();
    found bigint;
begin
    if scope not like 'mandate:%' then
        return null;
    end if;
    perform set_config('portal.migrating', 'on', true);
    select m.applicant_id into found from dossiers_mandate m
        where scope = 'mandate:' || m.id and m.level in ('fill', 'file') and m.dossier_id is null
            and dossiers_mandate_lives(m);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_begins(code text) returns boolean
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select from dossiers_mandate m
        where portal_scope() = 'mandate:' || m.id and (m.covers_all or m.procedure_code = code));
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_signed_by(m dossiers_mandate) returns text language sql stable as $$
    select coalesce((select p.name || ', ' from accounts_membership p
        where p.organisation_id = m.organisation_id and p.user_id = portal_actor()
            and p.left_at is null), '') || m.helper_name
$$;

create function dossiers_hold_mandate(wanted uuid, hold boolean)
    returns table (lives boolean, applicant bigint, person text, helper text, power text,
        ends timestamptz)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    if hold then
        -- an end that comes meanwhile waits for this act, and the next act finds it
        perform from dossiers_mandate m where m.id = wanted for share;
        perform from accounts_membership p join dossiers_mandate m
            on m.organisation_id = p.organisation_id
            where m.id = wanted and p.user_id = portal_actor() for share of p;
    end if;
    return query select dossiers_mandate_lives(m), m.applicant_id, m.person_name::text,
            dossiers_signed_by(m), m.level::text, m.until
        from dossiers_mandate m where m.id = wanted and (m.helper_id = portal_actor()
            or exists (select from accounts_membership p
                where p.organisation_id = m.organisation_id and p.user_id = portal_actor()));
    perform set_config('portal.migrating', before, true);
end $$;

create function dossiers_mandate_for(wanted uuid) returns uuid
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found uuid;
begin
    perform set_config('portal.migrating', 'on', true);
    select m.id into found
        from dossiers_dossier d join dossiers_mandate m on m.applicant_id = d.applicant_id
        where d.id = wanted and dossiers_mandate_covers(m, d) and m.accepted_at is not null
            and (m.helper_id = portal_actor() or exists (select from accounts_membership p
                where p.organisation_id = m.organisation_id and p.user_id = portal_actor()))
        order by dossiers_mandate_lives(m) desc,
            array_position(array['file', 'fill', 'read'], m.level::text), m.until desc, m.id
        limit 1;
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_agents_of_the_person(wanted uuid) returns bigint[]
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    today date := (portal_now() at time zone 'Europe/Paris')::date;
    found bigint[];
begin
    perform set_config('portal.migrating', 'on', true);
    select coalesce(array_agg(distinct p.user_id), '{}') into found
        from dossiers_mandate m join dossiers_dossier d on d.applicant_id = m.applicant_id
        join accounts_post p on p.prefecture_id = d.prefecture_code
        where m.id = wanted and p.starts_on <= today
            and (p.ends_on is null or p.ends_on >= today);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function dossiers_mandates_on(wanted uuid)
    returns table (kind text, helper text, power text, ends timestamptz)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    return query select m.kind::text, m.helper_name::text, m.level::text, m.until
        from dossiers_dossier d join dossiers_mandate m on m.applicant_id = d.applicant_id
        where d.id = wanted and d.prefecture_code = any (portal_prefectures())
            and dossiers_mandate_covers(m, d) and m.accepted_at is not null
            and m.ended_at is null and m.until > portal_now()
        order by m.accepted_at, m.id;
    perform set_config('portal.migrating', before, true);
end $$;
"""
UNASKED = """
drop function dossiers_mandates_on(uuid);
drop function dossiers_agents_of_the_person(uuid);
drop function dossiers_mandate_for(uuid);
drop function dossiers_hold_mandate(uuid, boolean);
drop function dossiers_signed_by(dossiers_mandate);
drop function dossiers_begins(text);
drop function dossiers_begins_for();
drop function dossiers_mandated(text);
drop function dossiers_mandate_covers(dossiers_mandate, dossiers_dossier);
drop function dossiers_mandate_lives(dossiers_mandate);
"""

# A mandate is given by its person, accepted by the address that was proven, ended by either.
LIFE = """
create function dossiers_give_mandate() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    waiting int;
begin
    perform set_config('portal.migrating', 'on', true);
    perform pg_advisory_xact_lock(hashtext('dossiers_mandate_given'), new.applicant_id::int);
    select count(*) into waiting from dossiers_mandate m
        where m.applicant_id = new.applicant_id and m.given_at > portal_now() - interval '1 day';
    perform set_config('portal.migrating', before, true);
    if waiting >= 10 then
        raise exception 'ten invitations a day at most'
            using errcode = '23514', constraint = 'a_person_invites_ten_times_a_day_at_most';
    end if;
    if new.accepted_at is not null or new.ended_at is not null then
        raise exception 'a mandate begins as an invitation'
            using errcode = '23514', constraint = 'a_mandate_begins_as_an_invitation';
    end if;
    return new;
end $$;
create trigger give_mandate before insert on dossiers_mandate for each row
    execute function dossiers_give_mandate();

create function dossiers_accept_mandate() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    held int := 0;
    refused text;
begin
    perform set_config('portal.migrating', 'on', true);
    if new.helper_id is not null then
        -- two acceptances of one helper count one after the other
        perform pg_advisory_xact_lock(hashtext('dossiers_mandate_held'), new.helper_id::int);
        select count(*) into held from dossiers_mandate m
            where m.helper_id = new.helper_id and m.ended_at is null and m.until > portal_now();
    end if;
    refused := case
        when old.ended_at is not null or old.lapses_at <= portal_now()
            then 'a_mandate_is_accepted_before_it_lapses'
        when new.accepted_by_id is distinct from portal_actor()
                or not old.email = any (accounts_addresses())
            then 'a_mandate_is_accepted_by_the_address_that_was_proven'
        when new.organisation_id is not null and not exists (
                select from accounts_membership p join accounts_organisation o
                    on o.id = p.organisation_id
                where p.organisation_id = new.organisation_id and p.user_id = portal_actor()
                    and p.left_at is null and o.verified_at is not null)
            then 'an_organisation_takes_mandates_once_it_is_verified'
        when held >= 10
            then 'a_private_person_holds_ten_mandates_at_most'
    end;
    perform set_config('portal.migrating', before, true);
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger accept_mandate before update on dossiers_mandate for each row
    when (old.accepted_at is null and new.accepted_at is not null)
    execute function dossiers_accept_mandate();
create trigger keep_helper before update on dossiers_mandate for each row
    when (old.accepted_at is not null)
    execute function portal_refuse_columns(
        'helper_id', 'organisation_id', 'accepted_by_id', 'accepted_at', 'helper_name');

create function dossiers_end_mandate() returns trigger language plpgsql as $$
begin
    if (new.ended_by = 'person') is distinct from (portal_actor() = new.applicant_id) then
        raise exception 'each ends a mandate in their own name'
            using errcode = '23514', constraint = 'a_mandate_says_who_ended_it';
    end if;
    return new;
end $$;
create trigger end_mandate before update on dossiers_mandate for each row
    when (old.ended_at is null and new.ended_at is not null)
    execute function dossiers_end_mandate();

alter table dossiers_mandate
    add constraint a_mandate_is_on_the_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
alter table dossiers_submission
    add constraint a_submission_is_filed_by_a_mandate_of_its_person
    foreign key (mandate_id, applicant_id) references dossiers_mandate (id, applicant_id);
create trigger keep_mandate before update on dossiers_submission for each row
    execute function portal_refuse_columns('mandate_id');
"""
NO_LIFE = """
drop trigger keep_mandate on dossiers_submission;
alter table dossiers_submission drop constraint a_submission_is_filed_by_a_mandate_of_its_person;
alter table dossiers_mandate drop constraint a_mandate_is_on_the_persons_own_dossier;
drop function dossiers_end_mandate() cascade;
drop trigger keep_helper on dossiers_mandate;
drop function dossiers_accept_mandate() cascade;
drop function dossiers_give_mandate() cascade;
"""

# What no mandate gives, and what each act of a mandatary says, whatever the code of a page does.
ACTS = """
create function dossiers_mandatary_acts() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    may_file boolean;
begin
    if new.withdrawn_at is distinct from old.withdrawn_at then
        raise exception 'a request is withdrawn or deleted by its person alone'
            using errcode = '23514', constraint = 'a_mandatary_never_withdraws';
    end if;
    perform set_config('portal.migrating', 'on', true);
    may_file := exists (select from dossiers_mandate m
        where portal_scope() = 'mandate:' || m.id and m.level = 'file'
            and dossiers_mandate_lives(m) and dossiers_mandate_covers(m, old));
    perform set_config('portal.migrating', before, true);
    if new.filed_at is distinct from old.filed_at and not may_file then
        raise exception 'this mandate gives no power to file'
            using errcode = '23514', constraint = 'a_mandatary_files_with_that_power';
    end if;
    return new;
end $$;
create trigger mandatary_acts before update of filed_at, withdrawn_at on dossiers_dossier
    for each row when (portal_scope() like 'mandate%')
    execute function dossiers_mandatary_acts();

create function dossiers_mandatary_signs() returns trigger language plpgsql as $$
begin
    if portal_scope() is distinct from 'mandate:' || new.mandate_id
            or new.typed_by_id is distinct from portal_actor() then
        raise exception 'what a mandatary sends names them and their mandate'
            using errcode = '23514', constraint = 'a_mandatary_signs_what_they_send';
    end if;
    return new;
end $$;
create trigger mandatary_signs before insert on dossiers_submission for each row
    when (portal_scope() like 'mandate%' or new.mandate_id is not null)
    execute function dossiers_mandatary_signs();

create function dossiers_mandatary_is_noted() returns trigger language plpgsql as $$
begin
    if portal_scope() is distinct from 'mandate:' || (new.facts ->> 'mandate')
            or new.facts -> 'on_behalf_of' is null then
        raise exception 'a line of the journal about a mandatary names the mandate'
            using errcode = '23514', constraint = 'an_act_by_mandate_is_noted_with_both';
    end if;
    return new;
end $$;
create trigger mandatary_is_noted before insert on core_journalline for each row
    when (portal_scope() like 'mandate:%')
    execute function dossiers_mandatary_is_noted();
"""
NO_ACTS = """
drop function dossiers_mandatary_is_noted() cascade;
drop function dossiers_mandatary_signs() cascade;
drop function dossiers_mandatary_acts() cascade;
"""

READ_AND_CHANGED = {
    "dossiers_dossier": "id",
    "dossiers_submission": "dossier_id",
    "dossiers_evidence": "dossier_id",
    "dossiers_album": "dossier_id",
    "dossiers_albumpage": "dossier_id",
    "dossiers_codeuse": "dossier_id",
    "dossiers_completionrequest": "dossier_id",
    "dossiers_completionitem": "dossier_id",
    # whoever files ends the help at the counter
    "dossiers_assistedsession": "dossier_id",
    "vault_storedfile": "subject_id",
    "vault_upload": "subject_id",
    "correspondence_letter": "dossier_id",
    "correspondence_timelineline": "dossier_id",
}
READ_ALONE = {"dossiers_correction": "dossier_id", "dossiers_correctioncontest": "dossier_id"}
GIVEN = "applicant_id = (select portal_actor())"
HELD = (
    "helper_id = (select portal_actor())"
    " or organisation_id = any ((select accounts_organisations(false))::uuid[])"
)
OFFERED = "accepted_at is null and email = any ((select accounts_addresses())::text[])"
# Nobody is 0: false, where null would have the second function asked of every row.
BEGUN = (
    "applicant_id = coalesce((select dossiers_begins_for()), 0)"
    " and dossiers_begins(procedure_code)"
)
BEGIN = f"""
create policy begun_by_mandate on dossiers_dossier for insert to portal_web with check ({BEGUN});
create policy begun_by_mandate_is_seen on dossiers_dossier for select to portal_web using ({BEGUN});
"""
BEGIN_NONE = """
drop policy begun_by_mandate_is_seen on dossiers_dossier;
drop policy begun_by_mandate on dossiers_dossier;
"""
PROTECTION = [
    rls.protect_by(
        "dossiers_mandate",
        {
            ("seen_by_both", "portal_web"): (f"{GIVEN} or {HELD} or {OFFERED}", "select"),
            ("given_by_the_person", "portal_web"): (GIVEN, "insert"),
            ("changed_by_either", "portal_web"): (f"{GIVEN} or {HELD} or {OFFERED}", "update"),
            ("worker", "portal_worker"): ("(select portal_scope()) = 'system'", "select"),
        },
    ),
    rls.stamp("dossiers_mandate", "given_at"),
    rls.immutable(
        "dossiers_mandate",
        *("id", "applicant_id", "person_name", "kind", "level", "covers_all", "procedure_code"),
        *("dossier_id", "email", "for_organisation", "given_at", "lapses_at", "until"),
    ),
    rls.set_once("dossiers_mandate", "ended_at"),
    rls.set_once("dossiers_mandate", "accepted_at"),
    migrations.RunSQL(ASKED, UNASKED),
    migrations.RunSQL(LIFE, NO_LIFE),
    migrations.RunSQL(ACTS, NO_ACTS),
    *(
        rls.lend_by(table, "dossiers_mandated", column, reads="read", writes="fill")
        for table, column in READ_AND_CHANGED.items()
    ),
    *(
        rls.lend_by(table, "dossiers_mandated", column, reads="read")
        for table, column in READ_ALONE.items()
    ),
    migrations.RunSQL(BEGIN, BEGIN_NONE),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_organisations'),
        ('core', '0004_lines_of_a_run'),
        ('correspondence', '0002_a_letter_is_revoked_once'),
        ('vault', '0005_uploads_in_pieces'),
        ('dossiers', '0013_one_live_dossier_of_each_procedure'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('person_name', models.CharField(max_length=80)),
                ('helper_name', models.CharField(blank=True, max_length=100)),
                ('kind', models.CharField(choices=[('lawyer', 'Un avocat'), ('association', 'Une association'), ('relative', 'Un proche')], max_length=12)),
                ('level', models.CharField(choices=[('read', 'Lire seulement'), ('fill', 'Lire, remplir et envoyer des documents'), ('file', 'Lire, remplir, envoyer des documents et déposer la demande')], max_length=4)),
                ('covers_all', models.BooleanField(default=False)),
                ('procedure_code', models.CharField(blank=True, max_length=60)),
                ('email', models.EmailField(max_length=254)),
                ('for_organisation', models.BooleanField(default=False)),
                ('given_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('lapses_at', models.DateTimeField()),
                ('until', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, choices=[('person', 'La personne a retiré le mandat'), ('helper', 'Le mandataire a rendu le mandat')], max_length=8)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='submission',
            name='a_submission_at_the_counter_says_who_typed',
        ),
        migrations.AlterField(
            model_name='submission',
            name='channel',
            field=models.CharField(choices=[('online', 'En ligne'), ('counter', 'Au guichet, avec un agent'), ('mandate', 'En ligne, par un mandataire')], db_default='online', default='online', max_length=8),
        ),
        migrations.AddField(
            model_name='mandate',
            name='accepted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mandate',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mandate',
            name='dossier',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='helper',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mandate',
            name='organisation',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        migrations.AddField(
            model_name='submission',
            name='mandate',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='submissions', to='dossiers.mandate'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('assisted_session', None), ('channel', 'online'), ('mandate', None), ('typed_by', None)), models.Q(('assisted_session', None), ('channel', 'mandate'), ('mandate__isnull', False), ('typed_by__isnull', False)), models.Q(('assisted_session__isnull', False), ('channel', 'counter'), ('mandate', None), ('number', 1), ('typed_by__isnull', False)), _connector='OR'), name='a_submission_of_somebody_else_says_who_typed'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(models.F('applicant'), name='mandates_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(models.F('helper'), condition=models.Q(('ended_at', None)), name='mandates_of_a_helper'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(models.F('organisation'), name='mandates_of_an_organisation'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(models.F('email'), condition=models.Q(('accepted_at', None)), name='invitations_of_an_address'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.UniqueConstraint(fields=('id', 'applicant'), name='a_mandate_has_one_person'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('covers_all', True), ('dossier', None), ('procedure_code', '')), models.Q(('covers_all', False), ('dossier', None), models.Q(('procedure_code', ''), _negated=True)), models.Q(('covers_all', False), ('dossier__isnull', False), ('procedure_code', '')), _connector='OR'), name='a_mandate_covers_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['lawyer', 'association', 'relative']), ('level__in', ['read', 'fill', 'file'])), name='a_mandate_has_a_known_level_and_kind'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('person_name', ''), _negated=True), name='a_mandate_names_its_person'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('given_at')), ('until__lte', django.db.models.expressions.CombinedExpression(models.F('given_at'), '+', models.Value(datetime.timedelta(days=366))))), name='a_mandate_lasts_one_year_at_most'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('lapses_at__gt', models.F('given_at')), ('lapses_at__lte', models.F('until'))), name='an_invitation_lapses_before_its_mandate_ends'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('accepted_by', None), ('helper', None), ('helper_name', ''), ('organisation', None)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False), models.Q(('helper_name', ''), _negated=True), models.Q(models.Q(('for_organisation', False), ('helper', models.F('accepted_by')), ('organisation', None)), models.Q(('for_organisation', True), ('helper', None), ('organisation__isnull', False)), _connector='OR')), _connector='OR'), name='a_mandate_is_held_by_one_helper_or_one_organisation'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_by', None), models.Q(('accepted_by', models.F('applicant')), _negated=True), _connector='OR'), name='nobody_is_their_own_mandatary'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', '')), models.Q(('ended_at__isnull', False), ('ended_by__in', ['person', 'helper'])), _connector='OR'), name='a_mandate_that_ended_says_by_whom'),
        ),
        *PROTECTION,
    ]
