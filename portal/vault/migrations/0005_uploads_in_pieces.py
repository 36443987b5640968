"""Uploads that arrive in pieces: what keeps them in order, within their quota, and private."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# A piece begins where the last one ended: two tabs at once, one of them is refused.
PIECES = """
create function vault_take_piece() returns trigger language plpgsql as $$
begin
    update vault_upload set received = new.stop, pieces = pieces + 1
        where id = new.upload_id and state = 'receiving' and received = new.start
            and expires_at > portal_now();
    if not found then
        raise exception 'this piece does not follow the last one'
            using errcode = '23514', constraint = 'a_piece_follows_the_last_one';
    end if;
    return new;
end $$;
create trigger take_piece before insert on vault_uploadchunk for each row
    execute function vault_take_piece();
create trigger a_piece_never_changes before update on vault_uploadchunk for each row
    execute function portal_refuse_change();

create function vault_refuse_count() returns trigger language plpgsql as $$
begin
    raise exception 'only a piece counts as received'
        using errcode = '23514', constraint = 'only_a_piece_counts_as_received';
end $$;
create trigger only_pieces_count before update on vault_upload for each row
    when (pg_trigger_depth() = 0
        and (old.received, old.pieces) is distinct from (new.received, new.pieces))
    execute function vault_refuse_count();
create trigger keep_declared before update on vault_upload for each row
    execute function portal_refuse_columns('id', 'subject_id', 'applicant_id', 'about', 'name',
        'size', 'created_at', 'expires_at');
"""
LOOSE_PIECES = """
drop trigger keep_declared on vault_upload;
drop function vault_refuse_count() cascade;
drop trigger a_piece_never_changes on vault_uploadchunk;
drop function vault_take_piece() cascade;
"""

MOVES = """
create function vault_upload_moves() returns trigger language plpgsql as $$
begin
    if not (old.state = 'receiving' and new.state in ('assembling', 'failed', 'cancelled', 'expired')
            or old.state = 'assembling' and new.state in ('done', 'failed', 'expired')) then
        raise exception 'an upload % never becomes %', old.state, new.state
            using errcode = '23514', constraint = 'an_upload_only_moves_forward';
    end if;
    return new;
end $$;
create trigger only_forward before update on vault_upload for each row
    when (old.state is distinct from new.state) execute function vault_upload_moves();
create function vault_upload_begins() returns trigger language plpgsql as $$
begin
    if (new.state, new.received, new.pieces) is distinct from ('receiving', 0::bigint, 0::smallint) then
        raise exception 'an upload begins with nothing received'
            using errcode = '23514', constraint = 'an_upload_begins_empty';
    end if;
    return new;
end $$;
create trigger begins_empty before insert on vault_upload for each row
    execute function vault_upload_begins();
"""
ANYHOW = """
drop function vault_upload_begins() cascade;
drop function vault_upload_moves() cascade;
"""

# Twelve at once and 256 MB of them; three hundred and one gigabyte in a day.
QUOTA = """
create function vault_upload_quota() returns trigger language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    opened bigint;
    open_bytes numeric;
    begun bigint;
    begun_bytes numeric;
    refused text;
begin
    -- two tabs of one person count one after the other
    perform pg_advisory_xact_lock(hashtext('vault_upload_quota'), new.applicant_id::int);
    perform set_config('portal.migrating', 'on', true);
    select count(*) filter (where state in ('receiving', 'assembling')),
            coalesce(sum(size) filter (where state in ('receiving', 'assembling')), 0),
            count(*) filter (where created_at > portal_now() - interval '1 day'),
            coalesce(sum(size) filter (where created_at > portal_now() - interval '1 day'), 0)
        into opened, open_bytes, begun, begun_bytes
        from vault_upload where applicant_id = new.applicant_id
            and (state in ('receiving', 'assembling')
                or created_at > portal_now() - interval '1 day');
    perform set_config('portal.migrating', before, true);
    refused := case
        when opened >= 12 or open_bytes + new.size > 268435456
            then 'a_person_sends_few_files_at_once'
        when begun >= 300 or begun_bytes + new.size > 1073741824
            then 'a_person_sends_few_files_in_a_day'
    end;
    if refused is not null then
        raise exception '%', refused using errcode = '23514', constraint = refused;
    end if;
    return new;
