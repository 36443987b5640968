"""Completion item by item: rounds, one extension, reminders, explanations; slips put right."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# Requests made before rounds were counted: numbered in their order, with what is known of them.
NUMBER_ROUNDS = """
update dossiers_completionitem set reason_code = 'unsaid' where why = '';
with numbered as (
    select id, row_number() over (partition by dossier_id order by asked_at, id) as place
    from dossiers_completionrequest)
update dossiers_completionrequest as request
set round = place, round_reason = case when place = 1 then '' else 'Motif non enregistré.' end,
    about_submission = place,
    answer_submission = case when outcome = 'supplied' then place + 1 end
from numbered where numbered.id = request.id;
"""

KEEP_REQUEST = """
create function dossiers_keep_request() returns trigger language plpgsql as $$
begin
    -- the office that may read the row follows the dossier; nothing else changes once it is closed
    if old.closed_at is not null
       and (to_jsonb(new) - 'prefecture_code') is distinct from
           (to_jsonb(old) - 'prefecture_code') then
        raise exception 'a closed completion request is never changed'
            using errcode = 'restrict_violation';
    end if;
    if old.extended_to is not null
       and (new.extended_to, new.extended_at, new.extension_reason)
           is distinct from (old.extended_to, old.extended_at, old.extension_reason) then
        raise exception 'a completion request is extended once'
            using errcode = 'restrict_violation';
    end if;
    if new.extended_to > (new.asked_at at time zone 'Europe/Paris')::date + 180 then
        raise exception 'a completion request never waits longer than 180 days'
            using errcode = '23514', constraint = 'an_extension_has_a_limit';
    end if;
    return new;
end $$;
create trigger keep_request before update on dossiers_completionrequest
    for each row execute function dossiers_keep_request();
create trigger keep_asked before update on dossiers_completionrequest for each row
    execute function portal_refuse_columns('due_on', 'round', 'round_reason', 'about_submission');
create trigger keep_asked before update on dossiers_completionitem for each row
    execute function portal_refuse_columns('essential', 'reason_code', 'example');
"""
LET_REQUEST = """
drop trigger keep_asked on dossiers_completionitem;
drop trigger keep_asked on dossiers_completionrequest;
drop function dossiers_keep_request() cascade;
"""

# Who signs a corrected version is who made the correction: a composite key says so.
SIGNED = """
create trigger keep_signature before update on dossiers_submission for each row
    execute function portal_refuse_columns('corrected_by_id');
alter table dossiers_submission
    add constraint a_submission_has_one_corrector unique (id, corrected_by_id);
alter table dossiers_correction
    add constraint a_correction_is_signed_by_its_author foreign key (submission_id, made_by_id)
    references dossiers_submission (id, corrected_by_id);
create function dossiers_keep_contest() returns trigger language plpgsql as $$
begin
    if old.settled_at is not null
       and (to_jsonb(new) - 'prefecture_code') is distinct from
           (to_jsonb(old) - 'prefecture_code') then
        raise exception 'an answered contest is never changed'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_contest before update on dossiers_correctioncontest
    for each row execute function dossiers_keep_contest();
