"""Organisations that help people, and their members: joined by a proven address, left at once."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# What row security asks of the present actor: the addresses they have proven, and where they
# are a member today. An agent is nobody's helper.
ASKED = """
create function accounts_addresses() returns text[] language sql stable as $$
    select coalesce(array_agg(lower(e.email)), '{}') from account_emailaddress e
        join accounts_user u on u.id = e.user_id
    where e.user_id = portal_actor() and e.verified and u.is_active and u.kind = 'applicant'
$$;

create function accounts_organisations(administered boolean) returns uuid[]
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found uuid[];
begin
    perform set_config('portal.migrating', 'on', true);
    select coalesce(array_agg(m.organisation_id), '{}') into found
        from accounts_membership m join accounts_user u on u.id = m.user_id
        where m.user_id = portal_actor() and m.left_at is null
            and u.is_active and u.kind = 'applicant' and (m.is_administrator or not administered);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function accounts_inviting() returns uuid[]
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found uuid[];
begin
    perform set_config('portal.migrating', 'on', true);
    select coalesce(array_agg(m.organisation_id), '{}') into found
        from accounts_membership m
        where m.email = any (accounts_addresses()) and m.left_at is null
            and m.joined_at is null and m.lapses_at > portal_now();
    perform set_config('portal.migrating', before, true);
    return found;
end $$;

create function accounts_is_empty(organisation uuid) returns boolean
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := not exists (select from accounts_membership m where m.organisation_id = organisation);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;
"""
UNASKED = """
drop function accounts_is_empty(uuid);
drop function accounts_inviting();
drop function accounts_organisations(boolean);
drop function accounts_addresses();
"""

# Joining is for the account that has proven the address; an organisation keeps an administrator.
JOIN = """
create function accounts_change_member() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    administers boolean;
    alone boolean;
    refused text;
begin
    perform set_config('portal.migrating', 'on', true);
    -- changes of one organisation's members wait for each other
    perform from accounts_organisation where id = new.organisation_id for update;
    administers := exists (select from accounts_membership m
        where m.organisation_id = new.organisation_id and m.user_id = portal_actor()
            and m.left_at is null and m.is_administrator);
    alone := not exists (select from accounts_membership m
        where m.organisation_id = new.organisation_id and m.id <> new.id
            and m.user_id is not null and m.left_at is null and m.is_administrator)
        and exists (select from accounts_membership m
        where m.organisation_id = new.organisation_id and m.id <> new.id
            and m.user_id is not null and m.left_at is null);
    refused := case
        when old.user_id is not null and (new.user_id is distinct from old.user_id
                or new.joined_at is distinct from old.joined_at or new.name <> old.name)
            then 'a_member_stays_who_they_are'
        when old.user_id is null and new.user_id is not null and (
                new.user_id <> portal_actor() or not old.email = any (accounts_addresses())
                or old.lapses_at <= portal_now() or old.left_at is not null)
            then 'a_member_joins_by_the_address_that_they_have_proven'
        when new.is_administrator <> old.is_administrator and not administers
            then 'only_an_administrator_names_another'
        when old.left_at is not null and new is distinct from old
            then 'a_member_who_left_is_invited_again'
        when new.left_at is not null and not administers
                and new.user_id is distinct from portal_actor()
                and not old.email = any (accounts_addresses())
            then 'only_an_administrator_sends_a_member_away'
        when old.is_administrator and (new.left_at is not null or not new.is_administrator)
                and alone
            then 'an_organisation_keeps_an_administrator'
    end;
    perform set_config('portal.migrating', before, true);
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger change_member before update on accounts_membership for each row
    execute function accounts_change_member();

create function accounts_unverified() returns trigger language plpgsql as $$
begin
    raise exception 'an operator verifies an organisation, from a command'
        using errcode = '23514', constraint = 'an_operator_verifies_an_organisation';
