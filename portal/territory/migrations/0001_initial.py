"""Official geography and the offices that answer for it."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [("core", "0002_journal")]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Prefecture',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('code', models.CharField(max_length=3, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('zone', models.CharField(max_length=5)),
                ('number_prefix', models.CharField(max_length=3, unique=True)),
                ('law_applies', models.BooleanField()),
                ('prefecture', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='territory.prefecture')),
            ],
        ),
        migrations.CreateModel(
            name='Site',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80)),
                ('address', models.TextField()),
                ('access', models.TextField(blank=True)),
                ('kind', models.CharField(choices=[('prefecture', 'Prefecture'), ('subprefecture', 'Subprefecture'), ('university', 'University'), ('mobile', 'Mobile')], max_length=16)),
                ('step_free', models.BooleanField(default=True)),
                ('prefecture', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.prefecture')),
            ],
        ),
        migrations.CreateModel(
            name='Counter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('site', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counters', to='territory.site')),
            ],
        ),
        migrations.CreateModel(
            name='Commune',
            fields=[
                ('insee', models.CharField(max_length=5, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=60)),
                ('kind', models.CharField(max_length=24)),
                ('postcodes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), size=None)),
                ('arrondissement_code', models.CharField(blank=True, max_length=4)),
                ('population', models.PositiveIntegerField(null=True)),
                ('search', models.CharField(max_length=60)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='territory.department')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['postcodes'], name='commune_by_postcode'), models.Index(fields=['search'], name='commune_by_name', opclasses=['varchar_pattern_ops']), django.contrib.postgres.indexes.GinIndex(fields=['search'], name='commune_by_likeness', opclasses=['gin_trgm_ops'])],
            },
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('law_applies', True), ('prefecture__isnull', False)), models.Q(('law_applies', False), ('prefecture__isnull', True)), _connector='OR'), name='a_territory_of_the_law_has_an_office_and_no_other_has'),
        ),
        migrations.AddConstraint(
            model_name='department',
            constraint=models.CheckConstraint(condition=models.Q(('number_prefix__regex', '^\\d{3}$')), name='a_number_prefix_is_three_digits'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('prefecture', 'name'), name='a_site_has_one_name_in_its_prefecture'),
        ),
        migrations.AddConstraint(
            model_name='site',
            constraint=models.UniqueConstraint(fields=('id', 'prefecture'), name='a_site_is_referred_to_with_its_prefecture'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(fields=('site', 'name'), name='a_counter_has_one_name_at_its_site'),
        ),
        migrations.AddConstraint(
            model_name='counter',
            constraint=models.UniqueConstraint(fields=('id', 'site'), name='a_counter_is_referred_to_with_its_site'),
        ),
    ]
