"""A couple's two requests are linked, by a code that one gives and the other types."""

import datetime
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# Which dossiers stand in a live link; each statement of a function that holds them asks anew.
LINKED = """
create function dossiers_has_link(wanted uuid) returns boolean language sql stable as $$
    select exists (select from dossiers_dossierlink l
        where l.accepted_at is not null and l.ended_at is null
            and (l.first_dossier_id = wanted or l.second_dossier_id = wanted))
$$;

create function dossiers_ask_link() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    mine dossiers_dossier;
    asked int;
    refused text;
begin
    perform set_config('portal.migrating', 'on', true);
    perform pg_advisory_xact_lock(hashtext('dossiers_link_asked'), new.first_person_id::int);
    select count(*) into asked from dossiers_dossierlink l
        where l.first_person_id = new.first_person_id
            and l.asked_at > portal_now() - interval '1 day';
    select * into mine from dossiers_dossier d where d.id = new.first_dossier_id for no key update;
    refused := case
        when new.accepted_at is not null or new.ended_at is not null
            then 'a_link_begins_as_an_invitation'
        when mine.sealed_at is not null or mine.withdrawn_at is not null
            then 'a_link_joins_two_live_dossiers'
        when dossiers_has_link(mine.id) then 'a_dossier_has_one_live_link'
        when asked >= 10 then 'a_person_asks_for_ten_codes_a_day_at_most'
    end;
    new.first_procedure := mine.procedure_code;
    perform set_config('portal.migrating', before, true);
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger ask_link before insert on dossiers_dossierlink for each row
    execute function dossiers_ask_link();

create function dossiers_join_link() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    refused text;
begin
    perform set_config('portal.migrating', 'on', true);
    -- always in the same order: two links that meet in one dossier count one after the other
    perform from dossiers_dossier d where d.id in (new.first_dossier_id, new.second_dossier_id)
        order by d.id for no key update;
    refused := case
        when old.ended_at is not null or old.lapses_at <= portal_now()
            then 'a_link_is_accepted_before_it_lapses'
        when new.second_person_id is distinct from portal_actor()
            then 'a_link_is_accepted_by_its_second_person'
        when (select count(*) from dossiers_dossier d
                where d.id in (new.first_dossier_id, new.second_dossier_id)
                    and d.sealed_at is null and d.withdrawn_at is null) < 2
            then 'a_link_joins_two_live_dossiers'
        when (select count(d.person_id) = 2 and count(distinct d.person_id) = 1
                from dossiers_dossier d
                where d.id in (new.first_dossier_id, new.second_dossier_id))
            then 'a_link_joins_two_different_people'
        when dossiers_has_link(new.first_dossier_id) or dossiers_has_link(new.second_dossier_id)
            then 'a_dossier_has_one_live_link'
    end;
    perform set_config('portal.migrating', before, true);
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger join_link before update on dossiers_dossierlink for each row
    when (old.accepted_at is null and new.accepted_at is not null)
    execute function dossiers_join_link();
create trigger keep_sides before update on dossiers_dossierlink for each row
    when (old.accepted_at is not null)
    execute function portal_refuse_columns(
        'second_dossier_id', 'second_person_id', 'second_name', 'second_procedure', 'accepted_at');

create function dossiers_end_link() returns trigger language plpgsql as $$
begin
    if new.ended_by = 'first' and portal_actor() is distinct from new.first_person_id
            or new.ended_by = 'second' and portal_actor() is distinct from new.second_person_id then
        raise exception 'each ends a link in their own name'
            using errcode = '23514', constraint = 'a_link_says_who_ended_it';
    end if;
    return new;
end $$;
create trigger end_link before update on dossiers_dossierlink for each row
    when (old.ended_at is null and new.ended_at is not null)
    execute function dossiers_end_link();

alter table dossiers_dossierlink
    add constraint a_link_is_asked_for_by_the_persons_own_dossier
    foreign key (first_dossier_id, first_person_id)
    references dossiers_dossier (id, applicant_id),
    add constraint a_link_is_accepted_for_the_persons_own_dossier
    foreign key (second_dossier_id, second_person_id)
    references dossiers_dossier (id, applicant_id);

create function dossiers_end_links_with_dossier() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select from dossiers_dossierlink l where l.ended_at is null
        and (l.first_dossier_id = new.id or l.second_dossier_id = new.id));
    perform set_config('portal.migrating', before, true);
    if found then
        raise exception 'this dossier was given up and is still linked'
            using errcode = '23514', constraint = 'no_link_outlives_its_dossier';
    end if;
    return null;
end $$;
create trigger end_links_with_dossier after update of withdrawn_at on dossiers_dossier
    for each row when (old.withdrawn_at is null and new.withdrawn_at is not null)
    execute function dossiers_end_links_with_dossier();
"""
UNLINKED = """
drop function dossiers_end_links_with_dossier() cascade;
alter table dossiers_dossierlink
    drop constraint a_link_is_accepted_for_the_persons_own_dossier,
    drop constraint a_link_is_asked_for_by_the_persons_own_dossier;
drop function dossiers_end_link() cascade;
drop trigger keep_sides on dossiers_dossierlink;
drop function dossiers_join_link() cascade;
drop function dossiers_ask_link() cascade;
drop function dossiers_has_link(uuid);
"""

