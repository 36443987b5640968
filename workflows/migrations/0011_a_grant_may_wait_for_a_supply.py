"""A title may be granted subject to a supply: it takes effect once all is received."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls


# What a grant waits for was asked and not essential; while a row is not received the case goes no
# further, whatever its own column says (CRPA L.114-5-1).
WAITS = """
alter table workflows_awaitedsupply add constraint a_grant_waits_for_what_is_not_essential
    foreign key (item_id, essential) references dossiers_completionitem (id, essential);
create trigger keep_settled before update on workflows_awaitedsupply
    for each row execute function workflows_keep_settled('confirmed_at');
create function workflows_no_effect_before_the_supply() returns trigger language plpgsql as $$
begin
    if exists (select from workflows_awaitedsupply awaited
            join workflows_decision decision on decision.id = awaited.decision_id
            where awaited.case_id = new.id and awaited.received_on is null
                and decision.revoked_at is null) then
        raise exception 'this grant takes effect once all that it waits for is received'
            using errcode = '23514',
                constraint = 'a_grant_takes_effect_once_all_is_received';
    end if;
    return new;
end $$;
create trigger a_grant_takes_effect_once_all_is_received before update on workflows_case
    for each row when (old.state = 'granted' and new.state in ('in_production', 'biometrics_due')
        or old.supply_awaited and not new.supply_awaited and new.state = 'granted')
    execute function workflows_no_effect_before_the_supply();
create trigger keep_terms before update on workflows_decision for each row
    execute function portal_refuse_columns('granted_subject_to', 'supply_due_on');
"""
GOES_ON = """
drop trigger keep_terms on workflows_decision;
drop function workflows_no_effect_before_the_supply() cascade;
drop trigger keep_settled on workflows_awaitedsupply;
alter table workflows_awaitedsupply drop constraint a_grant_waits_for_what_is_not_essential;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0004_a_request_holds_the_review_or_not'),
        ('territory', '0003_services_their_remits_and_affiliations'),
        ('workflows', '0010_a_batch_gives_each_case_its_own_result'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AwaitedSupply',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('essential', models.BooleanField(db_default=False, default=False, editable=False)),
                ('label', models.CharField(max_length=300)),
                ('received_on', models.DateField(null=True)),
                ('how', models.CharField(blank=True, choices=[('sent', 'reçu par le portail'), ('otherwise', 'reçu autrement : courrier ou guichet')], max_length=12)),
                ('note', models.TextField(blank=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='case_follows_the_machine',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='only_a_case_in_review_has_a_reviewer',
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='a_step_is_a_move_of_the_machine',
        ),
        migrations.AddField(
            model_name='case',
            name='supply_awaited',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='decision',
            name='granted_subject_to',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=300), null=True, size=None),
        ),
        migrations.AddField(
            model_name='decision',
            name='supply_due_on',
            field=models.DateField(null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:in_production,biometrics_due:under_review,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:decision_proposed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:received,filed:withdrawn,granted:biometrics_due,granted:granted,granted:in_production,granted:under_review,handed_over:archived,in_production:card_ready,in_production:under_review,opinion_requested:opinion_requested,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:under_review,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='b35230696982b5c9ac13181021d395f98e555d0e', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('supply_awaited', False), ('state', 'granted'), _connector='OR'), name='a_grant_that_waits_for_a_supply_goes_no_further'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer', None), ('state__in', ('received', 'completion_requested', 'under_review', 'opinion_requested', 'decision_proposed', 'granted')), _connector='OR'), name='only_a_case_in_review_has_a_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('granted_subject_to', None), ('supply_due_on', None)), models.Q(('granted_subject_to__len__gte', 1), ('outcome', 'grant'), ('supply_due_on__isnull', False)), _connector='OR'), name='a_grant_subject_to_a_supply_names_it_and_its_day'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'ask_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'ask_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'ask_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'confirm_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_supply'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'receive_supply'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'retract'), ('source__in', ['biometrics_due', 'card_ready', 'granted', 'in_production']), ('target', 'under_review')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplies', to='workflows.case'),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='confirmed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='supplies', to='workflows.decision'),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='awaitedsupply',
            name='item',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.completionitem'),
        ),
        migrations.AddConstraint(
            model_name='awaitedsupply',
            constraint=models.UniqueConstraint(fields=('decision', 'item'), name='a_grant_waits_for_an_item_once'),
        ),
        migrations.AddConstraint(
            model_name='awaitedsupply',
            constraint=models.CheckConstraint(condition=models.Q(('essential', False)), name='a_grant_never_waits_for_an_essential_item'),
        ),
        migrations.AddConstraint(
            model_name='awaitedsupply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at', None), ('confirmed_by', None), ('how', ''), ('received_on', None)), models.Q(('confirmed_at__isnull', False), ('confirmed_by__isnull', False), ('how__in', ['sent', 'otherwise']), ('received_on__isnull', False)), _connector='OR'), name='a_received_supply_says_when_how_and_who_saw_it'),
        ),
        migrations.AddConstraint(
            model_name='awaitedsupply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'otherwise'), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='what_came_otherwise_says_how'),
        ),
        migrations.RunSQL(WAITS, GOES_ON),
        rls.protect("workflows_awaitedsupply"),
        rls.immutable(
            "workflows_awaitedsupply",
            "id",
            "dossier_id",
            "applicant_id",
            "case_id",
            "decision_id",
            "item_id",
            "essential",
            "label",
        ),
    ]
