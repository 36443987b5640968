"""The case, its steps and what two people decide; protected from the first row."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django_fsm
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

PERSONAL = [
    'workflows_case',
    'workflows_step',
    'workflows_proposal',
    'workflows_decision',
    'workflows_opinion',
    'workflows_clockpause',
    'workflows_cardorder',
]

# The state of a case is the target of its last step; each step follows the one before; the
# proposer named by a decision is the author of the proposal.
CHAIN = '''
alter table workflows_case add constraint the_state_is_proven_by_the_last_step
    foreign key (id, last_step, state) references workflows_step (case_id, number, target)
    deferrable initially deferred;
alter table workflows_step add constraint a_step_follows_the_step_before
    foreign key (case_id, previous, source) references workflows_step (case_id, number, target);
alter table workflows_decision add constraint a_decision_names_the_author_of_the_proposal
    foreign key (proposal_id, case_id, proposer_id, outcome)
    references workflows_proposal (id, case_id, proposed_by_id, outcome);
'''
UNCHAIN = '''
alter table workflows_decision drop constraint a_decision_names_the_author_of_the_proposal;
alter table workflows_step drop constraint a_step_follows_the_step_before;
alter table workflows_case drop constraint the_state_is_proven_by_the_last_step;
'''


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_foundation'),
        ('dossiers', '0001_procedures_dossiers_submissions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Case',
            fields=[
                ('state', django_fsm.FSMField(choices=[('filed', 'déposé'), ('received', 'reçu'), ('completion_requested', 'complément demandé'), ('under_review', 'en cours d’instruction'), ('opinion_requested', 'avis demandé'), ('decision_proposed', 'décision proposée'), ('granted', 'accordé'), ('refused', 'refusé'), ('closed', 'clos sans suite'), ('biometrics_due', 'empreintes à prendre'), ('in_production', 'carte en fabrication'), ('card_ready', 'carte disponible'), ('handed_over', 'carte remise'), ('withdrawn', 'retiré par le demandeur'), ('archived', 'archivé')], default='filed', max_length=50, protected=True, verbose_name='état')),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('submission_number', models.PositiveSmallIntegerField(default=1)),
                ('complete_at', models.DateTimeField(null=True)),
                ('back_to', models.CharField(blank=True, max_length=24)),
                ('completion_request_id', models.UUIDField(null=True)),
                ('opinion_id', models.UUIDField(null=True)),
                ('proposed_outcome', models.CharField(blank=True, choices=[('grant', 'décision favorable'), ('refuse', 'refus'), ('close', 'classement sans suite')], max_length=8)),
                ('proposed_submission', models.PositiveSmallIntegerField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('outcome', models.CharField(blank=True, choices=[('grant', 'décision favorable'), ('refuse', 'refus'), ('close', 'classement sans suite')], max_length=8)),
                ('title_starts_on', models.DateField(null=True)),
                ('title_ends_on', models.DateField(null=True)),
                ('prints_on_record', models.BooleanField(default=False)),
                ('card_ordered_at', models.DateTimeField(null=True)),
                ('card_number', models.CharField(blank=True, max_length=20)),
                ('ended_at', models.DateTimeField(null=True)),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('last_step', models.PositiveSmallIntegerField(default=1)),
                ('dossier_number', models.CharField(max_length=20)),
                ('procedure_code', models.CharField(max_length=60)),
                ('holder_name', models.CharField(max_length=200)),
                ('filed_at', models.DateTimeField()),
                ('clock_rule', models.CharField(max_length=60)),
                ('clock_article', models.CharField(max_length=200)),
                ('clock_months', models.PositiveSmallIntegerField(default=0)),
                ('clock_days', models.PositiveSmallIntegerField(default=0)),
                ('implicit_refusal_on', models.DateField()),
                ('implicit_refusal_flagged_on', models.DateField(null=True)),
                ('due_on', models.DateField(null=True)),
                ('language', models.CharField(default='fr', max_length=2)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ClockPause',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('completion_request_id', models.UUIDField(unique=True)),
                ('starts_on', models.DateField()),
                ('due_on', models.DateField()),
                ('supplied_on', models.DateField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
            ],
        ),
        migrations.CreateModel(
            name='Opinion',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('kind', models.CharField(choices=[('labour', 'service de la main-d’œuvre étrangère'), ('medical', 'collège de médecins'), ('school', 'établissement d’enseignement'), ('consulate', 'poste consulaire'), ('residence_board', 'commission du titre de séjour'), ('other', 'autre service')], max_length=20)),
                ('question', models.TextField()),
                ('due_on', models.DateField()),
                ('asked_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('answer', models.CharField(blank=True, choices=[('favourable', 'favorable'), ('reserved', 'favorable avec réserves'), ('unfavourable', 'défavorable'), ('none', 'pas de réponse dans le délai')], max_length=12)),
                ('text', models.TextField(blank=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opinions', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
            ],
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('outcome', models.CharField(choices=[('grant', 'décision favorable'), ('refuse', 'refus'), ('close', 'classement sans suite')], max_length=8)),
                ('grounds_law', models.TextField()),
                ('grounds_fact', models.TextField()),
                ('title_starts_on', models.DateField(null=True)),
                ('title_ends_on', models.DateField(null=True)),
                ('title_months', models.PositiveSmallIntegerField(null=True)),
                ('submission_number', models.PositiveSmallIntegerField()),
                ('made_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('settled_at', models.DateTimeField(null=True)),
                ('settled_how', models.CharField(blank=True, choices=[('signed', 'signée'), ('sent_back', 'renvoyée'), ('void', 'devenue sans objet')], max_length=10)),
                ('sent_back_note', models.TextField(blank=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('proposed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('number', models.PositiveSmallIntegerField()),
                ('previous', models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.NullIf(django.db.models.expressions.CombinedExpression(models.F('number'), '-', models.Value(1)), 0), output_field=models.PositiveSmallIntegerField(null=True))),
                ('move', models.CharField(max_length=32)),
                ('source', models.CharField(blank=True, max_length=24)),
                ('target', models.CharField(max_length=24)),
                ('role', models.CharField(max_length=16)),
                ('office_code', models.CharField(max_length=3, null=True)),
                ('reason', models.TextField(blank=True)),
                ('submission_number', models.PositiveSmallIntegerField()),
                ('clears', models.BooleanField(default=False)),
                ('at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
            ],
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('outcome', models.CharField(choices=[('grant', 'décision favorable'), ('refuse', 'refus'), ('close', 'classement sans suite')], max_length=8)),
                ('signer_name', models.CharField(max_length=120)),
                ('signer_quality', models.CharField(max_length=120)),
                ('letter_id', models.UUIDField(null=True)),
                ('signed_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='decisions', to='workflows.case')),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('proposer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('signer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('proposal', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='workflows.proposal')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.step')),
            ],
        ),
        migrations.CreateModel(
            name='CardOrder',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('prefecture_code', models.CharField(max_length=3, null=True)),
                ('idempotency_key', models.CharField(max_length=64, unique=True)),
                ('state', models.CharField(choices=[('to_send', 'à envoyer'), ('sent', 'envoyée'), ('produced', 'fabriquée')], default='to_send', max_length=8)),
                ('maker_order', models.CharField(blank=True, max_length=64)),
                ('ordered_at', models.DateTimeField(db_default=models.Func(function='portal_now'), editable=False)),
                ('sent_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(null=True)),
                ('produced_at', models.DateTimeField(null=True)),
                ('applicant', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='card_orders', to='workflows.case')),
                ('step', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workflows.step')),
            ],
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('prefecture_code'), models.F('due_on'), models.F('id'), name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('prefecture_code'), models.F('state'), models.F('due_on'), models.F('id'), name='case_queue_of_state'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(models.F('implicit_refusal_on'), condition=models.Q(('implicit_refusal_flagged_on', None)), name='case_silence_to_flag'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filed', 'received', 'completion_requested', 'under_review', 'opinion_requested', 'decision_proposed', 'granted', 'refused', 'closed', 'biometrics_due', 'in_production', 'card_ready', 'handed_over', 'withdrawn', 'archived'])), name='a_case_is_in_a_known_state'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['filed', 'withdrawn', 'archived']), models.Q(('prefecture_code__isnull', False), models.Q(('prefecture_code', '000'), _negated=True)), _connector='OR'), name='a_case_past_filing_has_an_office'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('under_review', 'opinion_requested')), _negated=True), ('complete_at__isnull', False), _connector='OR'), name='a_review_starts_from_a_complete_dossier'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('completion_request_id__isnull', False), ('state', 'completion_requested')), models.Q(models.Q(('state', 'completion_requested'), _negated=True), ('completion_request_id', None)), _connector='OR'), name='a_completion_request_is_named_while_it_is_awaited'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('opinion_id__isnull', False), ('state', 'opinion_requested')), models.Q(models.Q(('state', 'opinion_requested'), _negated=True), ('opinion_id', None)), _connector='OR'), name='an_opinion_is_named_while_it_is_awaited'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'decision_proposed'), _negated=True), models.Q(('proposed_by__isnull', False), ('proposed_outcome__in', ['grant', 'refuse', 'close'])), _connector='OR'), name='a_proposal_has_an_author_and_an_outcome'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('complete_at__isnull', False), models.Q(('proposed_outcome__in', ['grant', 'refuse']), _negated=True), _connector='OR'), name='an_incomplete_dossier_is_only_closed'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('granted', 'refused', 'closed', 'biometrics_due', 'in_production', 'card_ready', 'handed_over')), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('outcome', models.F('proposed_outcome')), ('proposed_by__isnull', False)), _connector='OR'), name='a_decided_case_names_two_people'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', None), models.Q(('decided_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='who_signs_has_not_proposed', violation_error_message='La personne qui signe ne peut pas avoir proposé.'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ('granted', 'biometrics_due', 'in_production', 'card_ready', 'handed_over')), _negated=True), models.Q(('outcome', 'grant'), ('title_ends_on__gt', models.F('title_starts_on'))), _connector='OR'), name='a_granted_title_has_its_dates'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clock_days', 0), ('clock_months__gt', 0)), models.Q(('clock_days__gt', 0), ('clock_months', 0)), _connector='OR'), name='silence_is_counted_in_months_or_days'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:in_production,card_ready:handed_over,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:received,filed:withdrawn,granted:biometrics_due,granted:in_production,handed_over:archived,in_production:card_ready,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='c012cc16ecdd607a5b9a49ed1592bcfe7f4d13c2', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_begins_at_filing', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NOT (NEW."state" = \'filed\'))', func="RAISE EXCEPTION 'a case begins at filing, not at %', NEW.state;", hash='82c526863a4217ed79b469064b5d15bc14e9d929', operation='INSERT', pgid='pgtrigger_case_begins_at_filing_48541', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='clockpause',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('case',), name='the_clock_pauses_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='clockpause',
            constraint=models.CheckConstraint(condition=models.Q(('due_on__gte', models.F('starts_on'))), name='a_pause_ends_after_it_starts'),
        ),
        migrations.AddConstraint(
            model_name='opinion',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('case',), name='a_case_awaits_one_opinion_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(condition=models.Q(('settled_at', None)), fields=('case',), name='a_case_has_one_open_proposal', violation_error_message='Une proposition attend déjà une signature.'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('id', 'case', 'proposed_by', 'outcome'), name='a_proposal_has_one_author_and_outcome'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grounds_law', ''), _negated=True), models.Q(('grounds_fact', ''), _negated=True)), name='a_proposal_gives_its_grounds'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'grant'), ('title_ends_on__gt', models.F('title_starts_on'))), models.Q(models.Q(('outcome', 'grant'), _negated=True), ('title_ends_on', None), ('title_starts_on', None)), _connector='OR'), name='a_proposed_grant_has_its_dates'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_at', None), ('settled_how', '')), models.Q(('settled_at__isnull', False), models.Q(('settled_how', ''), _negated=True)), _connector='OR'), name='a_settled_proposal_says_how'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('settled_how', 'sent_back'), _negated=True), models.Q(('sent_back_note', ''), _negated=True), _connector='OR'), name='a_proposal_sent_back_says_why'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('case', 'number'), name='steps_of_a_case_are_numbered'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('case', 'number', 'target'), name='a_step_has_one_target'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.UniqueConstraint(fields=('id', 'case', 'clears'), name='a_step_clears_or_not'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clears', True), ('move__in', ['mark_card_ready', 'require_biometrics'])), models.Q(('clears', False), models.Q(('move__in', ['mark_card_ready', 'require_biometrics']), _negated=True)), _connector='OR'), name='exactly_two_moves_clear_a_visit'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('actor', None), ('role', 'system')), models.Q(('actor__isnull', False), models.Q(('role', 'system'), _negated=True)), _connector='OR'), name='a_step_without_a_person_is_the_portals'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('signer', models.F('proposer')), _negated=True), name='two_people_make_a_decision', violation_error_message='La personne qui signe ne peut pas avoir proposé.'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('case',), name='a_case_has_one_decision_in_force'),
        ),
        migrations.AddConstraint(
            model_name='cardorder',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'to_send'), models.Q(('maker_order', ''), _negated=True), _connector='OR'), name='a_sent_order_has_the_makers_number'),
        ),
        migrations.RunSQL(CHAIN, UNCHAIN),
        *[rls.protect(table) for table in PERSONAL],
        rls.stamp("workflows_step", "at"),
        rls.stamp("workflows_proposal", "made_at"),
        rls.stamp("workflows_decision", "signed_at"),
        rls.stamp("workflows_opinion", "asked_at"),
        rls.stamp("workflows_cardorder", "ordered_at"),
        # The office that may read a row follows the dossier; nothing else ever changes.
        rls.immutable(
            "workflows_step",
            "id",
            "dossier_id",
            "applicant_id",
            "case_id",
            "number",
            "move",
            "source",
            "target",
            "actor_id",
            "role",
            "office_code",
            "reason",
            "submission_number",
            "clears",
            "at",
        ),
        rls.immutable(
            "workflows_proposal",
            "id",
            "dossier_id",
            "applicant_id",
            "case_id",
            "outcome",
            "grounds_law",
            "grounds_fact",
            "title_starts_on",
            "title_ends_on",
            "title_months",
            "submission_number",
            "proposed_by_id",
            "made_at",
        ),
        rls.immutable(
            "workflows_decision",
            "id",
            "dossier_id",
            "applicant_id",
            "case_id",
            "proposal_id",
            "step_id",
            "outcome",
            "proposer_id",
            "signer_id",
            "signer_name",
            "signer_quality",
            "signed_at",
        ),
    ]
