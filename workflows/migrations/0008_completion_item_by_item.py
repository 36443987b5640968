"""A pause follows the extension of its request; each answer to a request is reviewed once."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

EXTEND_ONCE = """
create function workflows_extend_once() returns trigger language plpgsql as $$
begin
    if old.extended_to is not null and new.extended_to is distinct from old.extended_to then
        raise exception 'a pause is extended once' using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger extend_once before update on workflows_clockpause
    for each row execute function workflows_extend_once();
"""

PROTECTION = [
    migrations.RunSQL(EXTEND_ONCE, "drop function workflows_extend_once() cascade"),
    rls.protect("workflows_itemreview"),
    rls.stamp("workflows_itemreview", "reviewed_at"),
    rls.immutable(
        "workflows_itemreview",
        "id",
        "dossier_id",
        "applicant_id",
        "case_id",
        "item_id",
        "verdict",
        "note",
        "reviewed_by_id",
        "reviewed_at",
    ),
]


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0003_completion_item_by_item'),
        ('workflows', '0007_no_clock_is_missed_unseen'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemReview',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('verdict', models.CharField(choices=[('accepted', 'accepté'), ('not_enough', 'pas suffisant')], max_length=12)),
                ('note', models.TextField(blank=True)),
                ('reviewed_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
        ),
        migrations.AddField(
            model_name='clockpause',
            name='extended_to',
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name='clockpause',
            constraint=models.CheckConstraint(condition=models.Q(('extended_to', None), ('extended_to__gt', models.F('due_on')), _connector='OR'), name='an_extended_pause_lasts_longer'),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='item_reviews', to='workflows.case'),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='item',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='review', to='dossiers.completionitem'),
        ),
        migrations.AddField(
            model_name='itemreview',
            name='reviewed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='itemreview',
            constraint=models.CheckConstraint(condition=models.Q(('verdict__in', ['accepted', 'not_enough'])), name='an_answer_is_accepted_or_not_enough'),
        ),
        migrations.AddConstraint(
            model_name='itemreview',
            constraint=models.CheckConstraint(condition=models.Q(('verdict', 'accepted'), models.Q(('note', ''), _negated=True), _connector='OR'), name='an_answer_that_is_not_enough_says_why'),
        ),
        *PROTECTION,
    ]
