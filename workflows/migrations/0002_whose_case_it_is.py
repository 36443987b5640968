from django.db import migrations

from portal.core import rls

WHOSE = ("id", "dossier_id", "applicant_id")


class Migration(migrations.Migration):
    """A case, and what hangs on it, never passes from one person to another."""

    dependencies = [("workflows", "0001_case_and_its_steps")]
    operations = [
        rls.immutable("workflows_case", *WHOSE),
        rls.immutable("workflows_opinion", *WHOSE, "case_id"),
        rls.immutable("workflows_clockpause", *WHOSE, "case_id"),
        rls.immutable("workflows_cardorder", *WHOSE, "case_id"),
    ]
