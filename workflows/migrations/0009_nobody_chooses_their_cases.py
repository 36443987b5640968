"""A case has one reviewer, drawn among those who may; nobody handles someone close to them."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

TIED = """
alter table workflows_case add constraint a_reviewer_has_an_open_assignment
    foreign key (id, reviewer_id) references workflows_assignment (open_case, agent_id)
    deferrable initially deferred;
alter table workflows_assignment add constraint an_open_assignment_is_its_cases_reviewer
    foreign key (open_case, open_agent) references workflows_case (id, reviewer_id)
    deferrable initially deferred;
create trigger keep_settled before update on workflows_assignment
    for each row execute function workflows_keep_settled('until');
"""
UNTIED = """
drop trigger keep_settled on workflows_assignment;
alter table workflows_assignment drop constraint an_open_assignment_is_its_cases_reviewer;
alter table workflows_case drop constraint a_reviewer_has_an_open_assignment;
"""
# Each runs as the owner with its migration policy: the rule must see everything, whoever acts.
GUARDS = """
create function workflows_receive_in_the_office() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    today date := (portal_now() at time zone 'Europe/Paris')::date;
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from accounts_post p
            join workflows_case c on c.id = new.case_id and c.prefecture_code = p.prefecture_id
            where p.user_id = new.agent_id and p.role = 'reviewer' and p.starts_on <= today
                and (p.ends_on is null or p.ends_on >= today));
    perform set_config('portal.migrating', before, true);
    if not found then
        raise exception 'this case goes to a reviewer of its office, today'
            using errcode = '23514', constraint = 'a_case_goes_to_a_reviewer_of_its_office';
    end if;
    return new;
end $$;
create trigger a_case_goes_to_a_reviewer_of_its_office before insert on workflows_assignment
    for each row execute function workflows_receive_in_the_office();

create function workflows_refuse_someone_close() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    agent bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_case c where c.id = new.case_id
            and accounts_is_close(agent, c.contact_keys::text[]));
    perform set_config('portal.migrating', before, true);
    if found then
        raise exception 'this agent and the person share an address, a phone or an e-mail'
            using errcode = '23514', constraint = 'nobody_handles_someone_close_to_them';
    end if;
    return new;
end $$;
create trigger nobody_handles_someone_close_to_them before insert on workflows_assignment
    for each row execute function workflows_refuse_someone_close('agent_id');
create trigger nobody_handles_someone_close_to_them before insert on workflows_proposal
    for each row execute function workflows_refuse_someone_close('proposed_by_id');
create trigger nobody_handles_someone_close_to_them before insert on workflows_decision
    for each row execute function workflows_refuse_someone_close('signer_id');
create trigger nobody_handles_someone_close_to_them before insert on workflows_step
    for each row when (new.role in ('reviewer', 'signatory', 'supervisor'))
    execute function workflows_refuse_someone_close('actor_id');

create function workflows_only_its_reviewer() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    agent bigint := (to_jsonb(new) ->> tg_argv[0])::bigint;
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_case where id = new.case_id and reviewer_id = agent);
    perform set_config('portal.migrating', before, true);
    if not found then
        raise exception 'this case is assigned to somebody else, or to nobody'
            using errcode = '23514', constraint = 'only_its_reviewer_reviews_a_case';
    end if;
    return new;
end $$;
create trigger only_its_reviewer_reviews_a_case before insert on workflows_step
    for each row when (new.role = 'reviewer')
    execute function workflows_only_its_reviewer('actor_id');
create trigger only_its_reviewer_proposes before insert on workflows_proposal
    for each row execute function workflows_only_its_reviewer('proposed_by_id');
