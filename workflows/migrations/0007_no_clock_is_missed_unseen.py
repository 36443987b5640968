"""Due dates with their reason, alarms, runs of the clocks, reasons of a silence, appeals."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# Cases that were open before this release: what was due was due by one of these rules.
FILL = """
update workflows_case set
    due_rule = case
        when state = 'filed' then 'routing'
        when state = 'completion_requested' then 'completion'
        when state = 'granted' then 'follow-grant'
        when state = 'opinion_requested' and due_on < implicit_refusal_on then 'opinion'
        else clock_rule end,
    due_article = case
        when state = 'filed' then 'CRPA L.114-2'
        when state = 'completion_requested' then 'CRPA L.114-5'
        when state = 'granted' then ''
        when state = 'opinion_requested' and due_on < implicit_refusal_on then ''
        else clock_article end
where due_on is not null;
"""
WHOSE = ("id", "dossier_id", "applicant_id", "case_id")
KEEP = """
create trigger keep_settled before update on workflows_alarm
    for each row execute function workflows_keep_settled('seen_at');
create trigger keep_settled before update on workflows_reasonsrequest
    for each row execute function workflows_keep_settled('answered_at');
create trigger keep_settled before update on workflows_appeal
    for each row execute function workflows_keep_settled('settled_at');
create trigger keep_settled before update on workflows_clockrun
    for each row execute function workflows_keep_settled('ended_at');
