"""After a decision is withdrawn or annulled, silence is counted from that day."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0017_long_lists_are_read_in_order'),
    ]

    operations = [
        migrations.AddField(
            model_name='case',
            name='clock_restarted_on',
            field=models.DateField(null=True),
        ),
    ]
