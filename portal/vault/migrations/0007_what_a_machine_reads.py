"""What a machine reads on a file is kept while the file is: very little, and erased with it."""

import django.db.models.deletion
from django.db import migrations, models

from portal.core import rls

OF_A_FILE_SEEN = "exists (select from vault_storedfile file where file.id = file_id)"
KEPT = "exists (select from vault_storedfile file where file.id = file_id and file.removed_at is null"

class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0006_copies_that_end'),
    ]

    operations = [
        migrations.CreateModel(
            name='MachineReading',
            fields=[
                ('file', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='machine_reading', serialize=False, to='vault.storedfile')),
                ('seal', models.CharField(blank=True, choices=[('verified', '2D-Doc vérifié'), ('unverified', '2D-Doc non vérifié'), ('invalid', '2D-Doc à regarder')], max_length=10)),
                ('seal_kind', models.CharField(blank=True, max_length=2)),
                ('seal_issued_on', models.DateField(null=True)),
                ('seal_by', models.CharField(blank=True, max_length=80)),
                ('seal_why', models.CharField(blank=True, max_length=12)),
                ('ends_on', models.DateField(null=True)),
                ('read_at', models.DateTimeField()),
                ('contested_at', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('seal__in', ['verified', 'unverified', 'invalid']), models.Q(('ends_on__isnull', False), ('seal', '')), _connector='OR'), name='a_machine_reading_says_something'), models.CheckConstraint(condition=models.Q(models.Q(('seal', 'verified'), models.Q(('seal_by', ''), _negated=True)), models.Q(models.Q(('seal', 'verified'), _negated=True), ('seal_by', '')), _connector='OR'), name='a_verified_seal_and_no_other_names_its_signer'), models.CheckConstraint(condition=models.Q(models.Q(('seal__in', ['', 'verified']), ('seal_why', '')), models.Q(('seal__in', ['unverified', 'invalid']), models.Q(('seal_why', ''), _negated=True)), _connector='OR'), name='a_seal_that_is_not_believed_says_why'), models.CheckConstraint(condition=models.Q(('seal__in', ['verified', 'unverified']), models.Q(('seal_issued_on', None), ('seal_kind', '')), _connector='OR'), name='a_seal_that_does_not_verify_is_not_read_further')],
            },
        ),
        rls.stamp("vault_machinereading", "read_at"),
        rls.set_once("vault_machinereading", "contested_at"),
        rls.protect_by(
            "vault_machinereading",
            {
                ("web", "portal_web"): (f"{KEPT})", "select"),
                ("contested", "portal_web"): (
                    f"{KEPT} and file.applicant_id = (select portal_actor()))",
                    "update",
                ),
                ("worker", "portal_worker"): OF_A_FILE_SEEN,
            },
        ),
    ]
