"""Keys of dossiers, tombstones of files, what was set aside, and how long files are kept."""

import uuid

from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# A page names one dossier and learns which object holds its key; it can list none.
KEYS = """
create function vault_key_of(subject uuid)
    returns table (generation integer, storage_key text, is_destroyed boolean)
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    return query select k.generation::integer, k.storage_key::text, k.destroyed_at is not null
        from vault_datakey k where k.subject_id = subject;
    perform set_config('portal.migrating', before, true);
end $$;

create function vault_keep_key(subject uuid, master integer, object text) returns boolean
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    kept boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    insert into vault_datakey (subject_id, generation, storage_key, created_at)
        values (subject, master, object, portal_now()) on conflict (subject_id) do nothing;
    kept := found;
    perform set_config('portal.migrating', before, true);
    return kept;
end $$;
"""

# The rows of a key's dossier wait for each other here: a file, a hold and an end exclude each
# other whatever the order in which they come.
END = """
create function vault_lock_key(subject uuid) returns timestamptz
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    gone timestamptz;
begin
    perform set_config('portal.migrating', 'on', true);
    select destroyed_at into gone from vault_datakey where subject_id = subject for share;
    perform set_config('portal.migrating', before, true);
    return gone;
end $$;

create function vault_refuse_without_key() returns trigger
    language plpgsql security definer set search_path = public as $$
begin
    if vault_lock_key(new.subject_id) is not null then
        raise exception 'the key of this dossier was destroyed'
            using errcode = '23514', constraint = 'nothing_is_added_after_the_key_is_destroyed';
    end if;
    return new;
end $$;
create trigger nothing_is_added_after_the_key_is_destroyed before insert on vault_storedfile
    for each row execute function vault_refuse_without_key();
create trigger nothing_is_held_after_the_key_is_destroyed before insert on vault_legalhold
    for each row execute function vault_refuse_without_key();

create function vault_refuse_while_held() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    held boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    held := exists (
        select from vault_legalhold where subject_id = new.subject_id and ended_at is null);
    perform set_config('portal.migrating', before, true);
    if held then
        raise exception 'the files of this dossier are held'
            using errcode = '23514', constraint = 'a_key_is_not_destroyed_while_held';
    end if;
    return new;
end $$;
create trigger a_key_is_not_destroyed_while_held before update of destroyed_at on vault_datakey
    for each row when (old.destroyed_at is null and new.destroyed_at is not null)
    execute function vault_refuse_while_held();

-- The rooms above say where a dossier stands; one whose files went cannot be said to be kept.
create function vault_keep_from(subject uuid, what text, day date) returns void
    language plpgsql security definer set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    gone boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    select expired_at is not null into gone from vault_keeping
        where subject_id = subject for update;
    if gone then
        raise exception 'the files of this dossier have gone'
            using errcode = '23514', constraint = 'a_dossier_whose_files_went_stays_so';
    elsif gone is null and day is not null then
        insert into vault_keeping (subject_id, situation, since) values (subject, what, day)
            on conflict (subject_id) do update set situation = what, since = day;
    else
        update vault_keeping set situation = coalesce(what, situation), since = day
            where subject_id = subject;
    end if;
    perform set_config('portal.migrating', before, true);
end $$;

create function vault_keep_or_blank_name() returns trigger language plpgsql as $$
begin
    if new.original_name <> old.original_name and new.removed_at is null then
        raise exception 'vault_storedfile.original_name is never changed'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger a_name_is_kept_or_blanked before update of original_name on vault_storedfile
    for each row execute function vault_keep_or_blank_name();
"""
BACK = """
drop function vault_keep_from(uuid, text, date);
drop trigger a_name_is_kept_or_blanked on vault_storedfile;
drop function vault_keep_or_blank_name();
drop trigger a_key_is_not_destroyed_while_held on vault_datakey;
drop function vault_refuse_while_held();
drop trigger nothing_is_held_after_the_key_is_destroyed on vault_legalhold;
drop trigger nothing_is_added_after_the_key_is_destroyed on vault_storedfile;
drop function vault_refuse_without_key();
drop function vault_lock_key(uuid);
"""
KEYS_BACK = "drop function vault_keep_key(uuid, integer, text); drop function vault_key_of(uuid)"

