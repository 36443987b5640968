"""An infected file may be looked at again, when two different people ask for it."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

OF_A_FILE_SEEN = "exists (select from vault_storedfile file where file.id = file_id)"
MOVES = """
create or replace function vault_move_a_scan() returns trigger language plpgsql as $$
begin
    if current_user = 'portal_web' then
        raise exception 'the worker alone says what a file is worth'
            using errcode = '23514', constraint = 'only_the_worker_judges_a_file';
    end if;
    if (old.scan_state, new.scan_state) in (('infected', 'clean'), ('infected', 'unreadable')) then
        if not exists (select from vault_secondlook look where look.file_id = new.id
                and look.second_at is not null and look.ended_at is null) then
            raise exception 'a file goes from % to % when two people have asked, and in no case else',
                old.scan_state, new.scan_state
                using errcode = '23514', constraint = 'two_people_ask_before_a_file_is_cleared';
        end if;
    elsif (old.scan_state, new.scan_state) not in (
            ('received', 'scanning'), ('scanning', 'unreadable'), ('scanning', 'not_scanned'),
            ('scanning', 'clean'), ('scanning', 'infected'), ('not_scanned', 'clean'),
            ('not_scanned', 'infected'), ('clean', 'infected')) then
        raise exception 'a file goes from % to % in no case', old.scan_state, new.scan_state
            using errcode = '23514', constraint = 'a_file_goes_from_state_to_state_as_allowed';
    end if;
    return new;
end $$;
"""
MOVES_BEFORE = """
create or replace function vault_move_a_scan() returns trigger language plpgsql as $$
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
"""


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0007_what_a_machine_reads'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SecondLook',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('threat', models.CharField(max_length=100)),
                ('opened_at', models.DateTimeField()),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('first_at', models.DateTimeField(null=True)),
                ('second_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('clean', 'Sans virus'), ('infected', 'Contient un virus'), ('unreadable', 'Illisible')], max_length=10)),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='second_looks', to='vault.storedfile')),
                ('first_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('file',), name='an_infected_file_is_looked_at_again_once_at_a_time'), models.CheckConstraint(condition=models.Q(models.Q(('second_at', None), ('second_by', None)), models.Q(('first_by__isnull', False), ('second_at__isnull', False), ('second_by__isnull', False), models.Q(('second_by', models.F('first_by')), _negated=True)), _connector='OR'), name='two_different_people_ask_for_a_second_look'), models.CheckConstraint(condition=models.Q(models.Q(('first_at', None), ('first_by', None), ('reason', '')), models.Q(('first_at__isnull', False), ('first_by__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='who_asks_first_for_a_second_look_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), ('outcome__in', ['clean', 'infected', 'unreadable']), ('second_by__isnull', False)), _connector='OR'), name='a_second_look_that_ended_says_what_it_found')],
            },
        ),
        rls.stamp("vault_secondlook", "opened_at"),
        rls.set_once("vault_secondlook", "first_at"),
        rls.set_once("vault_secondlook", "second_at"),
        rls.set_once("vault_secondlook", "ended_at"),
        rls.protect_by("vault_secondlook", {("worker", "portal_worker"): OF_A_FILE_SEEN}),
        migrations.RunSQL(MOVES, MOVES_BEFORE),
    ]
