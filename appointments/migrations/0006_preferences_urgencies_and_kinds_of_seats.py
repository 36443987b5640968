"""What a person prefers, what cannot wait, and why a seat exists; protected from the first row."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
# The person alone writes what they prefer; the office and the run read it.
PREFERRED = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_makes", "portal_web"): (MINE, "insert"),
    ("web_changes", "portal_web"): (MINE, "update"),
    ("web_removes", "portal_web"): (MINE, "delete"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}
# Two people of the office; the person of the dossier reads that their visit is urgent.
URGENT = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_asks", "portal_web"): (
        f"{OFFICE} and asked_by_id = (select portal_actor()) and not {MINE}",
        "insert",
    ),
    ("web_answers", "portal_web"): (f"{OFFICE} and not {MINE}", "update"),
    ("worker", "portal_worker"): (f"{OFFICE} or {SYSTEM}", "select"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}

BINDINGS = """
alter table appointments_preference
    add constraint a_preference_is_referred_to_with_its_person
        unique (dossier_id, applicant_id, prefecture_code),
    add constraint a_preference_is_of_the_person_of_its_dossier
        foreign key (dossier_id, applicant_id, person_id)
        references dossiers_dossier (id, applicant_id, person_id);
alter table appointments_preferredsite
    add constraint a_preferred_site_is_of_its_person_and_prefecture
        foreign key (preference_id, applicant_id, prefecture_code)
        references appointments_preference (dossier_id, applicant_id, prefecture_code)
        on update cascade deferrable initially deferred,
    add constraint a_preferred_site_is_in_the_prefecture
        foreign key (site_id, prefecture_code) references territory_site (id, prefecture_id);
alter table appointments_urgency
    add constraint an_urgency_is_of_the_person_of_its_clearance
        foreign key (clearance_id, dossier_id, applicant_id, prefecture_code)
        references appointments_clearance (id, dossier_id, applicant_id, prefecture_code);

-- Asked once; answered once, by the person who acts, at the database's own time.
create function appointments_begin_urgency() returns trigger language plpgsql as $$
begin
    if new.approved_by_id is not null or new.declined_at is not null then
        raise exception 'an urgency begins unanswered' using errcode = '23514',
            constraint = 'an_urgency_begins_unanswered';
    end if;
    return new;
end $$;
create trigger begin_urgency before insert on appointments_urgency
    for each row execute function appointments_begin_urgency();
create function appointments_answer_urgency() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' or old.approved_at is not null or old.declined_at is not null
       or (to_jsonb(new) - 'approved_by_id' - 'approved_at' - 'declined_at')
            is distinct from (to_jsonb(old) - 'approved_by_id' - 'approved_at' - 'declined_at') then
        raise exception 'an urgency is answered once and never changed' using errcode = '23514',
            constraint = 'an_urgency_is_answered_once';
    end if;
    if new.approved_by_id is not null then
        if new.approved_by_id is distinct from portal_actor() then
            raise exception 'nobody agrees for another' using errcode = '23514',
                constraint = 'an_urgency_is_agreed_by_who_acts';
        end if;
        new.approved_at := portal_now();
    elsif new.declined_at is not null then
        new.declined_at := portal_now();
    end if;
    return new;
end $$;
create trigger answer_urgency before update or delete on appointments_urgency
    for each row execute function appointments_answer_urgency();
create trigger keep_urgency_whole before truncate on appointments_urgency
    for each statement execute function portal_refuse_change();
"""
BACK = """
drop trigger keep_urgency_whole on appointments_urgency;
drop function appointments_answer_urgency() cascade;
drop function appointments_begin_urgency() cascade;
alter table appointments_urgency drop constraint an_urgency_is_of_the_person_of_its_clearance;
alter table appointments_preferredsite
    drop constraint a_preferred_site_is_in_the_prefecture,
    drop constraint a_preferred_site_is_of_its_person_and_prefecture;
