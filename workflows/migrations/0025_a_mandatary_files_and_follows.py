"""A helper opens a case by filing, and sees it after, by the mandate that covers its dossier."""

from django.db import migrations

from portal.core import rls


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0014_mandates"),
        ("workflows", "0024_some_grants_make_no_card"),
    ]

    operations = [
        rls.lend_by(table, "dossiers_mandated", "dossier_id", reads="read", writes="fill")
        for table in ("workflows_case", "workflows_step")
    ]
