"""What a person changes or states of a filed request, until it is decided."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# What is decided is changed no more, and what was sent stays as it was sent.
AMENDMENTS = """
create function dossiers_amendment_is_in_time() returns trigger language plpgsql as $$
begin
    perform from dossiers_dossier where id = new.dossier_id and filed_at is not null
        and sealed_at is null and withdrawn_at is null for key share;
    if not found then
        raise exception 'this request is not filed, or is decided or given up'
            using errcode = '23514', constraint = 'an_amendment_comes_before_the_decision';
    end if;
    return new;
end $$;
create trigger in_time before insert or update on dossiers_amendment for each row
    when (new.dropped_at is null) execute function dossiers_amendment_is_in_time();

create function dossiers_amendment_is_open() returns trigger language plpgsql as $$
begin
    perform from dossiers_amendment where id = new.amendment_id
        and submission_id is null and dropped_at is null for share;
    if not found then
        raise exception 'this amendment was sent or given up'
            using errcode = '23514', constraint = 'a_file_joins_an_amendment_being_made';
    end if;
    return new;
end $$;
create trigger while_being_made before insert or update on dossiers_amendedfile for each row
    execute function dossiers_amendment_is_open();

create function dossiers_amendment_stays() returns trigger language plpgsql as $$
begin
    raise exception 'what was sent or given up stays so'
        using errcode = '23514', constraint = 'an_amendment_that_ended_stays_so';
end $$;
create trigger stays before update on dossiers_amendment for each row
    when ((old.submission_id is not null or old.dropped_at is not null)
          and old.* is distinct from new.*) execute function dossiers_amendment_stays();

-- The office that may read the row follows the dossier; nothing else of an answer changes.
create function dossiers_statement_stays() returns trigger language plpgsql as $$
begin
    if old.settled_at is not null and (to_jsonb(new) - 'prefecture_code')
           is distinct from (to_jsonb(old) - 'prefecture_code') then
        raise exception 'an answer that was given stays'
            using errcode = '23514', constraint = 'a_settled_statement_stays_so';
    end if;
    return new;
end $$;
create trigger stays before update on dossiers_statement for each row
    execute function dossiers_statement_stays();

alter table dossiers_amendment add constraint an_amendment_is_of_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
alter table dossiers_amendment add constraint an_amendment_is_of_one_dossier
    unique (id, dossier_id);
alter table dossiers_amendedfile add constraint a_file_is_of_its_amendments_dossier
    foreign key (amendment_id, dossier_id) references dossiers_amendment (id, dossier_id);
alter table dossiers_amendedfile add constraint a_file_is_in_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
alter table dossiers_statement add constraint a_statement_is_of_its_persons_own_dossier
    foreign key (dossier_id, applicant_id) references dossiers_dossier (id, applicant_id);
