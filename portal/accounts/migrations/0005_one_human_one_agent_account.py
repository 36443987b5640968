"""One human has one agent account; what an agent handles, when, and lives by is known."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# An account made before this rule says that its number is still to be asked for.
NUMBER_WHO_IS_HERE = """
update accounts_user set staff_number = 'PROVISOIRE-' || id
    where kind = 'agent' and staff_number is null;
"""
GIVEN_BY_COMMANDS = """
create trigger a_staff_number_is_given_by_a_command before update on accounts_user
    for each row when (old.staff_number is distinct from new.staff_number
        and current_user in ('portal_web', 'portal_editing'))
    execute function portal_refuse_columns('staff_number');
"""
OF_AN_AGENT = """
alter table accounts_absence add constraint an_absence_is_of_an_agent
    foreign key (user_id, user_kind) references accounts_user (id, kind);
alter table accounts_agentskill add constraint a_skill_is_of_an_agent
    foreign key (user_id, user_kind) references accounts_user (id, kind);
alter table accounts_agentcontact add constraint a_contact_is_of_an_agent
    foreign key (user_id, user_kind) references accounts_user (id, kind);
"""
NOT_OF_AN_AGENT = """
alter table accounts_absence drop constraint an_absence_is_of_an_agent;
alter table accounts_agentskill drop constraint a_skill_is_of_an_agent;
alter table accounts_agentcontact drop constraint a_contact_is_of_an_agent;
"""
NOT_SHARING = """
drop function accounts_is_close(bigint, text[]);
drop function accounts_agents_sharing(text[]);
"""
# Who shares one of these digests, without showing a digest: run as the owner, which sees all.
SHARING = """
create function accounts_agents_sharing(keys text[]) returns setof bigint
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    return query select distinct user_id from accounts_agentcontact
        where digest = any (keys) and forgotten_at is null;
    perform set_config('portal.migrating', before, true);
end $$;
create function accounts_is_close(agent bigint, keys text[]) returns boolean
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (select 1 from accounts_agentcontact
        where user_id = agent and digest = any (keys) and forgotten_at is null);
    perform set_config('portal.migrating', before, true);
    return found;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_editing_sessions"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user_kind",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("agent"),
                        output_field=models.CharField(max_length=16),
                    ),
                ),
                ("starts_on", models.DateField()),
                ("back_on", models.DateField()),
                (
                    "recorded_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="AgentContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user_kind",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("agent"),
                        output_field=models.CharField(max_length=16),
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("email", "adresse e-mail"),
                            ("phone", "téléphone"),
                            ("address", "adresse postale"),
                        ],
                        max_length=8,
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("forgotten_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AgentSkill",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "user_kind",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("agent"),
                        output_field=models.CharField(max_length=16),
                    ),
                ),
                ("procedure_code", models.CharField(max_length=60)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="staff_number",
            field=models.CharField(blank=True, max_length=20, null=True, verbose_name="matricule"),
        ),
        migrations.RunSQL(NUMBER_WHO_IS_HERE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "agent"), _negated=True),
                    ("staff_number__isnull", False),
                    _connector="OR",
                ),
                name="an_agent_has_a_staff_number",
                violation_error_message="Un agent a un matricule.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("staff_number", None),
                    ("staff_number__regex", "^[A-Z0-9-]{1,20}$"),
                    _connector="OR",
                ),
                name="a_staff_number_is_written_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("staff_number",),
                name="one_human_has_one_agent_account",
                violation_error_message="Un compte existe déjà avec ce matricule.",
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="absence",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="absences",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agentcontact",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agentskill",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="skills",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("back_on__gte", models.F("starts_on"))),
                name="an_absence_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded_by", models.F("user")), _negated=True),
                name="nobody_records_their_own_absence",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    (
                        models.Func(
                            "starts_on",
                            "back_on",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="an_agent_is_absent_once_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="agentcontact",
            index=models.Index(
                models.F("digest"),
                condition=models.Q(("forgotten_at", None)),
                name="contact_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["email", "phone", "address"])),
                name="a_contact_is_of_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("digest__regex", "^[0-9a-f]{64}$")),
                name="a_contact_is_kept_as_a_digest",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentcontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("forgotten_at", None)),
                fields=("user", "digest"),
                name="a_contact_of_an_agent_is_known_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentskill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="a_skill_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="agentskill",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    ("procedure_code", "="),
                    (
                        models.Func(
                            "starts_on",
                            "ends_on",
                            django.contrib.postgres.fields.ranges.RangeBoundary(
                                inclusive_upper=True
                            ),
                            function="daterange",
                        ),
                        "&&",
                    ),
                ],
                name="an_agent_has_a_skill_once_at_a_time",
            ),
        ),
        migrations.RunSQL(
            GIVEN_BY_COMMANDS,
            "drop trigger a_staff_number_is_given_by_a_command on accounts_user;",
        ),
        migrations.RunSQL(OF_AN_AGENT, NOT_OF_AN_AGENT),
        rls.protect_by(
            "accounts_agentcontact",
            {
                ("an_agent_sees_their_own", "portal_web"): (
                    "user_id = (select portal_actor())",
                    "select",
                ),
                ("every_contact_for_the_worker", "portal_worker"): (
                    "(select portal_scope()) = 'system'"
                ),
            },
        ),
        rls.immutable("accounts_agentcontact", "id", "user_id", "kind", "digest"),
        rls.immutable("accounts_agentskill", "id", "user_id", "procedure_code", "starts_on"),
        rls.immutable(
            "accounts_absence", "id", "user_id", "starts_on", "recorded_by_id", "recorded_at"
        ),
        rls.stamp("accounts_absence", "recorded_at"),
        migrations.RunSQL(SHARING, NOT_SHARING),
    ]
