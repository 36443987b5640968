"""The services of the offices, what each takes and where, from a day to a day."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

from portal.core import rls
from portal.territory.loaders import load_services

# A remit and an affiliation speak of the service's own office, and of its own territory.
KEYS = """
alter table territory_remit
    add constraint a_remit_is_of_its_service
        foreign key (service_id, prefecture_id, kind)
        references territory_service (id, prefecture_id, kind),
    add constraint a_remit_is_in_the_territory_of_its_office
        foreign key (department_id, prefecture_id)
        references territory_department (code, prefecture_id),
    add constraint a_remit_names_a_commune_of_its_department
        foreign key (commune_id, department_id)
        references territory_commune (insee, department_id);
alter table territory_affiliation add constraint an_affiliation_is_of_a_counter
    foreign key (service_id, prefecture_id, kind)
    references territory_service (id, prefecture_id, kind);
"""
NO_KEYS = """
alter table territory_affiliation drop constraint an_affiliation_is_of_a_counter;
alter table territory_remit
    drop constraint a_remit_names_a_commune_of_its_department,
    drop constraint a_remit_is_in_the_territory_of_its_office,
    drop constraint a_remit_is_of_its_service;
"""

# Both ways: neither may a part outlive its service, nor may a service end before its parts.
DAYS = """
create function territory_within_its_service() returns trigger language plpgsql as $$
begin
    perform 1 from territory_service service where service.id = new.service_id
        and daterange(service.starts_on, service.ends_on, '[]')
            @> daterange(new.starts_on, new.ends_on, '[]')
        for share;
    if not found then
        raise exception '% is outside the days of its service', tg_table_name
            using errcode = 'check_violation', constraint = 'a_part_lives_within_its_service';
    end if;
    return null;
end $$;
create function territory_around_its_parts() returns trigger language plpgsql as $$
begin
    if exists (
        select from territory_remit remit where remit.service_id = new.id
            and not daterange(new.starts_on, new.ends_on, '[]')
                @> daterange(remit.starts_on, remit.ends_on, '[]'))
    or exists (
        select from territory_affiliation affiliation where affiliation.service_id = new.id
            and not daterange(new.starts_on, new.ends_on, '[]')
                @> daterange(affiliation.starts_on, affiliation.ends_on, '[]')) then
        raise exception 'a service ends after everything that it takes'
            using errcode = 'check_violation', constraint = 'a_part_lives_within_its_service';
    end if;
    return null;
end $$;
create trigger within_its_service after insert or update on territory_remit
    for each row execute function territory_within_its_service();
create trigger within_its_service after insert or update on territory_affiliation
    for each row execute function territory_within_its_service();
create trigger around_its_parts after update on territory_service
    for each row execute function territory_around_its_parts();
"""
NO_DAYS = """
drop function territory_around_its_parts() cascade;
drop function territory_within_its_service() cascade;
"""

# A history is ended, never rewritten.
KEPT = [
    rls.immutable("territory_service", "id", "prefecture_id", "code", "kind", "starts_on"),
    rls.immutable(
        "territory_remit",
        "id",
        "service_id",
        "department_id",
        "arrondissement_code",
        "commune_id",
        "procedure",
        "starts_on",
    ),
    rls.immutable("territory_affiliation", "id", "service_id", "written", "starts_on"),
]


def load(apps, _editor):
    load_services(apps)


class Migration(migrations.Migration):

    dependencies = [
        ('territory', '0002_load_geography'),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='Affiliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.GeneratedField(db_persist=True, expression=models.Value('student_counter'), output_field=models.CharField(max_length=16))),
                ('institution', models.CharField(max_length=160)),
                ('written', models.CharField(max_length=160)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Remit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('residence', 'Residence'), ('student_counter', 'Student Counter'), ('national', 'National')], max_length=16)),
                ('arrondissement_code', models.CharField(blank=True, max_length=4)),
                ('procedure', models.CharField(blank=True, max_length=60)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(db_index=False, max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('kind', models.CharField(choices=[('residence', 'Residence'), ('student_counter', 'Student Counter'), ('national', 'National')], max_length=16)),
                ('address', models.TextField(blank=True)),
                ('phone', models.CharField(blank=True, max_length=30)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name='commune',
            constraint=models.UniqueConstraint(fields=('insee', 'department'), name='a_commune_is_referred_to_with_its_department'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.UniqueConstraint(fields=('code', 'prefecture'), name='a_department_is_referred_to_with_its_office'),
        ),
        migrations.AddField(
            model_name='affiliation',
            name='prefecture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.prefecture'),
        ),
        migrations.AddField(
            model_name='remit',
            name='commune',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.commune'),
        ),
        migrations.AddField(
            model_name='remit',
            name='department',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.department'),
        ),
        migrations.AddField(
            model_name='remit',
            name='prefecture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.prefecture'),
        ),
        migrations.AddField(
            model_name='service',
            name='prefecture',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='territory.prefecture'),
        ),
        migrations.AddField(
            model_name='remit',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remits', to='territory.service'),
        ),
        migrations.AddField(
            model_name='affiliation',
            name='service',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='affiliations', to='territory.service'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['residence', 'student_counter', 'national'])), name='a_service_is_of_a_known_kind'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_service_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(fields=('prefecture', 'code'), name='a_service_has_one_code_in_its_office'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(fields=('id', 'prefecture'), name='a_service_is_referred_to_with_its_office'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(fields=('id', 'prefecture', 'kind'), name='a_service_is_referred_to_with_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='a_remit_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', False), ('kind', 'residence')), models.Q(('arrondissement_code', ''), ('commune', None), ('department', None), ('kind__in', ['student_counter', 'national'])), _connector='OR'), name='a_residence_service_has_a_territory_and_no_other_has'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=models.CheckConstraint(condition=models.Q(('arrondissement_code', ''), ('commune', None), _connector='OR'), name='a_remit_is_an_arrondissement_or_a_commune_not_both'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=models.CheckConstraint(condition=models.Q(('arrondissement_code', ''), ('arrondissement_code__startswith', models.F('department_id')), _connector='OR'), name='an_arrondissement_is_of_its_department'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'residence')), expressions=[('department', '='), ('arrondissement_code', '='), (django.db.models.functions.comparison.Coalesce('commune', models.Value('')), '='), ('procedure', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange'), '&&')], name='one_residence_service_for_a_place_a_procedure_and_a_day'),
        ),
        migrations.AddConstraint(
            model_name='remit',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('kind', 'national')), expressions=[('procedure', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange'), '&&')], name='one_national_service_for_a_procedure_and_a_day'),
        ),
        migrations.AddConstraint(
            model_name='affiliation',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on', None), ('ends_on__gte', models.F('starts_on')), _connector='OR'), name='an_affiliation_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='affiliation',
            constraint=models.CheckConstraint(condition=models.Q(('written__regex', '^[a-z0-9]+( [a-z0-9]+)*$')), name='the_name_of_an_institution_is_folded'),
        ),
        migrations.AddConstraint(
            model_name='affiliation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('prefecture', '='), ('written', '='), (models.Func('starts_on', 'ends_on', django.contrib.postgres.fields.ranges.RangeBoundary(inclusive_upper=True), function='daterange'), '&&')], name='an_institution_has_one_counter_in_an_office_at_a_time'),
        ),
        migrations.RunSQL(KEYS, NO_KEYS),
        migrations.RunSQL(DAYS, NO_DAYS),
        *KEPT,
        migrations.RunPython(load, migrations.RunPython.noop),
    ]