end $$;
create trigger an_operator_verifies before insert on accounts_organisation for each row
    when (new.verified_at is not null) execute function accounts_unverified();
"""
PARTED = """
drop function accounts_unverified() cascade;
drop function accounts_change_member() cascade;
"""

MEMBERS = "id = any ((select accounts_organisations(false))::uuid[])"
INVITED = "id = any ((select accounts_inviting())::uuid[])"
OURS = "organisation_id = any ((select accounts_organisations(false))::uuid[])"
ADMINISTERED = "organisation_id = any ((select accounts_organisations(true))::uuid[])"
MINE = "user_id = (select portal_actor())"
ASKED_OF_ME = "email = any ((select accounts_addresses())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
PROTECTION = [
    migrations.RunSQL(ASKED, UNASKED),
    rls.protect_by(
        "accounts_organisation",
        {
            ("its_members", "portal_web"): (f"{MEMBERS} or {INVITED}", "select"),
            ("anybody_makes_one", "portal_web"): (
                "true", "insert", "(select portal_actor()) is not null",
            ),
            ("operators", "portal_worker"): SYSTEM,
        },
    ),
    rls.stamp("accounts_organisation", "made_at"),
    rls.immutable("accounts_organisation", "id", "name", "kind", "registration", "made_at"),
    rls.set_once("accounts_organisation", "verified_at"),
    rls.protect_by(
        "accounts_membership",
        {
            ("members_and_invited", "portal_web"): (f"{MINE} or {OURS} or {ASKED_OF_ME}", "select"),
            ("invited_by_an_administrator", "portal_web"): (
                ADMINISTERED,
                "insert",
                f"{ADMINISTERED} and user_id is null and not is_administrator"
                f" or {MINE} and is_administrator and accounts_is_empty(organisation_id)",
            ),
            ("changed_by_either", "portal_web"): (
                f"{MINE} or {ADMINISTERED} or {ASKED_OF_ME}", "update",
            ),
            ("worker", "portal_worker"): (SYSTEM, "select"),
        },
    ),
    rls.immutable(
        "accounts_membership", "id", "organisation_id", "email", "invited_at", "lapses_at"
    ),
    rls.stamp("accounts_membership", "invited_at"),
    migrations.RunSQL(JOIN, PARTED),
]


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_one_human_one_agent_account'),
        ('account', '0001_initial'),
        ('core', '0003_what_is_set_once_stays'),
    ]

    operations = [
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=100, verbose_name='nom')),
                ('kind', models.CharField(choices=[('law_firm', 'Cabinet d’avocats'), ('association', 'Association')], max_length=12)),
                ('registration', models.CharField(max_length=9)),
                ('made_at', models.DateTimeField()),
                ('verified_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['law_firm', 'association'])), name='an_organisation_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(('registration__regex', '^[0-9]{9}$')), name='an_organisation_is_registered_with_nine_digits'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='an_organisation_has_a_name'), models.UniqueConstraint(condition=models.Q(('verified_at__isnull', False)), fields=('registration',), name='an_organisation_is_verified_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('email', models.EmailField(max_length=254)),
                ('name', models.CharField(blank=True, max_length=60)),
                ('is_administrator', models.BooleanField(default=False)),
                ('invited_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('lapses_at', models.DateTimeField()),
                ('joined_at', models.DateTimeField(blank=True, null=True)),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='accounts.organisation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('left_at', None)), fields=('organisation', 'user'), name='an_account_is_a_member_once'), models.CheckConstraint(condition=models.Q(models.Q(('joined_at', None), ('name', ''), ('user', None)), models.Q(('joined_at__isnull', False), ('user__isnull', False), models.Q(('name', ''), _negated=True)), _connector='OR'), name='a_member_joined_with_an_account_and_a_name'), models.CheckConstraint(condition=models.Q(('lapses_at__gt', models.F('invited_at'))), name='an_invitation_of_a_member_lapses')],
            },
        ),
        *PROTECTION,
    ]
