"""A file that was removed, and an access that was taken back, stay so."""

from django.db import migrations

from portal.core import rls


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_what_is_set_once_stays"),
        ("vault", "0001_stored_files_and_accesses"),
    ]
    operations = [
        rls.set_once("vault_storedfile", "removed_at"),
        rls.set_once("vault_accessgrant", "revoked_at"),
    ]
