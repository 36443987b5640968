"""What is offered, who may come, what is given; protected from the first row."""

import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"

# An applicant never makes their own clearance nor their own check-in: insertion is the office's.
MADE_BY_THE_OFFICE = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_changes", "portal_web"): (f"{MINE} or {OFFICE}", "update"),
    ("web_makes", "portal_web"): (OFFICE, "insert"),
    ("worker", "portal_worker"): f"{OFFICE} or {SYSTEM}",
    ("issuer", "portal_issuer"): OFFICE,
}
# A closure is public; only the office of the site makes one.
CLOSURES = {
    ("everyone", "public"): ("true", "select"),
    ("web_makes", "portal_web"): (OFFICE, "insert"),
}


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('correspondence', '0001_mails_letters_timeline'),
        ('dossiers', '0001_procedures_dossiers_submissions'),
        ('territory', '0002_load_geography'),
        ('workflows', '0001_case_and_its_steps'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AppointmentTransition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(max_length=10)),
                ('target', models.CharField(max_length=10)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('source', 'target'), name='a_transition_is_listed_once')],
            },
        ),
        migrations.CreateModel(
            name='IssueRun',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('rule_version', models.CharField(max_length=20)),
                ('seed', models.CharField(max_length=64)),
                ('started_at', models.DateTimeField()),
                ('waiting', models.PositiveIntegerField()),
                ('issued', models.PositiveIntegerField()),
                ('previous_digest', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('prefecture_code', 'previous_digest'), name='runs_form_one_chain')],
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('code', models.CharField(max_length=20, primary_key=True, serialize=False)),
                ('purpose', models.CharField(choices=[('biometrics', 'prise d’empreintes'), ('collection', 'remise de la carte')], max_length=20)),
                ('minutes', models.PositiveSmallIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'purpose'), name='a_service_serves_one_purpose'), models.CheckConstraint(condition=models.Q(('minutes__gte', 5), ('minutes__lte', 120)), name='a_service_lasts_five_minutes_to_two_hours')],
            },
        ),
        migrations.CreateModel(
            name='Clearance',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('clears', models.BooleanField(db_default=True, default=True)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('purpose', models.CharField(choices=[('biometrics', 'prise d’empreintes'), ('collection', 'remise de la carte')], max_length=20)),
                ('cleared_at', models.DateTimeField()),
                ('filed_at', models.DateTimeField(help_text='keeps its rank whatever happens to appointments')),
                ('deadline_on', models.DateField(help_text="the day the person's cover ends", null=True)),
                ('is_vulnerable', models.BooleanField(db_default=False, default=False)),
                ('holder_name', models.CharField(max_length=200)),
                ('dossier_number', models.CharField(max_length=20)),
                ('language', models.CharField(default='fr', max_length=5)),
                ('bring', models.JSONField(default=list, help_text='papers to bring: one text by language each')),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='clearances', to='dossiers.dossier')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.person')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.step')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service')),
            ],
        ),
        migrations.CreateModel(
            name='Slot',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('state', models.CharField(choices=[('open', 'Ouvert'), ('withdrawn', 'Retiré')], default='open', max_length=10)),
                ('counter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.counter')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
            ],
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='appointments.slot')),
            ],
        ),
        migrations.CreateModel(
            name='Appointment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('purpose', models.CharField(choices=[('biometrics', 'prise d’empreintes'), ('collection', 'remise de la carte')], max_length=20)),
                ('seat_number', models.PositiveSmallIntegerField()),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('state', models.CharField(choices=[('issued', 'Donné'), ('confirmed', 'Confirmé'), ('honoured', 'Reçu'), ('missed', 'Manqué'), ('cancelled', 'Rendu'), ('revoked', 'Retiré')], default='issued', max_length=10)),
                ('attempt', models.PositiveSmallIntegerField(default=1)),
                ('user_changes', models.PositiveSmallIntegerField(default=0)),
                ('issued_at', models.DateTimeField()),
                ('code', models.CharField(help_text='short code, typed at the counter', max_length=8)),
                ('scan_id', models.UUIDField(default=uuid.uuid4, help_text='random; in the signed QR alone')),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('counter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.counter')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='dossiers.dossier')),
                ('letter', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='correspondence.letter')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.person')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
                ('urgent_approved_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('urgent_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clearance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='appointments.clearance')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.service')),
                ('slot', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='appointments.slot')),
            ],
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='check_in', serialize=False, to='appointments.appointment')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('at', models.DateTimeField()),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('counter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.counter')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
            ],
        ),
        migrations.CreateModel(
            name='ChangeRequest',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('reason', models.CharField(choices=[('health', 'Raison de santé'), ('work', 'Travail'), ('exam', 'Cours ou examen'), ('family', 'Raison familiale'), ('travel', 'Absence ou voyage'), ('other', 'Autre raison')], max_length=20)),
                ('asked_at', models.DateTimeField()),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='change_request', to='appointments.appointment')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['health', 'work', 'exam', 'family', 'travel', 'other'])), name='a_change_has_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='Closure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('period', django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ('reason', models.CharField(max_length=200)),
                ('closed_at', models.DateTimeField()),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='closures', to='territory.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('period__isempty', False)), name='a_closure_has_a_length')],
            },
        ),
        migrations.CreateModel(
            name='IssueDecision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('rank', models.PositiveIntegerField()),
                ('priority_class', models.PositiveSmallIntegerField()),
                ('outcome', models.CharField(choices=[('seat', 'Rendez-vous donné'), ('no_seat', 'Aucune place dans le calendrier ouvert'), ('missed_twice', 'Deux rendez-vous manqués : un agent prend contact')], max_length=20)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('appointment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='appointments.appointment')),
                ('clearance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='appointments.clearance')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='appointments.issuerun')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('run', 'rank'), name='a_rank_is_held_once_in_a_run'), models.UniqueConstraint(fields=('run', 'clearance'), name='a_clearance_is_decided_once_in_a_run'), models.CheckConstraint(condition=models.Q(models.Q(('appointment__isnull', False), ('outcome', 'seat')), models.Q(models.Q(('outcome', 'seat'), _negated=True), ('appointment', None)), _connector='OR'), name='a_decision_gives_a_seat_or_a_reason')],
            },
        ),
        migrations.CreateModel(
            name='OpeningPattern',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(help_text='1 is Monday', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(7)])),
                ('minutes', django.contrib.postgres.fields.ranges.IntegerRangeField(help_text='minutes after midnight, in Europe/Paris')),
                ('seats', models.PositiveSmallIntegerField(default=1)),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('counter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='openings', to='territory.counter')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='appointments.service')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('weekday__gte', 1), ('weekday__lte', 7)), name='an_opening_is_on_a_day_of_the_week'), models.CheckConstraint(condition=models.Q(('minutes__contained_by', (0, 1440)), ('minutes__isempty', False)), name='an_opening_is_inside_one_day'), models.CheckConstraint(condition=models.Q(('seats__gte', 1), ('seats__lte', 20)), name='an_opening_has_one_to_twenty_seats'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('counter', '='), ('weekday', '='), ('minutes', '&&'), ('valid', '&&')], name='a_counter_has_one_opening_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='CounterSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counter', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='skills', to='territory.counter')),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='appointments.service')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('counter', 'service'), name='a_counter_has_a_skill_once')],
            },
        ),
        migrations.AddIndex(
            model_name='clearance',
            index=models.Index(condition=models.Q(('revoked_at', None)), fields=['prefecture_code', 'filed_at'], name='clearance_waiting'),
        ),
        migrations.AddConstraint(
            model_name='clearance',
            constraint=models.CheckConstraint(condition=models.Q(('clears', True)), name='a_clearance_comes_from_a_clearing_step'),
        ),
        migrations.AddConstraint(
            model_name='clearance',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('dossier', 'purpose'), name='one_live_clearance_per_dossier_and_purpose'),
        ),
        migrations.AddConstraint(
            model_name='clearance',
            constraint=models.UniqueConstraint(fields=('id', 'dossier', 'applicant', 'person', 'prefecture_code', 'service', 'purpose'), name='a_clearance_is_for_one_person_and_place'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__lower_inc', True), ('period__lower_inf', False), ('period__upper_inc', False), ('period__upper_inf', False)), name='a_slot_has_a_beginning_and_an_end'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'withdrawn'])), name='a_slot_is_open_or_withdrawn'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=models.UniqueConstraint(fields=('id', 'prefecture_code', 'site', 'counter', 'service', 'period'), name='a_slot_is_one_place_and_moment'),
        ),
        migrations.AddConstraint(
            model_name='slot',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state', 'open')), expressions=[('counter', '='), ('period', '&&')], name='a_counter_is_in_one_slot_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.UniqueConstraint(fields=('slot', 'number'), name='a_seat_exists_once'),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1), ('number__lte', 20)), name='a_slot_has_at_most_twenty_seats'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(fields=['site', 'period'], name='appointment_of_the_day'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['issued', 'confirmed', 'honoured', 'missed', 'cancelled', 'revoked'])), name='an_appointment_has_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('user_changes__gte', 0), ('user_changes__lte', 2)), name='at_most_two_changes_asked_by_the_person'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('period__startswith__gte', django.db.models.expressions.CombinedExpression(models.F('issued_at'), '+', models.Value(datetime.timedelta(days=10)))), models.Q(('urgent_approved_by__isnull', False), ('urgent_by__isnull', False), models.Q(('urgent_by', models.F('urgent_approved_by')), _negated=True)), _connector='OR'), name='ten_days_notice_or_two_people_say_urgent'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('attempt__gte', 1)), name='an_attempt_is_counted'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('issued', 'confirmed', 'honoured'))), fields=('slot', 'seat_number'), name='a_seat_is_given_once'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('issued', 'confirmed'))), fields=('dossier', 'purpose'), name='one_live_appointment_per_dossier_and_purpose'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(fields=('dossier', 'purpose', 'attempt'), name='attempts_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(fields=('code',), name='a_code_opens_one_appointment'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(fields=('scan_id',), name='a_scan_opens_one_appointment'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=models.UniqueConstraint(fields=('id', 'dossier', 'applicant', 'prefecture_code', 'site'), name='an_appointment_is_for_one_person_and_place'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('issued', 'confirmed'))), expressions=[('applicant', '='), ('period', '&&')], name='an_applicant_is_in_one_place_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('state__in', ('issued', 'confirmed'))), expressions=[('person', '='), ('period', '&&')], name='a_person_is_in_one_place_at_a_time'),
        ),
        rls.protect_by("appointments_clearance", MADE_BY_THE_OFFICE),
        rls.protect("appointments_appointment"),
        rls.protect("appointments_changerequest"),
        rls.protect_by("appointments_checkin", MADE_BY_THE_OFFICE),
        rls.protect("appointments_issuedecision"),
        rls.protect_by("appointments_closure", CLOSURES),
    ]
