"""The load of an agent is read from an index alone: a draw reads no case of the office."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0005_help_at_the_counter'),
        ('territory', '0004_where_a_site_is'),
        ('workflows', '0019_who_typed_never_handles'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('reviewer__isnull', False)), fields=['prefecture_code', 'reviewer'], include=('state', 'applicant'), name='case_load_of_an_agent'),
        ),
    ]
