"""A granted title is withdrawn within four months, also when its card was handed over."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflows", "0012_the_maker_answers_a_cancellation")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='case_follows_the_machine',
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='a_step_is_a_move_of_the_machine',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:in_production,biometrics_due:under_review,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:received,filed:withdrawn,granted:biometrics_due,granted:in_production,handed_over:archived,handed_over:under_review,in_production:card_ready,in_production:under_review,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='bb0927d6f36abd9f99c046c07c3bbfe0b7ecdf6b', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'retract'), ('source__in', ['biometrics_due', 'card_ready', 'handed_over', 'in_production']), ('target', 'under_review')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
    ]
