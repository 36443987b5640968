"""What was already said, or is known by the register, is proposed once and never assumed."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# The attempts of an account are counted by the database, one after the other.
LOOKUPS = """
alter table dossiers_registerlookup
    add constraint a_lookup_is_about_the_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
alter table dossiers_dossier alter column set_aside set default '{}',
    add constraint what_is_set_aside_has_names
    check (jsonb_typeof(set_aside) = 'object');
alter table dossiers_submission alter column contested set default '[]',
    add constraint what_is_contested_is_a_list
    check (jsonb_typeof(contested) = 'array');
create trigger keep_contested before update on dossiers_submission for each row
    execute function portal_refuse_columns('contested');

create function dossiers_count_lookups() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    failures int;
    open boolean;
begin
    perform pg_advisory_xact_lock(hashtext('dossiers_registerlookup'), new.applicant_id::int);
    perform set_config('portal.migrating', 'on', true);
    -- an answer that nobody may read yet counts as none: the count tells nothing before its time
    select count(*) into failures from dossiers_registerlookup
        where applicant_id = new.applicant_id and asked_at > portal_now() - interval '1 hour'
            and (state in ('nothing', 'waiting') or shown_at > portal_now());
    open := exists (select from dossiers_dossier
        where id = new.dossier_id and filed_at is null and withdrawn_at is null);
    perform set_config('portal.migrating', before, true);
    if failures >= 10 then
        raise exception 'too many questions to the register without a result'
            using errcode = '23514', constraint = 'ten_lookups_without_a_result_an_hour';
    end if;
    if not open or new.state <> 'waiting' then
        raise exception 'the register is asked for a draft'
            using errcode = '23514', constraint = 'a_lookup_begins_in_a_draft';
    end if;
    return new;
end $$;
create trigger count_lookups before insert on dossiers_registerlookup
    for each row execute function dossiers_count_lookups();

create function dossiers_keep_lookup() returns trigger language plpgsql as $$
begin
    if old.state <> 'waiting' and new.state <> old.state
            or new.facts is not null and old.state <> 'waiting'
                and new.facts is distinct from old.facts then
        raise exception 'an answer of the register is never changed'
            using errcode = 'restrict_violation';
    end if;
    -- a page closes a question that nobody answered; only the worker has asked
    if old.state = 'waiting' and new.state in ('found', 'nothing')
            and current_user = 'portal_web' then
        raise exception 'the worker alone writes what the register answered'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_lookup before update on dossiers_registerlookup
    for each row execute function dossiers_keep_lookup();

create function dossiers_forget_lookups() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    update dossiers_registerlookup set facts = null, erased_at = portal_now()
        where dossier_id = new.id and facts is not null;
    update dossiers_registerlookup set state = 'unreachable', foreigner_number = '',
            birth_date = null, shown_at = portal_now()
        where dossier_id = new.id and state = 'waiting';
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger forget_lookups after update of filed_at, withdrawn_at on dossiers_dossier
    for each row when (new.filed_at is not null or new.withdrawn_at is not null)
    execute function dossiers_forget_lookups();
"""
NO_LOOKUPS = """
drop function dossiers_forget_lookups() cascade;
drop function dossiers_keep_lookup() cascade;
drop function dossiers_count_lookups() cascade;
drop trigger keep_contested on dossiers_submission;
alter table dossiers_submission drop constraint what_is_contested_is_a_list,
    alter column contested drop default;
alter table dossiers_dossier drop constraint what_is_set_aside_has_names,
    alter column set_aside drop default;
alter table dossiers_registerlookup drop constraint a_lookup_is_about_the_persons_own_dossier;
"""
MINE = "applicant_id = (select portal_actor())"
PROTECTION = [
    rls.protect_by(
        "dossiers_registerlookup",
        {
            ("web", "portal_web"): MINE,
            ("worker", "portal_worker"): "(select portal_scope()) = 'system'",
        },
    ),
    rls.stamp("dossiers_registerlookup", "asked_at"),
    rls.immutable("dossiers_registerlookup", "id", "dossier_id", "applicant_id", "asked_at"),
    migrations.RunSQL(LOOKUPS, NO_LOOKUPS),
]


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0009_the_end_of_a_draft_is_announced_twice'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisterLookup',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('asked_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('foreigner_number', models.CharField(blank=True, max_length=20)),
                ('birth_date', models.DateField(blank=True, null=True)),
                ('state', models.CharField(choices=[('waiting', 'En attente'), ('found', 'Trouvé'), ('nothing', 'Rien de tel'), ('unreachable', 'Sans réponse')], default='waiting', max_length=12)),
                ('shown_at', models.DateTimeField(blank=True, null=True)),
                ('facts', models.JSONField(blank=True, null=True)),
                ('erased_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name='dossier',
            name='set_aside',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='submission',
            name='contested',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('filed_at', None), ('withdrawn_at', None)), ('set_aside', {}), _connector='OR'), name='proposals_are_set_aside_in_a_draft_alone'),
        ),
        migrations.AddConstraint(
            model_name='submission',
            constraint=models.CheckConstraint(condition=models.Q(('number', 1), ('contested', []), _connector='OR'), name='the_register_is_contested_by_the_first_submission'),
        ),
        migrations.AddField(
            model_name='registerlookup',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='registerlookup',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddIndex(
            model_name='registerlookup',
            index=models.Index(models.F('applicant'), models.F('asked_at'), name='lookups_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='registerlookup',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('dossier',), name='one_question_to_the_register_at_a_time_for_a_draft'),
        ),
        migrations.AddConstraint(
            model_name='registerlookup',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'found', 'nothing', 'unreachable'])), name='a_lookup_is_waiting_found_nothing_or_was_not_answered'),
        ),
        migrations.AddConstraint(
            model_name='registerlookup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('birth_date__isnull', False), ('state', 'waiting'), models.Q(('foreigner_number', ''), _negated=True)), models.Q(models.Q(('state', 'waiting'), _negated=True), ('birth_date', None), ('foreigner_number', '')), _connector='OR'), name='what_was_typed_for_the_register_goes_with_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='registerlookup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('shown_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('shown_at__isnull', False)), _connector='OR'), name='an_answer_of_the_register_is_shown_from_a_moment_on'),
        ),
        migrations.AddConstraint(
            model_name='registerlookup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('erased_at', None), ('facts__isnull', False), ('state', 'found')), models.Q(('erased_at__isnull', False), ('facts__isnull', True), ('state', 'found')), models.Q(models.Q(('state', 'found'), _negated=True), ('erased_at', None), ('facts__isnull', True)), _connector='OR'), name='what_the_register_knows_is_there_or_was_erased'),
        ),
        *PROTECTION,
    ]
