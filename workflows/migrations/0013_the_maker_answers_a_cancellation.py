"""A card that is no longer wanted is cancelled at its maker, whose answer is kept."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0012_a_row_remembers_who_had_the_case")]

    operations = [
        migrations.AddField(
            model_name='cardorder',
            name='card_number',
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name='cardorder',
            name='maker_said',
            field=models.CharField(blank=True, db_default="", choices=[('cancelled', 'annulée chez le fabricant'), ('produced', 'déjà fabriquée')], max_length=10),
        ),
        migrations.AddField(
            model_name='cardorder',
            name='maker_said_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name='cardorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('maker_said', ''), ('maker_said_at', None)), models.Q(('maker_said__in', ['cancelled', 'produced']), ('maker_said_at__isnull', False), ('state', 'revoked')), _connector='OR'), name='the_maker_answers_once_about_a_revoked_order'),
        ),
    ]