end $$;
create trigger within_quota before insert on vault_upload for each row
    execute function vault_upload_quota();
"""
NO_QUOTA = "drop function vault_upload_quota() cascade"

MINE = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
# A piece is seen by whoever sees its upload.
OF_UPLOAD = "exists (select from vault_upload u where u.id = upload_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0004_files_are_judged'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Upload',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField()),
                ('about', models.JSONField(default=dict)),
                ('name', models.CharField(max_length=150)),
                ('language', models.CharField(max_length=2)),
                ('size', models.BigIntegerField()),
                ('received', models.BigIntegerField(default=0)),
                ('pieces', models.PositiveSmallIntegerField(default=0)),
                ('state', models.CharField(choices=[('receiving', 'en cours d’envoi'), ('assembling', 'en cours de vérification'), ('done', 'reçu'), ('failed', 'refusé'), ('cancelled', 'annulé'), ('expired', 'abandonné')], default='receiving', max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('refused', 'le fichier ne convient pas'), ('closed', 'le dossier ne peut plus être modifié'), ('damaged', 'les octets reçus ont changé')], max_length=12)),
                ('sentences', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('stored_file', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.storedfile')),
            ],
        ),
        migrations.CreateModel(
            name='UploadChunk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.BigIntegerField()),
                ('stop', models.BigIntegerField()),
                ('storage_key', models.CharField(max_length=100, unique=True)),
                ('sha256', models.CharField(max_length=64)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chunks', to='vault.upload')),
            ],
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['applicant', 'created_at'], name='uploads_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(fields=['subject_id'], name='uploads_about_a_subject'),
        ),
        migrations.AddIndex(
            model_name='upload',
            index=models.Index(condition=models.Q(('state__in', ('receiving', 'assembling'))), fields=['expires_at'], name='uploads_to_expire'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['receiving', 'assembling', 'done', 'failed', 'cancelled', 'expired'])), name='an_upload_has_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('size__gt', 0), ('size__lte', 104857600)), name='an_upload_is_neither_empty_nor_endless'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('received__gte', 0), ('received__lte', models.F('size'))), name='an_upload_receives_what_it_declared_at_most'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('pieces__lte', 600)), name='an_upload_has_few_pieces'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['assembling', 'done']), _negated=True), ('received', models.F('size')), _connector='OR'), name='an_upload_is_assembled_once_whole'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'done'), ('stored_file__isnull', False)), models.Q(models.Q(('state', 'done'), _negated=True), ('stored_file', None)), _connector='OR'), name='an_upload_is_done_with_its_file'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['refused', 'closed', 'damaged']), ('state', 'failed')), models.Q(models.Q(('state', 'failed'), _negated=True), ('reason', '')), _connector='OR'), name='a_failed_upload_says_why'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ('receiving', 'assembling'))), models.Q(models.Q(('state__in', ('receiving', 'assembling')), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='an_upload_that_ended_says_when'),
        ),
        migrations.AddConstraint(
            model_name='upload',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='an_upload_expires_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='uploadchunk',
            constraint=models.UniqueConstraint(fields=('upload', 'start'), name='two_pieces_never_begin_together'),
        ),
        migrations.AddConstraint(
            model_name='uploadchunk',
            constraint=models.CheckConstraint(condition=models.Q(('start__gte', 0), ('stop__gt', models.F('start')), ('stop__lte', django.db.models.expressions.CombinedExpression(models.F('start'), '+', models.Value(262144)))), name='a_piece_is_neither_empty_nor_large'),
        ),
        migrations.AddConstraint(
            model_name='uploadchunk',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='a_piece_has_its_digest'),
        ),
        rls.protect_by(
            "vault_upload",
            {
                ("its_person", "portal_web"): MINE,
                ("worker", "portal_worker"): f"{MINE} or {SYSTEM}",
            },
        ),
        rls.stamp("vault_upload", "created_at"),
        rls.protect_by(
            "vault_uploadchunk",
            {
                ("with_its_upload", "portal_web"): OF_UPLOAD,
                ("worker", "portal_worker"): OF_UPLOAD,
            },
        ),
        migrations.RunSQL(PIECES, LOOSE_PIECES),
        migrations.RunSQL(MOVES, ANYHOW),
        migrations.RunSQL(QUOTA, NO_QUOTA),
    ]