# What was never filed; how long a filed request is kept is for the administration to write.
RULES = """
insert into vault_retentionrule (id, situation, days, starts_on, source, created_at) values
    (gen_random_uuid(), 'discarded', 0, '2026-01-01',
        'Règle du portail : rien n’a été déposé, rien n’est gardé', now()),
    (gen_random_uuid(), 'draft', 365, '2026-01-01',
        'Règle du portail, à confirmer : un an sans visite', now())
"""

FACTS = (
    *("id", "subject_id", "applicant_id", "kind", "storage_key"),
    *("content_type", "size", "sha256", "pages", "created_at"),
)
FORMER = rls.immutable("vault_storedfile", *FACTS, "original_name")
BLANK = """
update vault_storedfile set removed_why = 'withdrawn', original_name = ''
where removed_at is not null
"""
# The key's own row and its store are the worker's; the web asks functions about one dossier.
WORKERS = {("worker", "portal_worker"): "(select portal_scope()) = 'system'"}


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_removed_and_revoked_once'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ComparedDay',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('alias', models.CharField(max_length=12)),
                ('day', models.DateField()),
                ('compared_at', models.DateTimeField()),
                ('objects_seen', models.PositiveIntegerField()),
                ('rows_without_object', models.PositiveIntegerField()),
                ('objects_without_row', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DataKey',
            fields=[
                ('subject_id', models.UUIDField(primary_key=True, serialize=False)),
                ('generation', models.PositiveSmallIntegerField()),
                ('storage_key', models.CharField(max_length=100, unique=True)),
                ('created_at', models.DateTimeField()),
                ('destroyed_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Keeping',
            fields=[
                ('subject_id', models.UUIDField(primary_key=True, serialize=False)),
                ('situation', models.CharField(choices=[('draft', 'Brouillon laissé'), ('discarded', 'Brouillon supprimé'), ('withdrawn', 'Demande retirée'), ('granted', 'Titre remis'), ('refused', 'Demande refusée'), ('closed', 'Demande classée sans suite')], max_length=12)),
                ('since', models.DateField(null=True)),
                ('expired_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='LegalHold',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField()),
                ('reason', models.CharField(max_length=200)),
                ('begun_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='QuarantinedObject',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('alias', models.CharField(max_length=12)),
                ('storage_key', models.CharField(max_length=100)),
                ('found_at', models.DateTimeField()),
                ('moved_at', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='RetentionRule',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('situation', models.CharField(choices=[('draft', 'Brouillon laissé'), ('discarded', 'Brouillon supprimé'), ('withdrawn', 'Demande retirée'), ('granted', 'Titre remis'), ('refused', 'Demande refusée'), ('closed', 'Demande classée sans suite')], max_length=12)),
                ('days', models.PositiveIntegerField()),
                ('starts_on', models.DateField()),
                ('source', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='storedfile',
            name='removed_why',
            field=models.CharField(blank=True, choices=[('withdrawn', 'Retiré par la personne'), ('expired', 'Durée de conservation terminée'), ('ordered', 'Destruction demandée')], db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='trouble',
            field=models.CharField(blank=True, choices=[('missing', 'Introuvable'), ('unreadable', 'Illisible')], db_default='', max_length=12),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='trouble_since',
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(FORMER.reverse_sql, FORMER.sql),
        migrations.RunSQL(BLANK, migrations.RunSQL.noop),
        rls.immutable("vault_storedfile", *FACTS),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('removed_at', None), ('removed_why', '')), models.Q(('original_name', ''), ('removed_at__isnull', False), ('removed_why__in', ['withdrawn', 'expired', 'ordered'])), _connector='OR'), name='a_removed_file_says_why_and_keeps_no_name'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('trouble', ''), ('trouble_since', None)), models.Q(('trouble__in', ['missing', 'unreadable']), ('trouble_since__isnull', False)), _connector='OR'), name='a_file_in_trouble_says_which_and_since_when'),
        ),
        migrations.AddIndex(
            model_name='comparedday',
            index=models.Index(fields=['alias', 'compared_at'], name='days_to_compare'),
        ),
        migrations.AddConstraint(
            model_name='comparedday',
            constraint=models.UniqueConstraint(fields=('alias', 'day'), name='a_day_of_a_store_is_compared_in_one_row'),
        ),
        migrations.AddIndex(
            model_name='datakey',
            index=models.Index(condition=models.Q(('destroyed_at', None)), fields=['generation'], name='keys_to_wrap_again'),
        ),
        migrations.AddConstraint(
            model_name='datakey',
            constraint=models.CheckConstraint(condition=models.Q(('generation__gt', 0)), name='a_key_is_wrapped_by_a_master_key'),
        ),
        migrations.AddIndex(
            model_name='keeping',
            index=models.Index(condition=models.Q(('expired_at', None)), fields=['situation', 'since', 'subject_id'], name='keepings_that_run'),
        ),
        migrations.AddIndex(
            model_name='keeping',
            index=models.Index(condition=models.Q(('expired_at__isnull', False)), fields=['expired_at'], name='keepings_expired'),
        ),
        migrations.AddConstraint(
            model_name='keeping',
            constraint=models.CheckConstraint(condition=models.Q(('situation__in', ['draft', 'discarded', 'withdrawn', 'granted', 'refused', 'closed'])), name='a_keeping_is_in_a_known_situation'),
        ),
        migrations.AddConstraint(
            model_name='keeping',
            constraint=models.CheckConstraint(condition=models.Q(('expired_at', None), ('since__isnull', False), _connector='OR'), name='only_a_keeping_that_runs_expires'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('subject_id',), name='a_dossier_is_held_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='legalhold',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_hold_says_why'),
        ),
        migrations.AddConstraint(
            model_name='quarantinedobject',
            constraint=models.UniqueConstraint(condition=models.Q(('released_at', None)), fields=('alias', 'storage_key'), name='an_object_is_in_quarantine_once'),
        ),
        migrations.AddConstraint(
            model_name='quarantinedobject',
            constraint=models.CheckConstraint(condition=models.Q(('released_at', None), models.Q(('moved_at__isnull', False), ('released_at__gte', models.F('moved_at'))), _connector='OR'), name='an_object_is_released_after_it_is_set_aside'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.UniqueConstraint(fields=('situation', 'starts_on'), name='a_situation_has_one_rule_from_a_day'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('source', ''), _negated=True), name='a_retention_rule_says_where_it_is_written'),
        ),
        migrations.AddConstraint(
            model_name='retentionrule',
            constraint=models.CheckConstraint(condition=models.Q(('situation__in', ['draft', 'discarded', 'withdrawn', 'granted', 'refused', 'closed'])), name='a_retention_rule_is_about_a_known_situation'),
        ),
        rls.protect_by("vault_datakey", WORKERS),
        rls.stamp("vault_datakey", "created_at"),
        rls.immutable("vault_datakey", "subject_id", "created_at"),
        rls.set_once("vault_datakey", "destroyed_at"),
        rls.protect_by("vault_quarantinedobject", WORKERS),
        rls.immutable("vault_quarantinedobject", "id", "alias", "storage_key", "found_at"),
        rls.set_once("vault_quarantinedobject", "released_at"),
        rls.stamp("vault_retentionrule", "created_at"),
        migrations.RunSQL(RULES, migrations.RunSQL.noop),
        rls.append_only("vault_retentionrule"),
        rls.protect_by("vault_keeping", WORKERS),
        rls.immutable("vault_keeping", "subject_id"),
        rls.set_once("vault_keeping", "expired_at"),
        rls.protect_by("vault_legalhold", WORKERS),
        rls.stamp("vault_legalhold", "begun_at"),
        rls.immutable("vault_legalhold", "id", "subject_id", "reason", "begun_at"),
        rls.set_once("vault_legalhold", "ended_at"),
        migrations.RunSQL(KEYS, KEYS_BACK),
        migrations.RunSQL(END, BACK),
    ]