# What the second person asks of a row that is not theirs yet; each code worth nothing is counted.
ACTS = """
create function dossiers_try_link_code(given text, mine uuid)
    returns table (link uuid, name text, asked_procedure text)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    actor bigint := portal_actor();
    failures int;
begin
    perform set_config('portal.migrating', 'on', true);
    if not exists (select from dossiers_dossier d
            where d.id = mine and d.applicant_id = actor) then
        perform set_config('portal.migrating', before, true);
        return;
    end if;
    -- two tabs of one account count one after the other
    perform pg_advisory_xact_lock(hashtext('dossiers_linktry'), actor::int);
    select count(*) into failures from dossiers_linktry t
        where t.applicant_id = actor and t.at > portal_now() - interval '1 hour';
    if failures >= 10 then
        perform set_config('portal.migrating', before, true);
        raise exception 'too many codes that are worth nothing'
            using errcode = '23514', constraint = 'ten_codes_without_a_result_an_hour';
    end if;
    return query select l.id, l.first_name::text, l.first_procedure::text
        from dossiers_dossierlink l join dossiers_dossier d on d.id = l.first_dossier_id
        where l.code_digest = given and l.accepted_at is null and l.ended_at is null
            and l.lapses_at > portal_now() and l.first_person_id <> actor
            and d.sealed_at is null and d.withdrawn_at is null;
    if not found then
        insert into dossiers_linktry (id, applicant_id, at)
            values (gen_random_uuid(), actor, portal_now());
    end if;
    perform set_config('portal.migrating', before, true);
end $$;

create function dossiers_accept_link(wanted uuid, given text, mine uuid, own_name text)
    returns boolean
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    theirs uuid;
    own dossiers_dossier;
    is_good boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    select l.first_dossier_id into theirs from dossiers_dossierlink l
        where l.id = wanted and l.code_digest = given;
    -- both dossiers before the link, as whoever ends a dossier holds them
    perform from dossiers_dossier d where d.id in (theirs, mine) order by d.id for no key update;
    perform from dossiers_dossierlink l where l.id = wanted and l.code_digest = given
        and l.accepted_at is null and l.ended_at is null and l.lapses_at > portal_now()
        and l.first_person_id <> portal_actor() for update;
    is_good := found;
    select * into own from dossiers_dossier d where d.id = mine and d.applicant_id = portal_actor();
    if is_good and own.id is not null then
        update dossiers_dossierlink set ended_at = portal_now(), ended_by = 'system'
            where ended_at is null and accepted_at is null and id <> wanted
                and first_dossier_id in (theirs, mine);
        update dossiers_dossierlink set second_dossier_id = own.id,
                second_person_id = own.applicant_id, second_name = own_name,
                second_procedure = own.procedure_code, accepted_at = portal_now()
            where id = wanted;
    end if;
    perform set_config('portal.migrating', before, true);
    return is_good and own.id is not null;
end $$;

create function dossiers_end_link_with(wanted uuid) returns uuid
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    ended uuid;
    was_live boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    if portal_scope() = 'system' or exists (select from dossiers_dossier d where d.id = wanted
            and (d.applicant_id = portal_actor()
                or d.prefecture_code = any (portal_prefectures()))) then
        update dossiers_dossierlink set ended_at = portal_now(), ended_by = 'system'
            where ended_at is null and (first_dossier_id = wanted or second_dossier_id = wanted)
            returning id, accepted_at is not null into ended, was_live;
    end if;
    perform set_config('portal.migrating', before, true);
    return case when was_live then ended end;
end $$;

create function dossiers_linked_with(wanted uuid)
    returns table (dossier uuid, office text, since timestamptz)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    -- of a dossier of another office, its agents learn which office that is, and nothing else
    return query select
            case when portal_scope() = 'system' or other.prefecture_code = any (portal_prefectures())
                then other.id end,
            other.prefecture_code::text, l.accepted_at
        from dossiers_dossierlink l join dossiers_dossier d on d.id = wanted
        join dossiers_dossier other on other.id = case when l.first_dossier_id = wanted
            then l.second_dossier_id else l.first_dossier_id end
        where wanted in (l.first_dossier_id, l.second_dossier_id)
            and l.accepted_at is not null and l.ended_at is null
            and (portal_scope() = 'system' or d.prefecture_code = any (portal_prefectures()));
    perform set_config('portal.migrating', before, true);
end $$;

create function dossiers_couples_of(wanted text)
    returns table (link uuid, one uuid, other uuid, since timestamptz)
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    return query select l.id, l.first_dossier_id, l.second_dossier_id, l.accepted_at
        from dossiers_dossierlink l
        join dossiers_dossier a on a.id = l.first_dossier_id and a.prefecture_code = wanted
        join dossiers_dossier b on b.id = l.second_dossier_id and b.prefecture_code = wanted
        where l.accepted_at is not null and l.ended_at is null
            and wanted = any (portal_prefectures())
        order by l.id;
    perform set_config('portal.migrating', before, true);
end $$;
"""
NO_ACTS = """
drop function dossiers_couples_of(text);
drop function dossiers_linked_with(uuid);
drop function dossiers_end_link_with(uuid);
drop function dossiers_accept_link(uuid, text, uuid, text);
drop function dossiers_try_link_code(text, uuid);
"""

