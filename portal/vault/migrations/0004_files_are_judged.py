"""What is shown of a file is made from it, once the antivirus was asked about it."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# What the portal made itself has nothing to fear; a file whose state is not given is received.
MADE_BY_US = "update vault_storedfile set scan_state = 'clean' where kind <> 'evidence'"
MOVES = """
create function vault_begin_a_scan() returns trigger language plpgsql as $$
begin
    new.scan_state := case when new.kind = 'evidence' then 'received' else 'clean' end;
    return new;
end $$;
create trigger a_file_begins_as_received before insert on vault_storedfile
    for each row execute function vault_begin_a_scan();
create function vault_move_a_scan() returns trigger language plpgsql as $$
begin
    if current_user = 'portal_web' then
        raise exception 'the worker alone says what a file is worth'
            using errcode = '23514', constraint = 'only_the_worker_judges_a_file';
    end if;
    if (old.scan_state, new.scan_state) not in (
            ('received', 'scanning'), ('scanning', 'unreadable'), ('scanning', 'not_scanned'),
            ('scanning', 'clean'), ('scanning', 'infected'), ('not_scanned', 'clean'),
            ('not_scanned', 'infected'), ('clean', 'infected')) then
        raise exception 'a file goes from % to % in no case', old.scan_state, new.scan_state
            using errcode = '23514', constraint = 'a_file_goes_from_state_to_state_as_allowed';
    end if;
    return new;
end $$;
create trigger a_file_goes_from_state_to_state before update of scan_state on vault_storedfile
    for each row when (old.scan_state <> new.scan_state) execute function vault_move_a_scan();
"""
NO_MOVES = """
drop function vault_move_a_scan() cascade;
drop function vault_begin_a_scan() cascade;
"""
OF_A_FILE_SEEN = "exists (select from vault_storedfile file where file.id = file_id)"


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0003_sealed_files_and_their_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rendition',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('copy', 'Copie saine'), ('page', 'Image d’une page')], max_length=4)),
                ('page', models.PositiveSmallIntegerField(default=0)),
                ('width', models.PositiveSmallIntegerField(default=0)),
                ('storage_key', models.CharField(max_length=100, unique=True)),
                ('content_type', models.CharField(max_length=60)),
                ('size', models.BigIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('made_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='ScanAlarm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('raised_at', models.DateTimeField()),
                ('waiting', models.PositiveIntegerField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.RemoveField(
            model_name='storedfile',
            name='preview_key',
        ),
        migrations.AddField(
            model_name='storedfile',
            name='scan_asked_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='scan_state',
            field=models.CharField(choices=[('received', 'Reçu'), ('scanning', 'En cours d’analyse'), ('clean', 'Analysé, sans virus'), ('infected', 'Contient un virus'), ('unreadable', 'Illisible'), ('not_scanned', 'Pas encore analysé')], db_default='received', max_length=12),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='scanned_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='signatures',
            field=models.CharField(blank=True, db_default='', max_length=60),
        ),
        migrations.AddField(
            model_name='storedfile',
            name='threat',
            field=models.CharField(blank=True, db_default='', max_length=100),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(models.F('scan_asked_at'), models.F('id'), condition=models.Q(('kind', 'evidence'), ('removed_at', None), ('scan_state__in', ('received', 'scanning', 'not_scanned'))), name='files_to_scan'),
        ),
        migrations.AddIndex(
            model_name='storedfile',
            index=models.Index(models.F('scanned_at'), models.F('id'), condition=models.Q(('kind', 'evidence'), ('removed_at', None), ('scan_state', 'clean')), name='files_to_scan_again'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(('scan_state__in', ['received', 'scanning', 'clean', 'infected', 'unreadable', 'not_scanned'])), name='a_stored_file_has_a_known_scan_state'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'evidence'), ('scan_state', 'clean'), _negated=True), ('scanned_at__isnull', False), _connector='OR'), name='a_clean_piece_of_evidence_was_scanned'),
        ),
        migrations.AddConstraint(
            model_name='storedfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('scan_state', 'infected'), models.Q(('threat', ''), _negated=True)), models.Q(models.Q(('scan_state', 'infected'), _negated=True), ('threat', '')), _connector='OR'), name='an_infected_file_and_no_other_names_its_threat'),
        ),
        migrations.AddField(
            model_name='rendition',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='renditions', to='vault.storedfile'),
        ),
        migrations.AddConstraint(
            model_name='scanalarm',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('ended_at',), name='one_scan_alarm_is_open_at_a_time', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.UniqueConstraint(fields=('file', 'kind', 'page', 'width'), name='a_file_has_one_rendition_of_each_page_and_width'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'copy'), ('page', 0), ('width', 0)), models.Q(('kind', 'page'), ('page__gt', 0), ('width__gt', 0)), _connector='OR'), name='a_page_image_has_its_page_and_width_and_a_copy_has_none'),
        ),
        migrations.AddConstraint(
            model_name='rendition',
            constraint=models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$'), ('size__gt', 0)), name='a_rendition_has_its_size_and_digest'),
        ),
        rls.stamp("vault_rendition", "made_at"),
        rls.append_only("vault_rendition"),
        rls.stamp("vault_scanalarm", "raised_at"),
        rls.set_once("vault_scanalarm", "ended_at"),
        rls.protect_by(
            "vault_rendition",
            {
                ("web", "portal_web"): (OF_A_FILE_SEEN, "select"),
                ("worker", "portal_worker"): OF_A_FILE_SEEN,
            },
        ),
        migrations.RunSQL(MADE_BY_US, migrations.RunSQL.noop),
        migrations.RunSQL(MOVES, NO_MOVES),
    ]
