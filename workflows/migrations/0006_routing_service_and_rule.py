"""Each case keeps the service that has it, and the code of the rule that found it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A service of another office has nothing of the case: both move in one statement.
KEY = """
alter table workflows_case add constraint the_service_of_a_case_is_of_its_office
    foreign key (service_id, prefecture_code) references territory_service (id, prefecture_id);
"""
NO_KEY = "alter table workflows_case drop constraint the_service_of_a_case_is_of_its_office"


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0002_persons_are_found_by_identity_alone'),
        ('territory', '0003_services_their_remits_and_affiliations'),
        ('workflows', '0005_a_decision_shows_its_proof'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='routing_rule',
            field=models.CharField(blank=True, db_default='', default='', max_length=24),
        ),
        migrations.AddField(
            model_name='case',
            name='service',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.service'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('routing_rule', ''), ('service', None)), ('routing_rule__in', ('residence', 'police_prefecture', 'overseas', 'student_counter', 'office_alone', 'national', 'chosen', 'outside_the_law', 'unknown_place', 'without_national_office', 'several_services')), _connector='OR'), name='a_case_with_a_service_says_which_rule_found_it'),
        ),
        migrations.RunSQL(KEY, NO_KEY),
    ]