BOTH = "first_person_id = (select portal_actor()) or second_person_id = (select portal_actor())"
MINE = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
PROTECTION = [
    rls.protect_by(
        "dossiers_dossierlink",
        {
            ("seen_by_both", "portal_web"): (BOTH, "select"),
            ("asked_for_by_the_first", "portal_web"): (
                "first_person_id = (select portal_actor())",
                "insert",
            ),
            ("ended_by_either", "portal_web"): (BOTH, "update"),
            ("worker", "portal_worker"): SYSTEM,
        },
    ),
    rls.protect_by(
        "dossiers_linktry",
        {
            ("its_person", "portal_web"): (MINE, "select"),
            ("worker", "portal_worker"): (SYSTEM, "select"),
        },
    ),
    rls.append_only("dossiers_linktry"),
    rls.stamp("dossiers_dossierlink", "asked_at"),
    rls.immutable(
        "dossiers_dossierlink",
        *("id", "first_dossier_id", "first_person_id", "first_name", "first_procedure"),
        *("code_digest", "asked_at", "lapses_at"),
    ),
    *(
        rls.set_once("dossiers_dossierlink", column)
        for column in ("accepted_at", "ended_at", "beginning_told_at", "end_told_at")
    ),
    migrations.RunSQL(LINKED, UNLINKED),
    migrations.RunSQL(ACTS, NO_ACTS),
]


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0015_we_certify_our_own_failures'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='DossierLink',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('first_name', models.CharField(max_length=80)),
                ('first_procedure', models.CharField(max_length=60)),
                ('second_name', models.CharField(blank=True, max_length=80)),
                ('second_procedure', models.CharField(blank=True, max_length=60)),
                ('code_digest', models.CharField(max_length=64)),
                ('asked_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('lapses_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('ended_by', models.CharField(blank=True, choices=[('first', 'La personne qui l’avait demandé'), ('second', 'La personne qui l’avait accepté'), ('system', 'Une des deux demandes est terminée')], max_length=6)),
                ('beginning_told_at', models.DateTimeField(blank=True, null=True)),
                ('end_told_at', models.DateTimeField(blank=True, null=True)),
                ('first_dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('first_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second_dossier', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('second_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code_digest',), name='a_link_has_a_code_of_its_own'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('first_dossier',), name='a_dossier_asks_for_one_link_at_a_time'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('second_dossier',), name='a_dossier_accepts_one_link_at_a_time'), models.CheckConstraint(condition=models.Q(('first_name', ''), _negated=True), name='a_link_names_who_asks'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at', None), ('second_dossier', None), ('second_name', ''), ('second_person', None), ('second_procedure', '')), models.Q(('accepted_at__isnull', False), ('second_dossier__isnull', False), ('second_person__isnull', False), models.Q(('second_name', ''), _negated=True), models.Q(('second_procedure', ''), _negated=True)), _connector='OR'), name='an_accepted_link_has_both_sides'), models.CheckConstraint(condition=models.Q(('second_person', None), models.Q(('second_person', models.F('first_person')), _negated=True), _connector='OR'), name='a_link_joins_two_different_people'), models.CheckConstraint(condition=models.Q(('lapses_at__gt', models.F('asked_at')), ('lapses_at__lte', django.db.models.expressions.CombinedExpression(models.F('asked_at'), '+', models.Value(datetime.timedelta(days=7))))), name='a_code_lasts_a_week_at_most'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('ended_by', '')), models.Q(('ended_at__isnull', False), ('ended_by__in', ['first', 'second', 'system'])), _connector='OR'), name='a_link_that_ended_says_by_whom'), models.CheckConstraint(condition=models.Q(('code_digest__regex', '^[0-9a-f]{64}$')), name='a_code_is_a_keyed_digest')],
            },
        ),
        migrations.CreateModel(
            name='LinkTry',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('applicant'), models.F('at'), name='link_tries_of_a_person')],
            },
        ),
        *PROTECTION,
    ]
