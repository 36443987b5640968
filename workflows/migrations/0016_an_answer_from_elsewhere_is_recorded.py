"""What a court or the minister answered to an appeal, and the day that a judgment gives."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_completion_item_by_item'),
        ('territory', '0003_services_their_remits_and_affiliations'),
        ('workflows', '0015_a_second_person_may_send_back'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appeal',
            name='a_settled_appeal_says_how_and_by_whom',
        ),
        migrations.AddField(
            model_name='appeal',
            name='answer_number',
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddField(
            model_name='appeal',
            name='answered_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='appeal',
            name='reexamine_by',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='reexamine_by',
            field=models.DateField(null=True),
        ),
        migrations.AlterField(
            model_name='appeal',
            name='outcome',
            field=models.CharField(blank=True, choices=[('rejected', 'rejeté'), ('accepted', 'accepté, le dossier est rouvert'), ('annulled', 'refus annulé, le dossier est réexaminé'), ('dismissed', 'recours rejeté'), ('struck_out', 'recours terminé sans jugement (désistement, non-lieu)')], max_length=10),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', ''), ('settled_at', None), ('settled_by', None)), models.Q(('settled_at__isnull', False), ('settled_by__isnull', False), ('outcome__in', ['rejected', 'accepted', 'annulled', 'dismissed', 'struck_out'])), _connector='OR'), name='a_settled_appeal_says_how_and_by_whom'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_number', ''), ('answered_on', None), ('reexamine_by', None), models.Q(('outcome__in', ('annulled', 'dismissed', 'struck_out')), _negated=True)), models.Q(('answered_on__gte', models.F('contested_on')), ('answered_on__isnull', False), ('outcome__in', ('annulled', 'dismissed', 'struck_out')), models.Q(('answer_number', ''), _negated=True), models.Q(('kind', 'gracious'), _negated=True), models.Q(('kind', 'contentious'), models.Q(('outcome', 'struck_out'), _negated=True), _connector='OR'), models.Q(('reexamine_by', None), models.Q(('outcome', 'annulled'), ('reexamine_by__gt', models.F('answered_on'))), _connector='OR')), _connector='OR'), name='an_answer_from_elsewhere_has_its_date_and_number'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'contentious'), _negated=True), models.Q(('outcome__in', ['rejected', 'accepted']), _negated=True), _connector='OR'), name='the_office_answers_no_court'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('reexamine_by', None), ('state__in', ('filed', 'received', 'completion_requested', 'under_review', 'opinion_requested', 'decision_proposed')), _connector='OR'), name='the_day_of_a_judgment_ends_with_the_decision'),
        ),
    ]