"""
NO_GUARDS = """
drop trigger only_its_reviewer_proposes on workflows_proposal;
drop trigger only_its_reviewer_reviews_a_case on workflows_step;
drop trigger nobody_handles_someone_close_to_them on workflows_step;
drop trigger nobody_handles_someone_close_to_them on workflows_decision;
drop trigger nobody_handles_someone_close_to_them on workflows_proposal;
drop function workflows_only_its_reviewer();
drop function workflows_refuse_someone_close() cascade;
drop function workflows_receive_in_the_office() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0002_persons_are_found_by_identity_alone"),
        ("accounts", "0005_one_human_one_agent_account"),
        ("workflows", "0008_completion_item_by_item"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="contact_keys",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reviewer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("reviewer"),
                models.F("due_on"),
                models.F("id"),
                condition=models.Q(("reviewer__isnull", False)),
                name="case_queue_of_reviewer",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewer", None),
                    (
                        "state__in",
                        (
                            "received",
                            "completion_requested",
                            "under_review",
                            "opinion_requested",
                            "decision_proposed",
                        ),
                    ),
                    _connector="OR",
                ),
                name="only_a_case_in_review_has_a_reviewer",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                fields=("id", "reviewer"), name="a_case_has_one_reviewer"
            ),
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "applicant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assignments",
                        to="workflows.case",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dossiers.dossier",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("prefecture_code", models.CharField(max_length=3, null=True)),
                (
                    "since",
                    models.DateTimeField(
                        db_default=models.Func(function="portal_now"), editable=False
                    ),
                ),
                ("until", models.DateTimeField(null=True)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("routed", "à l’arrivée du dossier"),
                            ("daily", "tirage du matin"),
                            ("taken", "l’agent a pris le dossier suivant"),
                            ("away", "absence du collègue"),
                            ("left", "départ du collègue"),
                            ("conflict", "proximité avec la personne"),
                            ("supervisor", "demande du responsable"),
                            ("evened", "rééquilibrage des charges"),
                            ("rerouted", "transmission par une autre préfecture"),
                            ("reopened", "réouverture du dossier"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "ended_why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("away", "absence"),
                            ("left", "fin de l’affectation"),
                            ("conflict", "proximité avec la personne"),
                            ("supervisor", "demande du responsable"),
                            ("evened", "rééquilibrage des charges"),
                            ("rerouted", "transmission à une autre préfecture"),
                            ("closed", "fin de l’instruction"),
                        ],
                        max_length=12,
                    ),
                ),
                ("note", models.TextField(blank=True)),
                (
                    "open_case",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(then=models.F("case_id"), until=None)),
                        output_field=models.UUIDField(null=True),
                    ),
                ),
                (
                    "open_agent",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(models.When(then=models.F("agent_id"), until=None)),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(models.F("agent"), models.F("since"), name="assignments_of_agent"),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("open_case",), name="a_case_has_one_open_assignment"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.UniqueConstraint(
                fields=("open_case", "agent"), name="an_open_assignment_has_one_agent"
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "why__in",
                        [
                            "routed",
                            "daily",
                            "taken",
                            "away",
                            "left",
                            "conflict",
                            "supervisor",
                            "evened",
                            "rerouted",
                            "reopened",
                        ],
                    )
                ),
                name="an_assignment_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_why", ""), ("until", None)),
                    models.Q(
                        (
                            "ended_why__in",
                            [
                                "away",
                                "left",
                                "conflict",
                                "supervisor",
                                "evened",
                                "rerouted",
                                "closed",
                            ],
                        ),
                        ("until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="an_assignment_that_ended_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("why", "taken"), _negated=True),
                    ("made_by", models.F("agent")),
                    _connector="OR",
                ),
                name="a_person_asks_for_what_they_take",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("why", "supervisor"), _negated=True),
                    models.Q(
                        ("made_by__isnull", False),
                        models.Q(("made_by", models.F("agent")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_supervisor_never_receives_what_they_give",
            ),
        ),
        rls.protect("workflows_assignment"),
        rls.stamp("workflows_assignment", "since"),
        rls.immutable(
            "workflows_assignment",
            "id",
            "dossier_id",
            "applicant_id",
            "case_id",
            "agent_id",
            "since",
            "why",
            "made_by_id",
        ),
        migrations.RunSQL(TIED, UNTIED),
        migrations.RunSQL(GUARDS, NO_GUARDS),
    ]
