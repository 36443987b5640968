"""What failed on our side, its certificates, and the freeze that they carry."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
PRIVATE = {
    ("its_person", "portal_web"): MINE,
    ("worker", "portal_worker"): f"{MINE} or {SYSTEM}",
}
# Who sees a dossier of that person and procedure sees that its window is frozen, and why.
CONCERNED = (
    "exists (select from dossiers_dossier as d where d.applicant_id ="
    " dossiers_incidentcertificate.applicant_id and d.procedure_code ="
    " dossiers_incidentcertificate.procedure_code)"
)
FROZEN = {
    ("its_person", "portal_web"): MINE,
    ("offices", "portal_web"): (CONCERNED, "select"),
    ("worker", "portal_worker"): f"{MINE} or {SYSTEM}",
}
GUARDS = """
create function dossiers_state_what_was_recorded() returns trigger language plpgsql as $$
begin
    select procedure_code into new.procedure_code from dossiers_dossier
        where id = new.dossier_id and applicant_id = new.applicant_id;
    if not found then
        raise exception 'a certificate is about a dossier of its person'
            using errcode = '23514', constraint = 'a_certificate_is_about_its_persons_dossier';
    end if;
    if new.failure_id is not null then
        select happened_at, happened_at into new.begun_at, new.ended_at from dossiers_failure
            where id = new.failure_id and applicant_id = new.applicant_id
            and (dossier_id is null or dossier_id = new.dossier_id);
    else
        select begun_at, ended_at into new.begun_at, new.ended_at from dossiers_downtime
            where id = new.downtime_id;
    end if;
    if not found then
        raise exception 'nothing of the kind was recorded for this person'
            using errcode = '23514', constraint = 'a_certificate_states_what_was_recorded';
    end if;
    new.frozen_until := (new.ended_at at time zone 'Europe/Paris')::date + 15;
    return new;
end $$;
create trigger states_what_was_recorded before insert on dossiers_incidentcertificate
    for each row execute function dossiers_state_what_was_recorded();

-- Anybody may ask about one number and one day; the answer is one bit.
create function dossiers_certificate_known(asked text, day date) returns boolean
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    known boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    known := exists (
        select from dossiers_incidentcertificate where number = asked
        and day between (begun_at at time zone 'Europe/Paris')::date
            and (ended_at at time zone 'Europe/Paris')::date);
    perform set_config('portal.migrating', before, true);
    return known;
end $$;
"""
LOOSE = """
drop function dossiers_certificate_known(text, date);
drop function dossiers_state_what_was_recorded() cascade;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('correspondence', '0002_a_letter_is_revoked_once'),
        ('dossiers', '0014_mandates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Downtime',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('declared_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('declared_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Failure',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('page', 'Une page du portail s’est arrêtée sur une erreur'), ('upload', 'Un fichier envoyé n’a pas pu être gardé'), ('downtime', 'Le portail ne répondait pas')], max_length=8)),
                ('place', models.CharField(max_length=100)),
                ('happened_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('hour', models.DateTimeField()),
                ('rank', models.PositiveSmallIntegerField()),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='failures', to='dossiers.dossier')),
            ],
        ),
        migrations.CreateModel(
            name='IncidentCertificate',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=14, unique=True)),
                ('issued_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('procedure_code', models.CharField(max_length=60)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField()),
                ('frozen_until', models.DateField()),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='dossiers.dossier')),
                ('downtime', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.downtime')),
                ('failure', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='dossiers.failure')),
                ('letter', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='correspondence.letter')),
            ],
        ),
        migrations.AddConstraint(
            model_name='downtime',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__gt', models.F('begun_at'))), name='a_downtime_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='downtime',
            constraint=models.CheckConstraint(condition=models.Q(('declared_at__gte', models.F('ended_at'))), name='a_downtime_is_declared_once_over'),
        ),
        migrations.AddConstraint(
            model_name='downtime',
            constraint=models.UniqueConstraint(fields=('begun_at', 'ended_at'), name='a_downtime_is_declared_once'),
        ),
        migrations.AddConstraint(
            model_name='failure',
            constraint=models.UniqueConstraint(fields=('applicant', 'hour', 'rank'), name='failures_of_a_person_are_numbered_in_each_hour'),
        ),
        migrations.AddConstraint(
            model_name='failure',
            constraint=models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('rank__lte', 5)), name='an_hour_holds_few_failures_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='failure',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['page', 'upload'])), name='a_failure_has_a_known_kind'),
        ),
        migrations.AddIndex(
            model_name='incidentcertificate',
            index=models.Index(fields=['applicant', 'procedure_code', 'frozen_until'], name='freezes_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='incidentcertificate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('downtime', None), ('failure__isnull', False)), models.Q(('downtime__isnull', False), ('failure', None)), _connector='OR'), name='a_certificate_states_one_recorded_failure'),
        ),
        migrations.AddConstraint(
            model_name='incidentcertificate',
            constraint=models.UniqueConstraint(fields=('dossier', 'failure'), name='a_failure_is_certified_once_for_a_dossier'),
        ),
        migrations.AddConstraint(
            model_name='incidentcertificate',
            constraint=models.UniqueConstraint(fields=('dossier', 'downtime'), name='a_downtime_is_certified_once_for_a_dossier'),
        ),
        migrations.AddConstraint(
            model_name='incidentcertificate',
            constraint=models.CheckConstraint(condition=models.Q(('number__regex', '^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$')), name='a_certificate_has_a_number_that_can_be_typed'),
        ),
        rls.protect_by("dossiers_failure", PRIVATE),
        rls.stamp("dossiers_failure", "happened_at"),
        rls.append_only("dossiers_failure"),
        rls.stamp("dossiers_downtime", "declared_at"),
        rls.append_only("dossiers_downtime"),
        rls.protect_by("dossiers_incidentcertificate", FROZEN),
        rls.stamp("dossiers_incidentcertificate", "issued_at"),
        rls.append_only("dossiers_incidentcertificate"),
        migrations.RunSQL(GUARDS, LOOSE),
    ]
