"""A person may change their request until it is decided: who reads and who signs see it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

# A proposal is about what was filed last when it is made, whatever its caller says; the dossier
# is held meanwhile. A decision signed on it is refused when something was filed since.
LAST_FILING = """
create function workflows_propose_on_the_last_filing() returns trigger language plpgsql as $$
begin
    new.submission_number := coalesce(
        (select max(number) from dossiers_submission where dossier_id = new.dossier_id),
        new.submission_number);
    return new;
end $$;
create trigger propose_on_the_last_filing before insert on workflows_proposal
    for each row execute function workflows_propose_on_the_last_filing();

create function workflows_decide_on_the_last_filing() returns trigger language plpgsql as $$
begin
    if exists (select from workflows_proposal p
               join dossiers_submission s on s.dossier_id = p.dossier_id
               where p.id = new.proposal_id and s.number > p.submission_number) then
        raise exception 'something was filed since the proposal' using errcode = '23514',
            constraint = 'a_decision_is_about_what_was_filed_last';
    end if;
    return new;
end $$;
create trigger decide_on_the_last_filing before insert on workflows_decision
    for each row execute function workflows_decide_on_the_last_filing();
create trigger keep_what_it_is_about before update on workflows_proposal for each row
    execute function portal_refuse_columns('submission_number');
"""
BEFORE = """
drop trigger keep_what_it_is_about on workflows_proposal;
drop function workflows_decide_on_the_last_filing() cascade;
drop function workflows_propose_on_the_last_filing() cascade;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0012_amendments_and_statements'),
        ('workflows', '0022_a_granted_case_follows_its_person'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CaseReading',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('submission_number', models.PositiveSmallIntegerField()),
                ('read_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
            ],
        ),
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
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:biometrics_due,biometrics_due:in_production,biometrics_due:under_review,card_ready:card_ready,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:decision_proposed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:filed,filed:received,filed:withdrawn,granted:biometrics_due,granted:granted,granted:in_production,granted:under_review,handed_over:archived,handed_over:under_review,in_production:card_ready,in_production:in_production,in_production:under_review,opinion_requested:opinion_requested,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:under_review,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='71332057e64c92da3b43c19c7cb7c64f29eeb943', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'ask_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'ask_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'ask_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'confirm_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_amendment'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'receive_amendment'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_amendment'), ('source__in', ['filed']), ('target', 'filed')), models.Q(('move', 'receive_amendment'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_amendment'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_amendment'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_supply'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'receive_supply'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'retract'), ('source__in', ['biometrics_due', 'card_ready', 'granted', 'handed_over', 'in_production']), ('target', 'under_review')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'transfer'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'transfer'), ('source__in', ['in_production']), ('target', 'in_production')), models.Q(('move', 'transfer_visit'), ('source__in', ['biometrics_due']), ('target', 'biometrics_due')), models.Q(('move', 'transfer_visit'), ('source__in', ['card_ready']), ('target', 'card_ready')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
        migrations.AddField(
            model_name='casereading',
            name='agent',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casereading',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casereading',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='workflows.case'),
        ),
        migrations.AddField(
            model_name='casereading',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddConstraint(
            model_name='casereading',
            constraint=models.UniqueConstraint(fields=('case', 'agent', 'submission_number'), name='an_agent_reads_a_filing_once'),
        ),
        rls.protect("workflows_casereading"),
        rls.stamp("workflows_casereading", "read_at"),
        rls.immutable(
            "workflows_casereading",
            *("id", "case_id", "dossier_id", "applicant_id", "agent_id"),
            *("submission_number", "read_at"),
        ),
        migrations.RunSQL(LAST_FILING, BEFORE),
    ]
