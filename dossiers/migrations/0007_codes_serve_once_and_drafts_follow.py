"""Codes serve once; a draft may follow a newer text of its procedure, and nothing else may."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# A draft follows a newer text when its person says so; what was filed or given up keeps its own.
KEEP_TEXT = """
alter table dossiers_dossier
    add constraint a_dossier_keeps_to_a_text_of_its_own_procedure
    foreign key (version_id, procedure_code) references dossiers_procedureversion (id, code);

create function dossiers_keep_text() returns trigger language plpgsql as $$
begin
    if old.filed_at is not null or old.withdrawn_at is not null or new.filed_at is not null then
        raise exception 'only a draft follows a newer text of its procedure'
            using errcode = 'restrict_violation';
    end if;
    if new.version_id < old.version_id then
        raise exception 'a draft never goes back to an older text'
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_text before update of version_id on dossiers_dossier
    for each row when (old.version_id is distinct from new.version_id)
    execute function dossiers_keep_text();

drop trigger immutable on dossiers_dossier;
create trigger immutable before update or delete on dossiers_dossier for each row
    execute function portal_refuse_columns('id', 'applicant_id', 'procedure_code', 'created_at');
"""
KEEP_NO_TEXT = """
drop trigger immutable on dossiers_dossier;
create trigger immutable before update or delete on dossiers_dossier for each row
    execute function portal_refuse_columns(
        'id', 'applicant_id', 'procedure_code', 'version_id', 'created_at');
drop function dossiers_keep_text() cascade;
alter table dossiers_dossier drop constraint a_dossier_keeps_to_a_text_of_its_own_procedure;
"""

# Said as soon as the code is typed: that it has served, never for whom.
IS_USED = """
create function dossiers_code_is_used(wanted text, sought text, own uuid) returns boolean
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    used boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    used := exists (select from dossiers_codeuse
        where kind = wanted and digest = sought and dossier_id <> own);
    perform set_config('portal.migrating', before, true);
    return used;
end $$;
revoke all on function dossiers_code_is_used(text, text, uuid) from public;
grant execute on function dossiers_code_is_used(text, text, uuid) to portal_web;
"""
OWN_CODES = "applicant_id = (select portal_actor())"
PROTECTION = [
    rls.protect_by(
        "dossiers_codeuse",
        {
            ("web", "portal_web"): OWN_CODES,
            ("worker", "portal_worker"): (
                f"{OWN_CODES} or (select portal_scope()) = 'system'",
                "select",
            ),
        },
    ),
    rls.open_by("dossiers_codeuse", "dossiers_assisted()", "dossier_id"),
    rls.append_only("dossiers_codeuse"),
    rls.stamp("dossiers_codeuse", "used_at"),
    migrations.RunSQL(KEEP_TEXT, KEEP_NO_TEXT),
    migrations.RunSQL(IS_USED, "drop function dossiers_code_is_used(text, text, uuid)"),
]


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0006_albums_and_arrivals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeUse',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('photo_code', 'Photo d’identité numérique'), ('stamp_number', 'Timbre fiscal')], max_length=12)),
                ('digest', models.CharField(max_length=64)),
                ('used_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
        ),
        migrations.AddConstraint(
            model_name='procedureversion',
            constraint=models.UniqueConstraint(fields=('id', 'code'), name='a_text_is_referred_to_with_its_procedure'),
        ),
        migrations.AddField(
            model_name='codeuse',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='codeuse',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddConstraint(
            model_name='codeuse',
            constraint=models.UniqueConstraint(fields=('kind', 'digest'), name='a_code_serves_one_dossier'),
        ),
        migrations.AddConstraint(
            model_name='codeuse',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['photo_code', 'stamp_number'])), name='a_code_is_of_a_photo_or_of_a_stamp'),
        ),
        migrations.AddConstraint(
            model_name='codeuse',
            constraint=models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='a_code_is_kept_as_a_sha256'),
        ),
        *PROTECTION,
    ]
