"""Albums of photographs, and the help at the counter that may also send in pieces."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.constraints
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# Pages change while the album is open; what is being made into a document holds still.
ALBUMS = """
create function dossiers_refuse_page() returns trigger language plpgsql as $$
begin
    perform from dossiers_album where id = new.album_id and state = 'open' for share;
    if not found then
        raise exception 'the pages of this album do not change any more'
            using errcode = '23514', constraint = 'a_page_changes_while_its_album_is_open';
    end if;
    return new;
end $$;
create trigger while_open before insert or update on dossiers_albumpage for each row
    execute function dossiers_refuse_page();

create function dossiers_album_moves() returns trigger language plpgsql as $$
begin
    if not (old.state = 'open' and new.state in ('making', 'dropped')
            or old.state = 'making' and new.state in ('open', 'done', 'dropped')) then
        raise exception 'an album % never becomes %', old.state, new.state
            using errcode = '23514', constraint = 'an_album_that_ended_stays_so';
    end if;
    return new;
end $$;
create trigger moves before update on dossiers_album for each row
    when (old.state is distinct from new.state) execute function dossiers_album_moves();

alter table dossiers_album add constraint an_album_is_in_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
alter table dossiers_album add constraint an_album_is_of_one_dossier unique (id, dossier_id);
alter table dossiers_albumpage add constraint a_page_is_of_its_albums_dossier
    foreign key (album_id, dossier_id) references dossiers_album (id, dossier_id);
alter table dossiers_albumpage add constraint a_page_is_in_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
"""
LOOSE = """
alter table dossiers_albumpage drop constraint a_page_is_in_its_persons_own_dossier;
alter table dossiers_albumpage drop constraint a_page_is_of_its_albums_dossier;
alter table dossiers_album drop constraint an_album_is_of_one_dossier;
alter table dossiers_album drop constraint an_album_is_in_its_persons_own_dossier;
drop function dossiers_album_moves() cascade;
drop function dossiers_refuse_page() cascade;
"""

MINE = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
PRIVATE = {
    ("its_person", "portal_web"): MINE,
    ("worker", "portal_worker"): f"{MINE} or {SYSTEM}",
}
# The agent whose help is open on a draft sends and sorts as its person does.
OPENED = {
    "vault_upload": "subject_id",
    "dossiers_album": "dossier_id",
    "dossiers_albumpage": "dossier_id",
}


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0005_help_at_the_counter'),
        ('vault', '0005_uploads_in_pieces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Album',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule_code', models.CharField(max_length=60)),
                ('state', models.CharField(choices=[('open', 'En cours'), ('making', 'En préparation'), ('done', 'Terminé'), ('dropped', 'Abandonné')], default='open', max_length=8)),
                ('sentences', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('created_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='albums', to='dossiers.dossier')),
                ('evidence', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='album', to='dossiers.evidence')),
            ],
        ),
        migrations.CreateModel(
            name='AlbumPage',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('turn', models.PositiveSmallIntegerField(default=0)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
                ('album', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='dossiers.album')),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.storedfile')),
            ],
        ),
        migrations.AddConstraint(
            model_name='album',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'making'])), fields=('dossier', 'rule_code'), name='a_box_has_one_album_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='album',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'making', 'done', 'dropped'])), name='an_album_has_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='album',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('evidence__isnull', False), ('state', 'done')), models.Q(models.Q(('state', 'done'), _negated=True), ('evidence', None)), _connector='OR'), name='an_album_is_done_with_its_document'),
        ),
        migrations.AddConstraint(
            model_name='album',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('state__in', ['open', 'making'])), models.Q(('ended_at__isnull', False), ('state__in', ['done', 'dropped'])), _connector='OR'), name='an_album_that_ended_says_when'),
        ),
        migrations.AddConstraint(
            model_name='albumpage',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('removed_at', None)), deferrable=django.db.models.constraints.Deferrable['DEFERRED'], expressions=[('album', '='), ('position', '=')], name='pages_of_an_album_are_in_order'),
        ),
        migrations.AddConstraint(
            model_name='albumpage',
            constraint=models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 30)), name='an_album_has_thirty_pages_at_most'),
        ),
        migrations.AddConstraint(
            model_name='albumpage',
            constraint=models.CheckConstraint(condition=models.Q(('turn__in', (0, 90, 180, 270))), name='a_page_is_turned_by_quarters'),
        ),
        rls.protect_by("dossiers_album", PRIVATE),
        rls.immutable(
            "dossiers_album", "id", "dossier_id", "applicant_id", "rule_code", "created_at"
        ),
        rls.protect_by("dossiers_albumpage", PRIVATE),
        rls.immutable(
            "dossiers_albumpage", "id", "album_id", "dossier_id", "applicant_id", "file_id"
        ),
        rls.set_once("dossiers_albumpage", "removed_at"),
        migrations.RunSQL(ALBUMS, LOOSE),
        *(rls.open_by(table, "dossiers_assisted()", column) for table, column in OPENED.items()),
    ]
