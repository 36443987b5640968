"""A draft left for long knows the day of its end, and which warning its person had last."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0008_drafts_go_on_where_they_stopped'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='ends_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='last_warning',
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='dossier',
            name='warned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ends_on', None), ('last_warning', None), ('warned_at', None)), models.Q(('ends_on__isnull', False), ('last_warning__in', [15, 3]), ('warned_at__isnull', False)), _connector='OR'), name='a_draft_ends_only_after_its_person_was_warned'),
        ),
    ]