"""
UNSIGNED = """
drop function dossiers_keep_contest() cascade;
alter table dossiers_correction drop constraint a_correction_is_signed_by_its_author;
alter table dossiers_submission drop constraint a_submission_has_one_corrector;
drop trigger keep_signature on dossiers_submission;
"""

PROTECTION = [
    migrations.RunSQL(KEEP_REQUEST, LET_REQUEST),
    migrations.RunSQL(SIGNED, UNSIGNED),
    rls.protect("dossiers_completionreminder"),
    rls.stamp("dossiers_completionreminder", "sent_at"),
    rls.immutable(
        "dossiers_completionreminder",
        "id",
        "request_id",
        "dossier_id",
        "applicant_id",
        "for_day",
        "days_before",
        "sent_at",
    ),
    rls.protect("dossiers_correction"),
    rls.stamp("dossiers_correction", "made_at"),
    rls.immutable(
        "dossiers_correction",
        "id",
        "dossier_id",
        "applicant_id",
        "submission_id",
        "changes",
        "reason",
        "proof_id",
        "made_by_id",
        "made_at",
    ),
    rls.protect("dossiers_correctioncontest"),
    rls.stamp("dossiers_correctioncontest", "made_at"),
    rls.immutable(
        "dossiers_correctioncontest",
        "id",
        "correction_id",
        "dossier_id",
        "applicant_id",
        "text",
        "made_at",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0002_persons_are_found_by_identity_alone'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CompletionReminder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(blank=True, max_length=3, null=True)),
                ('for_day', models.DateField()),
                ('days_before', models.PositiveSmallIntegerField()),
                ('sent_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(blank=True, max_length=3, null=True)),
                ('changes', models.JSONField()),
                ('reason', models.TextField()),
                ('made_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
            options={
                'verbose_name': 'correction',
            },
        ),
        migrations.CreateModel(
            name='CorrectionContest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(blank=True, max_length=3, null=True)),
                ('text', models.TextField()),
                ('made_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_note', models.TextField(blank=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='submission',
            name='a_submission_carries_the_sworn_statement',
        ),
        migrations.AddField(
            model_name='completionitem',
            name='essential',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='completionitem',
            name='example',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='completionitem',
            name='explained_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='completionitem',
            name='explanation',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='completionitem',
            name='reason_code',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='about_submission',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='answer_submission',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='extended_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='extended_to',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='extension_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='round',
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name='completionrequest',
            name='round_reason',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='submission',
            name='corrected_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='submission',
            name='sworn_text',
            field=models.TextField(blank=True),
        ),
        migrations.RunSQL(NUMBER_ROUNDS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='completionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason_code', ''), _negated=True), models.Q(('why', ''), _negated=True), _connector='OR'), name='a_completion_item_says_why'),
        ),
        migrations.AddConstraint(
            model_name='completionitem',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('explained_at', None), ('explanation', '')), models.Q(models.Q(('explanation', ''), _negated=True), ('explained_at__isnull', False)), _connector='OR'), name='an_explanation_has_its_moment'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.UniqueConstraint(fields=('dossier', 'round'), name='rounds_of_completion_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.CheckConstraint(condition=models.Q(('round', 1), models.Q(('round__gt', 1), models.Q(('round_reason', ''), _negated=True)), _connector='OR'), name='a_second_round_of_completion_says_why'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_submission__gt', models.F('about_submission')), ('answer_submission__isnull', False), ('outcome', 'supplied')), models.Q(models.Q(('outcome', 'supplied'), _negated=True), ('answer_submission', None)), _connector='OR'), name='a_supplied_completion_request_names_its_filing'),
        ),
        migrations.AddConstraint(
            model_name='completionrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('extended_at', None), ('extended_to', None), ('extension_reason', '')), models.Q(('extended_at__isnull', False), ('extended_to__gt', models.F('due_on')), ('extended_to__isnull', False)), _connector='OR'), name='an_extension_puts_the_deadline_off'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('corrected_by', None), models.Q(('sworn_text', ''), _negated=True)), models.Q(('corrected_by__isnull', False), ('number__gt', 1), ('sworn_text', '')), _connector='OR'), name='a_submission_is_sworn_by_the_person_or_corrected_by_the_office'),
        ),
        migrations.AddField(
            model_name='completionreminder',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='completionreminder',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='completionreminder',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='dossiers.completionrequest'),
        ),
        migrations.AddField(
            model_name='correction',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='corrections', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='correction',
            name='made_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correction',
            name='proof',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.evidence'),
        ),
        migrations.AddField(
            model_name='correction',
            name='submission',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='correction', to='dossiers.submission'),
        ),
        migrations.AddField(
            model_name='correctioncontest',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='correctioncontest',
            name='correction',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='contest', to='dossiers.correction'),
        ),
        migrations.AddField(
            model_name='correctioncontest',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='correctioncontest',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='completionreminder',
            constraint=models.UniqueConstraint(fields=('request', 'for_day', 'days_before'), name='a_deadline_is_reminded_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('changes', {}), _negated=True), name='a_correction_changes_something'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_correction_says_why'),
        ),
        migrations.AddConstraint(
            model_name='correctioncontest',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_contest_says_what_is_not_right'),
        ),
        migrations.AddConstraint(
            model_name='correctioncontest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_by', None), ('settled_note', '')), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('settled_note', ''), _negated=True)), _connector='OR'), name='a_settled_contest_has_its_answer'),
        ),
        *PROTECTION,
    ]