"""
FREE = """
drop trigger keep_settled on workflows_clockrun;
drop trigger keep_settled on workflows_appeal;
drop trigger keep_settled on workflows_reasonsrequest;
drop trigger keep_settled on workflows_alarm;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0002_persons_are_found_by_identity_alone'),
        ('workflows', '0006_routing_service_and_rule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Alarm',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('rule', models.CharField(max_length=60)),
                ('due_on', models.DateField()),
                ('raised_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('seen_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AlarmDigest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('legal_day', models.DateField()),
                ('number', models.PositiveIntegerField()),
                ('mails', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='ClockRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('legal_day', models.DateField(unique=True)),
                ('first_day', models.DateField()),
                ('stage', models.CharField(blank=True, max_length=16)),
                ('after', models.UUIDField(null=True)),
                ('counts', models.JSONField(default=dict)),
                ('started_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReasonsRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('silence_on', models.DateField()),
                ('asked_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('due_on', models.DateField()),
                ('grounds_law', models.TextField(blank=True)),
                ('grounds_fact', models.TextField(blank=True)),
                ('written_at', models.DateTimeField(null=True)),
                ('signer_name', models.CharField(blank=True, max_length=120)),
                ('signer_quality', models.CharField(blank=True, max_length=200)),
                ('letter_id', models.UUIDField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='due_article',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='case',
            name='due_rule',
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name='case',
            name='silence_letter_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('due_on'), models.F('id'), condition=models.Q(('state__in', ('filed', 'received', 'completion_requested', 'under_review', 'opinion_requested', 'decision_proposed'))), name='case_due_somewhere'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('due_rule', '')), models.Q(('due_on__isnull', False), models.Q(('due_rule', ''), _negated=True)), _connector='OR'), name='a_due_date_says_its_rule'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='alarm',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alarms', to='workflows.case'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='alarm',
            name='seen_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='alarmdigest',
            constraint=models.UniqueConstraint(fields=('prefecture_code', 'legal_day'), name='an_office_is_written_to_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='clockrun',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), models.Q(('stage', ''), _negated=True)), models.Q(('ended_at__isnull', False), ('stage', '')), _connector='OR'), name='a_run_has_a_stage_until_it_ends'),
        ),
        migrations.AddConstraint(
            model_name='clockrun',
            constraint=models.CheckConstraint(condition=models.Q(('first_day__lte', models.F('legal_day'))), name='a_run_catches_up_from_a_day_that_came'),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reasons_requests', to='workflows.case'),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='signer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='written_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='alarm',
            index=models.Index(models.F('prefecture_code'), models.F('due_on'), models.F('id'), condition=models.Q(('seen_at', None)), name='alarms_to_see'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.UniqueConstraint(fields=('case', 'due_on', 'rule'), name='a_case_alarms_once_for_a_day_and_a_rule'),
        ),
        migrations.AddConstraint(
            model_name='alarm',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('seen_at', None), ('seen_by', None)), models.Q(('seen_at__isnull', False), ('seen_by__isnull', False)), _connector='OR'), name='an_alarm_that_was_seen_says_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.UniqueConstraint(fields=('case', 'silence_on'), name='reasons_are_asked_once_for_a_silence'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grounds_fact', ''), ('grounds_law', ''), ('written_at', None), ('written_by', None)), models.Q(('written_at__isnull', False), ('written_by__isnull', False), models.Q(('grounds_law', ''), _negated=True), models.Q(('grounds_fact', ''), _negated=True)), _connector='OR'), name='written_reasons_are_in_law_and_in_fact'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('letter_id', None), ('signer', None)), models.Q(('answered_at__isnull', False), ('letter_id__isnull', False), ('signer__isnull', False), ('written_by__isnull', False)), _connector='OR'), name='answered_reasons_are_written_signed_and_sent'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.CheckConstraint(condition=models.Q(('signer', None), models.Q(('signer', models.F('written_by')), _negated=True), _connector='OR'), name='who_signs_the_reasons_has_not_written_them', violation_error_message='La personne qui signe ne peut pas avoir écrit.'),
        ),
        migrations.CreateModel(
            name='Appeal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('kind', models.CharField(choices=[('gracious', 'recours gracieux'), ('hierarchical', 'recours hiérarchique'), ('contentious', 'recours contentieux')], max_length=12)),
                ('contested_on', models.DateField()),
                ('filed_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('is_late', models.BooleanField()),
                ('due_on', models.DateField(null=True)),
                ('text', models.TextField(blank=True)),
                ('court_number', models.CharField(blank=True, max_length=40)),
                ('receipt_id', models.UUIDField(null=True)),
                ('grounds_law', models.TextField(blank=True)),
                ('grounds_fact', models.TextField(blank=True)),
                ('written_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('rejected', 'rejeté'), ('accepted', 'accepté, le dossier est rouvert')], max_length=8)),
                ('signer_name', models.CharField(blank=True, max_length=120)),
                ('signer_quality', models.CharField(blank=True, max_length=200)),
                ('letter_id', models.UUIDField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='workflows.case')),
                ('decision', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='appeals', to='workflows.decision')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('settled_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(models.F('prefecture_code'), models.F('due_on'), models.F('id'), condition=models.Q(('settled_at', None)), name='appeals_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['gracious', 'hierarchical', 'contentious'])), name='an_appeal_is_of_a_known_kind'), models.UniqueConstraint(condition=models.Q(('kind', 'contentious'), _negated=True), fields=('case', 'kind', 'contested_on'), name='an_appeal_of_a_kind_is_filed_once_against_a_refusal'), models.UniqueConstraint(condition=models.Q(('kind', 'contentious')), fields=('case', 'court_number'), name='a_court_case_is_recorded_once'), models.CheckConstraint(condition=models.Q(models.Q(('due_on', None), ('kind', 'contentious'), ('receipt_id', None), ('recorded_by__isnull', False), models.Q(('court_number', ''), _negated=True)), models.Q(models.Q(('kind', 'contentious'), _negated=True), ('court_number', ''), ('due_on__isnull', False), ('receipt_id__isnull', False), ('recorded_by', None), models.Q(('text', ''), _negated=True)), _connector='OR'), name='an_appeal_to_the_administration_has_its_text_clock_and_receipt'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), ('outcome__in', ['rejected', 'accepted'])), _connector='OR'), name='a_settled_appeal_says_how_and_by_whom'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'rejected'), _negated=True), models.Q(('letter_id__isnull', False), ('written_by__isnull', False), models.Q(('grounds_law', ''), _negated=True), models.Q(('grounds_fact', ''), _negated=True)), _connector='OR'), name='a_rejected_appeal_is_reasoned_signed_and_sent'), models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'rejected'), _negated=True), models.Q(('settled_by', models.F('written_by')), _negated=True), _connector='OR'), name='who_signs_a_rejection_has_not_written_it', violation_error_message='La personne qui signe ne peut pas avoir écrit.')],
            },
        ),
        migrations.RunSQL(KEEP, FREE),
        rls.protect("workflows_alarm"),
        rls.protect("workflows_reasonsrequest"),
        rls.protect("workflows_appeal"),
        rls.stamp("workflows_alarm", "raised_at"),
        rls.stamp("workflows_clockrun", "started_at"),
        rls.stamp("workflows_reasonsrequest", "asked_at"),
        rls.stamp("workflows_appeal", "filed_at"),
        rls.immutable("workflows_alarm", *WHOSE, "rule", "due_on", "raised_at"),
        rls.immutable("workflows_clockrun", "legal_day", "first_day", "started_at"),
        rls.append_only("workflows_alarmdigest"),
        rls.immutable("workflows_reasonsrequest", *WHOSE, "silence_on", "due_on", "asked_at"),
        rls.immutable(
            "workflows_appeal",
            *WHOSE,
            "kind",
            "decision_id",
            "contested_on",
            "filed_at",
            "is_late",
            "due_on",
            "text",
            "court_number",
            "recorded_by_id",
            "receipt_id",
        ),
    ]
