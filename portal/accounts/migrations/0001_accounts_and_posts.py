"""Accounts and posts, with their row policies from the first day."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

# The editing process publishes pages: it sees the accounts of those who publish, no applicant.
# The owner sees rows only while migrating.
ROW_POLICIES = """
alter table accounts_user enable row level security;
alter table accounts_user force row level security;
create policy every_account_for_the_portal on accounts_user
    for all to portal_web, portal_worker using (true) with check (true);
create policy accounts_named_by_an_issuing_run on accounts_user
    for select to portal_issuer using (true);
create policy accounts_of_those_who_publish on accounts_user
    for all to portal_editing
    using (kind in ('editor', 'administrator')) with check (kind in ('editor', 'administrator'));
create policy migrations on accounts_user
    for all to portal_owner
    using (current_setting('portal.migrating', true) = 'on')
    with check (current_setting('portal.migrating', true) = 'on');
"""
NO_ROW_POLICIES = """
drop policy migrations on accounts_user;
drop policy accounts_of_those_who_publish on accounts_user;
drop policy accounts_named_by_an_issuing_run on accounts_user;
drop policy every_account_for_the_portal on accounts_user;
alter table accounts_user no force row level security;
alter table accounts_user disable row level security;
"""

HOLDER_IS_AN_AGENT = """
alter table accounts_post add constraint a_post_is_held_by_an_agent
    foreign key (user_id, user_kind) references accounts_user (id, kind);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("core", "__first__"),
        ("territory", "__first__"),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        error_messages={"unique": "Un compte existe déjà avec cette adresse."},
                        max_length=254,
                        unique=True,
                        verbose_name="adresse e-mail",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("applicant", "Usager"),
                            ("agent", "Agent de préfecture"),
                            ("editor", "Rédacteur"),
                            ("auditor", "Auditeur"),
                            ("administrator", "Administrateur"),
                        ],
                        default="applicant",
                        max_length=16,
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("fr", "Français"), ("en", "English"), ("ar", "العربية")],
                        default="fr",
                        max_length=2,
                        verbose_name="langue",
                    ),
                ),
                (
                    "display_name",
                    models.CharField(blank=True, max_length=120, verbose_name="nom affiché"),
                ),
                ("is_active", models.BooleanField(default=True)),
                (
                    "joined_at",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "compte",
                "verbose_name_plural": "comptes",
            },
        ),
        migrations.CreateModel(
            name="Post",
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
                    "role",
                    models.CharField(
                        choices=[
                            ("reviewer", "Agent instructeur"),
                            ("signatory", "Signataire"),
                            ("counter_agent", "Agent de guichet"),
                            ("supervisor", "Responsable"),
                        ],
                        max_length=16,
                    ),
                ),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                (
                    "prefecture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="territory.prefecture",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="posts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("email", django.db.models.functions.text.Lower("email"))),
                name="an_address_is_kept_in_lower_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["applicant", "agent", "editor", "auditor", "administrator"])
                ),
                name="an_account_has_a_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("language__in", ["fr", "en", "ar"])),
                name="an_account_speaks_one_of_our_languages",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "applicant"), _negated=True),
                    ("display_name", ""),
                    _connector="OR",
                ),
                name="an_applicant_has_no_name_in_the_account",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_superuser", False), ("kind", "administrator"), _connector="OR"
                ),
                name="only_an_administrator_is_a_superuser",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("id", "kind"), name="an_account_has_one_kind"
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("role__in", ["reviewer", "signatory", "counter_agent", "supervisor"])
                ),
                name="a_post_is_one_of_the_four_roles",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="a_post_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    ("prefecture", "<>"),
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
                name="an_agent_serves_one_prefecture_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    ("role", "="),
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
                name="an_agent_holds_a_role_once_at_a_time",
            ),
        ),
        migrations.RunSQL(
            HOLDER_IS_AN_AGENT,
            "alter table accounts_post drop constraint a_post_is_held_by_an_agent;",
        ),
        migrations.RunSQL(ROW_POLICIES, NO_ROW_POLICIES),
    ]
