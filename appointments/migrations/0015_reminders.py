"""Reminders go once each; a notice that reached nobody is written down, and no miss is counted."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
REMINDED = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("worker_reads", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("worker_sends", "portal_worker"): (SYSTEM, "insert"),
}
UNDELIVERED = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_reaches", "portal_web"): (f"{OFFICE} and not {MINE}", "update"),
    ("worker_reads", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("worker_finds", "portal_worker"): (SYSTEM, "insert"),
    ("worker_settles", "portal_worker"): (SYSTEM, "update"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}
BINDINGS = """
alter table appointments_reminder
    add constraint a_reminder_is_of_the_person_of_its_appointment
        foreign key (appointment_id, dossier_id, applicant_id, prefecture_code, site_id)
        references appointments_appointment (id, dossier_id, applicant_id, prefecture_code, site_id);
alter table appointments_undeliverednotice
    add constraint an_undelivered_notice_is_of_the_person_of_its_appointment
        foreign key (appointment_id, dossier_id, applicant_id, prefecture_code, site_id)
        references appointments_appointment (id, dossier_id, applicant_id, prefecture_code, site_id);

-- Found about an appointment to come, that nobody confirmed; the past is not rewritten.
create function appointments_find_undelivered() returns trigger language plpgsql as $$
begin
    if new.reached_at is not null or not exists (
            select from appointments_appointment
            where id = new.appointment_id and state = 'issued' and lower(period) > portal_now())
    then
        raise exception 'an undelivered notice is about a visit to come' using errcode = '23514',
            constraint = 'an_undelivered_notice_is_about_a_visit_to_come';
    end if;
    return new;
end $$;
create trigger find_undelivered before insert on appointments_undeliverednotice
    for each row execute function appointments_find_undelivered();

-- Ended once, before the visit; an agent says it for nobody else.
create function appointments_end_undelivered() returns trigger language plpgsql as $$
begin
    if old.reached_at is not null or new.reached_at is null then
        raise exception 'a person is reached once' using errcode = '23514',
            constraint = 'a_person_is_reached_once';
    end if;
    if new.reached_by_id is distinct from portal_actor()
       and (new.reached_by_id is not null or current_user = 'portal_web') then
        raise exception 'nobody reaches for another' using errcode = '23514',
            constraint = 'a_person_is_reached_by_who_says_so';
    end if;
    if not exists (select from appointments_appointment
                   where id = new.appointment_id and lower(period) > portal_now()) then
        raise exception 'a person is reached before the visit' using errcode = '23514',
            constraint = 'a_person_is_reached_before_the_visit';
    end if;
    new.reached_at := portal_now();
    return new;
end $$;
create trigger end_undelivered before update on appointments_undeliverednotice
    for each row execute function appointments_end_undelivered();
"""
BACK = """
drop function appointments_end_undelivered() cascade;
drop function appointments_find_undelivered() cascade;
alter table appointments_undeliverednotice
    drop constraint an_undelivered_notice_is_of_the_person_of_its_appointment;
alter table appointments_reminder drop constraint a_reminder_is_of_the_person_of_its_appointment;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0014_urgency_is_answered_by_a_supervisor'),
        ('dossiers', '0004_a_request_holds_the_review_or_not'),
        ('territory', '0004_where_a_site_is'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('kind', models.CharField(choices=[('ten_days', 'Dix jours avant'), ('two_days', 'Deux jours avant')], max_length=10)),
                ('channel', models.CharField(choices=[('mail', 'Courriel'), ('text', 'SMS')], max_length=10)),
                ('sent_at', models.DateTimeField()),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reminders', to='appointments.appointment')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['ten_days', 'two_days'])), name='a_reminder_is_of_a_known_kind'), models.CheckConstraint(condition=models.Q(('channel__in', ['mail', 'text'])), name='a_reminder_goes_by_a_known_channel'), models.UniqueConstraint(fields=('appointment', 'kind'), name='an_appointment_is_reminded_once_of_each_kind')],
            },
        ),
        migrations.CreateModel(
            name='UndeliveredNotice',
            fields=[
                ('appointment', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='undelivered', serialize=False, to='appointments.appointment')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('found_at', models.DateTimeField()),
                ('reached_at', models.DateTimeField(blank=True, null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('reached_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reached_by', None), ('reached_at__isnull', False), _connector='OR'), name='who_reached_somebody_did_it_at_a_moment'), models.CheckConstraint(condition=models.Q(('reached_by', None), models.Q(('reached_by', models.F('applicant')), _negated=True), _connector='OR'), name='nobody_reaches_themselves')],
            },
        ),
        migrations.RunSQL(BINDINGS, BACK),
        rls.protect_by("appointments_reminder", REMINDED),
        rls.protect_by("appointments_undeliverednotice", UNDELIVERED),
        rls.stamp("appointments_reminder", "sent_at"),
        rls.stamp("appointments_undeliverednotice", "found_at"),
        rls.append_only("appointments_reminder"),
        rls.immutable(
            "appointments_undeliverednotice",
            "appointment_id",
            "dossier_id",
            "applicant_id",
            "prefecture_code",
            "site_id",
            "found_at",
        ),
    ]
