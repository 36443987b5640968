"""A rendition whose object is lost is made again: its row then names another object."""

from django.db import migrations

from portal.core import rls

WRITTEN_ONCE = rls.append_only("vault_rendition")


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0008_two_people_look_again'),
    ]

    operations = [
        migrations.RunSQL(WRITTEN_ONCE.reverse_sql, WRITTEN_ONCE.sql),
        rls.immutable("vault_rendition", "id", "file_id", "kind", "page", "width"),
    ]
