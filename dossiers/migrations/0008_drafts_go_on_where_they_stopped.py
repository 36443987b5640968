"""A draft remembers the page on which its person goes on."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0007_codes_serve_once_and_drafts_follow'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='last_step',
            field=models.CharField(blank=True, db_default='', default='', max_length=60),
        ),
    ]