"""
LOOSE = """
alter table dossiers_statement drop constraint a_statement_is_of_its_persons_own_dossier;
alter table dossiers_amendedfile drop constraint a_file_is_in_its_persons_own_dossier;
alter table dossiers_amendedfile drop constraint a_file_is_of_its_amendments_dossier;
alter table dossiers_amendment drop constraint an_amendment_is_of_one_dossier;
alter table dossiers_amendment drop constraint an_amendment_is_of_its_persons_own_dossier;
drop function dossiers_statement_stays() cascade;
drop function dossiers_amendment_stays() cascade;
drop function dossiers_amendment_is_open() cascade;
drop function dossiers_amendment_is_in_time() cascade;
"""

MINE = "applicant_id = (select portal_actor())"
SYSTEM = "(select portal_scope()) = 'system'"
# Nobody of an office sees what is not sent.
PRIVATE = {
    ("its_person", "portal_web"): MINE,
    ("worker", "portal_worker"): f"{MINE} or {SYSTEM}",
}


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0011_a_dossier_is_given_back_whole'),
        ('vault', '0005_uploads_in_pieces'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AmendedFile',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('rule_code', models.CharField(max_length=60)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('added_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('changes', models.JSONField(default=dict)),
                ('raw_answers', models.JSONField(default=dict)),
                ('revision', models.PositiveIntegerField(default=0)),
                ('started_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('updated_at', models.DateTimeField()),
                ('dropped_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Statement',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(blank=True, max_length=3, null=True)),
                ('kind', models.CharField(choices=[('card_not_given', 'La carte précédente n’a jamais été remise'), ('civil_status', 'Une erreur dans l’état civil')], max_length=16)),
                ('text', models.TextField(blank=True)),
                ('made_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('outcome', models.CharField(blank=True, choices=[('handed_over', 'Carte retrouvée et remise à la personne'), ('kept_here', 'Carte retrouvée, à remettre au guichet'), ('lost_by_us', 'Carte perdue par nos services'), ('never_made', 'Carte jamais fabriquée'), ('signed_for', 'Carte remise d’après notre registre'), ('corrected', 'État civil corrigé'), ('as_the_papers', 'État civil conforme aux documents')], max_length=16)),
                ('note', models.TextField(blank=True)),
            ],
            options={
                'verbose_name': 'déclaration',
            },
        ),
        migrations.AddField(
            model_name='evidence',
            name='note',
            field=models.CharField(blank=True, db_default='', default='', max_length=200),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rule_code', 'other_document'), models.Q(('note', ''), _negated=True)), models.Q(models.Q(('rule_code', 'other_document'), _negated=True), ('note', '')), _connector='OR'), name='another_document_says_what_it_is'),
        ),
        migrations.AddField(
            model_name='amendedfile',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendedfile',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='amendedfile',
            name='file',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='vault.storedfile'),
        ),
        migrations.AddField(
            model_name='amendedfile',
            name='replaces',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.evidence'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='amendment',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='amendment',
            name='submission',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='amendment', to='dossiers.submission'),
        ),
        migrations.AddField(
            model_name='amendedfile',
            name='amendment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='dossiers.amendment'),
        ),
        migrations.AddField(
            model_name='statement',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='statement',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='statements', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='statement',
            name='settled_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.UniqueConstraint(condition=models.Q(('dropped_at', None), ('submission', None)), fields=('dossier',), name='one_amendment_at_a_time_per_dossier'),
        ),
        migrations.AddConstraint(
            model_name='amendment',
            constraint=models.CheckConstraint(condition=models.Q(('submission', None), ('dropped_at', None), _connector='OR'), name='an_amendment_is_sent_or_given_up'),
        ),
        migrations.AddConstraint(
            model_name='amendedfile',
            constraint=models.UniqueConstraint(condition=models.Q(('removed_at', None), ('replaces__isnull', False)), fields=('amendment', 'replaces'), name='a_filed_document_is_replaced_once_at_a_time'),
        ),
        migrations.AddIndex(
            model_name='statement',
            index=models.Index(models.F('prefecture_code'), models.F('made_at'), condition=models.Q(('settled_at', None)), name='statements_that_wait'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('dossier', 'kind'), name='a_statement_waits_once_for_its_answer'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'card_not_given'), models.Q(('kind', 'civil_status'), models.Q(('text', ''), _negated=True)), _connector='OR'), name='a_statement_about_civil_status_says_what_is_wrong'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('note', ''), ('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), models.Q(('outcome', ''), _negated=True), models.Q(('note', ''), _negated=True)), _connector='OR'), name='a_settled_statement_has_its_outcome_and_its_sentence'),
        ),
        migrations.AddConstraint(
            model_name='statement',
            constraint=models.CheckConstraint(condition=models.Q(('outcome', ''), models.Q(('kind', 'card_not_given'), ('outcome__in', ('handed_over', 'kept_here', 'lost_by_us', 'never_made', 'signed_for'))), models.Q(('kind', 'civil_status'), ('outcome__in', ('corrected', 'as_the_papers'))), _connector='OR'), name='the_outcome_answers_what_was_stated'),
        ),
        rls.protect_by("dossiers_amendment", PRIVATE),
        rls.immutable("dossiers_amendment", "id", "dossier_id", "applicant_id", "started_at"),
        rls.protect_by("dossiers_amendedfile", PRIVATE),
        rls.immutable(
            "dossiers_amendedfile",
            *("id", "amendment_id", "dossier_id", "applicant_id", "rule_code", "note", "file_id"),
        ),
        rls.set_once("dossiers_amendedfile", "removed_at"),
        rls.protect("dossiers_statement"),
        rls.stamp("dossiers_statement", "made_at"),
        rls.immutable(
            "dossiers_statement",
            *("id", "dossier_id", "applicant_id", "kind", "text", "made_at"),
        ),
        migrations.RunSQL(AMENDMENTS, LOOSE),
    ]
