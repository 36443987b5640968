"""A grant of a procedure that makes no card ends recorded: no order, no visit."""

import django_fsm
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


# A grant that waits for a supply is not recorded before it either (CRPA L.114-5-1).
EFFECT = """
drop trigger a_grant_takes_effect_once_all_is_received on workflows_case;
create trigger a_grant_takes_effect_once_all_is_received before update on workflows_case
    for each row when (old.state = 'granted'
            and new.state in ('in_production', 'biometrics_due'%s)
        or old.supply_awaited and not new.supply_awaited and new.state = 'granted')
    execute function workflows_no_effect_before_the_supply();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0013_one_live_dossier_of_each_procedure'),
        ('territory', '0004_where_a_site_is'),
        ('workflows', '0023_what_came_since_is_read'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='case_follows_the_machine',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='a_case_is_in_a_known_state',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='a_decided_case_names_two_people',
        ),
        migrations.RemoveConstraint(
            model_name='case',
            name='a_granted_title_has_its_dates',
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='a_step_is_a_move_of_the_machine',
        ),
        migrations.AddField(
            model_name='case',
            name='makes_card',
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AlterField(
            model_name='case',
            name='state',
            field=django_fsm.FSMField(choices=[('filed', 'déposé'), ('received', 'reçu'), ('completion_requested', 'complément demandé'), ('under_review', 'en cours d’instruction'), ('opinion_requested', 'avis demandé'), ('decision_proposed', 'décision proposée'), ('granted', 'accordé'), ('refused', 'refusé'), ('closed', 'clos sans suite'), ('biometrics_due', 'empreintes à prendre'), ('in_production', 'carte en fabrication'), ('card_ready', 'carte disponible'), ('handed_over', 'carte remise'), ('recorded', 'enregistré, sans carte'), ('withdrawn', 'retiré par le demandeur'), ('archived', 'archivé')], default='filed', max_length=50, protected=True, verbose_name='état'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:biometrics_due,biometrics_due:in_production,biometrics_due:under_review,card_ready:card_ready,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:decision_proposed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:filed,filed:received,filed:withdrawn,granted:biometrics_due,granted:granted,granted:in_production,granted:recorded,granted:under_review,handed_over:archived,handed_over:under_review,in_production:card_ready,in_production:in_production,in_production:under_review,opinion_requested:opinion_requested,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,recorded:archived,recorded:under_review,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:under_review,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='194d7e09d7d3f0ceb630b4d62a704a94e08d5c0c', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filed', 'received', 'completion_requested', 'under_review', 'opinion_requested', 'decision_proposed', 'granted', 'refused', 'closed', 'biometrics_due', 'in_production', 'card_ready', 'handed_over', 'recorded', 'withdrawn', 'archived'])), name='a_case_is_in_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('granted', 'refused', 'closed', 'biometrics_due', 'in_production', 'card_ready', 'handed_over', 'recorded')), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome', models.F('proposed_outcome')), ('proposed_by__isnull', False)), _connector='OR'), name='a_decided_case_names_two_people'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('granted', 'biometrics_due', 'in_production', 'card_ready', 'handed_over', 'recorded')), _negated=True), models.Q(('outcome', 'grant'), ('title_ends_on__gt', models.F('title_starts_on'))), _connector='OR'), name='a_granted_title_has_its_dates'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('makes_card', True), models.Q(('state', 'recorded'), _negated=True)), models.Q(('makes_card', False), models.Q(('state__in', ('biometrics_due', 'in_production', 'card_ready', 'handed_over')), _negated=True)), _connector='OR'), name='a_card_is_made_where_the_procedure_makes_one'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'recorded', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'ask_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'ask_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'ask_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'confirm_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_amendment'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'receive_amendment'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_amendment'), ('source__in', ['filed']), ('target', 'filed')), models.Q(('move', 'receive_amendment'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_amendment'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_amendment'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_supply'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'receive_supply'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'record'), ('source__in', ['granted']), ('target', 'recorded')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'retract'), ('source__in', ['biometrics_due', 'card_ready', 'granted', 'handed_over', 'in_production', 'recorded']), ('target', 'under_review')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'transfer'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'transfer'), ('source__in', ['in_production']), ('target', 'in_production')), models.Q(('move', 'transfer_visit'), ('source__in', ['biometrics_due']), ('target', 'biometrics_due')), models.Q(('move', 'transfer_visit'), ('source__in', ['card_ready']), ('target', 'card_ready')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
        migrations.RunSQL(EFFECT % ", 'recorded'", EFFECT % ""),
    ]
