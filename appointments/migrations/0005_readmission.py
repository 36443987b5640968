"""A way back into the queue for who missed two appointments; made by the office alone."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
OFFICE = "prefecture_code = any ((select portal_prefectures())::text[])"
READMITTED = {
    ("web_reads", "portal_web"): (f"{MINE} or {OFFICE}", "select"),
    ("web_makes", "portal_web"): (OFFICE, "insert"),
    ("worker", "portal_worker"): (f"{OFFICE} or (select portal_scope()) = 'system'", "select"),
    ("issuer", "portal_issuer"): (OFFICE, "select"),
}

SAME_PERSON = """
alter table appointments_clearance
    add constraint a_clearance_is_referred_to_with_its_person
        unique (id, dossier_id, applicant_id, prefecture_code);
alter table appointments_readmission
    add constraint a_readmission_is_of_the_person_of_its_clearance
        foreign key (clearance_id, dossier_id, applicant_id, prefecture_code)
        references appointments_clearance (id, dossier_id, applicant_id, prefecture_code);
"""
BACK = """
alter table appointments_readmission
    drop constraint a_readmission_is_of_the_person_of_its_clearance;
alter table appointments_clearance drop constraint a_clearance_is_referred_to_with_its_person;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0004_reference_rows'),
        ('dossiers', '0001_procedures_dossiers_submissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Readmission',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3)),
                ('at', models.DateTimeField()),
                ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('clearance', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readmissions', to='appointments.clearance')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
            ],
        ),
        migrations.RunSQL(SAME_PERSON, BACK),
        rls.protect_by("appointments_readmission", READMITTED),
        rls.stamp("appointments_readmission", "at"),
        rls.append_only("appointments_readmission"),
    ]
