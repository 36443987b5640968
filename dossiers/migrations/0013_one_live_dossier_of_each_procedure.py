"""One live dossier of each procedure; what is already live beside another stays so."""

from django.db import migrations, models

# Of several that are live today, the first stays alone: nobody loses a request to this rule.
BESIDE = """
update dossiers_dossier as one set is_beside = true
where one.sealed_at is null and one.withdrawn_at is null and exists (
    select from dossiers_dossier other
    where other.applicant_id = one.applicant_id and other.procedure_code = one.procedure_code
        and other.sealed_at is null and other.withdrawn_at is null
        and (other.created_at, other.id) < (one.created_at, one.id));
set constraints all immediate;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0012_amendments_and_statements'),
    ]

    operations = [
        migrations.AddField(
            model_name='dossier',
            name='is_beside',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(BESIDE, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='dossier',
            constraint=models.UniqueConstraint(condition=models.Q(('is_beside', False), ('sealed_at', None), ('withdrawn_at', None)), fields=('applicant', 'procedure_code'), name='one_live_dossier_per_person_and_procedure', violation_error_message='Vous avez déjà une demande en cours pour cette démarche.'),
        ),
    ]