alter table appointments_preference
    drop constraint a_preference_is_of_the_person_of_its_dossier,
    drop constraint a_preference_is_referred_to_with_its_person;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0005_readmission'),
        ('dossiers', '0003_completion_item_by_item'),
        ('territory', '0003_services_their_remits_and_affiliations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='+', serialize=False, to='dossiers.dossier')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('blocked', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=13), blank=True, default=list, size=None)),
                ('step_free', models.BooleanField(db_default=False, default=False)),
                ('interpreter', models.CharField(blank=True, db_default='', default='', max_length=3)),
                ('short_notice', models.BooleanField(db_default=False, default=False)),
                ('changed_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='PreferredSite',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(max_length=3)),
                ('rank', models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Urgency',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('ground', models.CharField(choices=[('court', 'Décision d’un juge'), ('protection', 'Mise en sécurité d’une personne'), ('medical', 'Raison médicale')], max_length=20)),
                ('reason', models.TextField()),
                ('asked_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('declined_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='seat',
            name='kind',
            field=models.CharField(choices=[('regular', 'Place'), ('overbook', 'Place en plus, pour les absences attendues'), ('reserve', 'Place gardée pour les derniers jours')], db_default='regular', default='regular', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='seat',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['regular', 'overbook', 'reserve'])), name='a_seat_has_a_known_kind'),
        ),
        migrations.AddField(
            model_name='preference',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='preference',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.person'),
        ),
        migrations.AddField(
            model_name='preferredsite',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='preferredsite',
            name='preference',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sites', to='appointments.preference'),
        ),
        migrations.AddField(
            model_name='preferredsite',
            name='site',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.site'),
        ),
        migrations.AddField(
            model_name='urgency',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='urgency',
            name='approved_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='urgency',
            name='asked_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='urgency',
            name='clearance',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='urgencies', to='appointments.clearance'),
        ),
        migrations.AddField(
            model_name='urgency',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.CheckConstraint(condition=models.Q(('blocked__len__lte', 10)), name='at_most_ten_half_days_are_blocked'),
        ),
        migrations.AddConstraint(
            model_name='preferredsite',
            constraint=models.CheckConstraint(condition=models.Q(('rank__gte', 1), ('rank__lte', 3)), name='a_preferred_site_is_one_of_three'),
        ),
        migrations.AddConstraint(
            model_name='preferredsite',
            constraint=models.UniqueConstraint(fields=('preference', 'rank'), name='a_rank_of_preference_is_one_site'),
        ),
        migrations.AddConstraint(
            model_name='preferredsite',
            constraint=models.UniqueConstraint(fields=('preference', 'site'), name='a_site_is_preferred_once'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.CheckConstraint(condition=models.Q(('ground__in', ['court', 'protection', 'medical'])), name='an_urgency_has_a_known_ground'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='an_urgency_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('approved_at', None), ('approved_by', None)), models.Q(('approved_at__isnull', False), ('approved_by__isnull', False), ('declined_at', None), models.Q(('approved_by', models.F('asked_by')), _negated=True)), _connector='OR'), name='an_urgency_is_agreed_by_another'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.UniqueConstraint(condition=models.Q(('declined_at', None)), fields=('clearance',), name='one_urgency_at_a_time_for_a_clearance'),
        ),
        migrations.AddConstraint(
            model_name='urgency',
            constraint=models.UniqueConstraint(fields=('id', 'clearance', 'asked_by', 'approved_by'), name='an_urgency_is_referred_to_with_its_two_people'),
        ),
        migrations.RunSQL(BINDINGS, BACK),
        rls.protect_by("appointments_preference", PREFERRED),
        rls.protect_by("appointments_preferredsite", PREFERRED),
        rls.protect_by("appointments_urgency", URGENT),
        rls.stamp("appointments_urgency", "asked_at"),
        rls.immutable("appointments_preference", "dossier_id", "applicant_id", "person_id"),
    ]
