"""The second person of a reasoned answer may send it back with a note."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_completion_item_by_item'),
        ('workflows', '0014_a_title_in_hand_may_be_withdrawn'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appeal',
            name='a_rejected_appeal_is_reasoned_signed_and_sent',
        ),
        migrations.RemoveConstraint(
            model_name='reasonsrequest',
            name='answered_reasons_are_written_signed_and_sent',
        ),
        migrations.AddField(
            model_name='appeal',
            name='sent_back_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='appeal',
            name='sent_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='appeal',
            name='sent_back_note',
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='sent_back_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='sent_back_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reasonsrequest',
            name='sent_back_note',
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'rejected'), _negated=True), models.Q(('letter_id__isnull', False), ('sent_back_at', None), ('written_by__isnull', False), models.Q(('grounds_law', ''), _negated=True), models.Q(('grounds_fact', ''), _negated=True)), _connector='OR'), name='a_rejected_appeal_is_reasoned_signed_and_sent'),
        ),
        migrations.AddConstraint(
            model_name='appeal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_back_at', None), ('sent_back_by', None), ('sent_back_note', '')), models.Q(('sent_back_at__isnull', False), ('sent_back_by__isnull', False), ('written_by__isnull', False), models.Q(('sent_back_note', ''), _negated=True), models.Q(('sent_back_by', models.F('written_by')), _negated=True)), _connector='OR'), name='a_rejection_sent_back_says_why'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('letter_id', None), ('signer', None)), models.Q(('answered_at__isnull', False), ('letter_id__isnull', False), ('sent_back_at', None), ('signer__isnull', False), ('written_by__isnull', False)), _connector='OR'), name='answered_reasons_are_written_signed_and_sent'),
        ),
        migrations.AddConstraint(
            model_name='reasonsrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_back_at', None), ('sent_back_by', None), ('sent_back_note', '')), models.Q(('sent_back_at__isnull', False), ('sent_back_by__isnull', False), ('written_by__isnull', False), models.Q(('sent_back_note', ''), _negated=True), models.Q(('sent_back_by', models.F('written_by')), _negated=True)), _connector='OR'), name='reasons_sent_back_say_why'),
        ),
    ]
