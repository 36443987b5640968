"""A letter that was taken back stays so."""

from django.db import migrations

from portal.core import rls


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_what_is_set_once_stays"),
        ("correspondence", "0001_mails_letters_timeline"),
    ]
    operations = [rls.set_once("correspondence_letter", "revoked_at")]
