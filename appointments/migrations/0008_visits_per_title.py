"""Visits per title, by month: counted from the check-ins, published, of nobody in particular."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0007_anyone_checks_a_paper'),
    ]

    operations = [
        migrations.CreateModel(
            name='VisitFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefecture_code', models.CharField(blank=True, max_length=3)),
                ('month', models.DateField(help_text='its first day')),
                ('titles', models.PositiveIntegerField()),
                ('visits', models.PositiveIntegerField()),
                ('honoured', models.PositiveIntegerField()),
                ('missed', models.PositiveIntegerField()),
                ('waited_days', models.PositiveIntegerField(null=True)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('prefecture_code', 'month'), name='a_month_is_counted_once_for_a_prefecture'), models.CheckConstraint(condition=models.Q(('month__day', 1)), name='a_figure_is_of_a_whole_month'), models.CheckConstraint(condition=models.Q(('visits__gte', models.F('titles'))), name='a_title_took_at_least_one_visit'), models.CheckConstraint(condition=models.Q(('titles__gte', 11)), name='a_figure_hides_who_could_be_recognised')],
            },
        ),
    ]
