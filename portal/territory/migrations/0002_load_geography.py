"""The geography is part of the schema: nothing routes without it."""

from django.db import migrations

from portal.territory.loaders import load


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]
    operations = [migrations.RunPython(lambda apps, _: load(apps), migrations.RunPython.noop)]
