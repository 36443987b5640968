"""A granted case goes where its person lives, and the card that was made is sent after it."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core import rls

MINE = "applicant_id = (select portal_actor())"
FROM_HERE = "from_code = any ((select portal_prefectures())::text[])"
TO_HERE = "to_code = any ((select portal_prefectures())::text[])"
SYSTEM = "(select portal_scope()) = 'system'"
# The office that has the card, the one that awaits it, and the person whose card it is.
SENT_ON = {
    ("web_reads", "portal_web"): (f"{MINE} or {FROM_HERE} or {TO_HERE}", "select"),
    ("web_makes", "portal_web"): (TO_HERE, "insert"),
    ("web_changes", "portal_web"): (f"{MINE} or {FROM_HERE} or {TO_HERE}", "update"),
    ("worker", "portal_worker"): f"{FROM_HERE} or {TO_HERE} or {SYSTEM}",
}

# Orders made before went, and go, to the office that had the case.
PLACES = """
update workflows_cardorder set ordered_for = coalesce(prefecture_code, ''),
    delivery_code = coalesce(prefecture_code, ''),
    place_code = case when state = 'produced' then coalesce(prefecture_code, '') else '' end;
"""

GUARDS = """
-- The portal's own step, from the office that had the case to the one that has it now.
create function workflows_transfer_elsewhere() returns trigger language plpgsql as $$
begin
    if new.role <> 'system' or new.prefecture_code is not distinct from new.office_code
       or not exists (select from workflows_case
            where id = new.case_id and prefecture_code = new.prefecture_code)
       or not exists (select from workflows_step
            where case_id = new.case_id and number = new.number - 1
              and prefecture_code = new.office_code) then
        raise exception 'a transfer goes to another office, by the portal alone'
            using errcode = '23514', constraint = 'a_transfer_goes_to_another_office';
    end if;
    return new;
end $$;
create trigger a_transfer_goes_to_another_office before insert on workflows_step
    for each row when (new.move in ('transfer', 'transfer_visit'))
    execute function workflows_transfer_elsewhere();

create function workflows_hand_over_here() returns trigger language plpgsql as $$
begin
    if exists (select from workflows_cardorder where case_id = new.case_id
               and state = 'produced' and place_code is distinct from new.office_code) then
        raise exception 'the card is not in this office' using errcode = '23514',
            constraint = 'a_card_is_handed_over_where_it_is';
    end if;
    return new;
end $$;
create trigger a_card_is_handed_over_where_it_is before insert on workflows_step
    for each row when (new.move = 'hand_over') execute function workflows_hand_over_here();

create trigger keep_first_office before update on workflows_cardorder for each row
    execute function portal_refuse_columns('ordered_for');
-- A card appears where its maker delivers it, and moves with its dispatches alone.
create function workflows_place_card() returns trigger language plpgsql as $$
begin
    if pg_trigger_depth() = 1
       and not (old.state = 'sent' and new.state = 'produced' and old.place_code = ''
                and new.place_code = new.delivery_code) then
        raise exception 'a card moves with its dispatches alone' using errcode = '23514',
            constraint = 'a_card_moves_with_its_dispatches';
    end if;
    return new;
end $$;
create trigger place_card before update on workflows_cardorder for each row
    when (new.place_code is distinct from old.place_code)
    execute function workflows_place_card();

-- Whose card, where it is and where it goes are read from its order, whatever the caller says.
create function workflows_begin_dispatch() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    made workflows_cardorder;
    office text;
begin
    perform set_config('portal.migrating', 'on', true);
    select * into made from workflows_cardorder where id = new.order_id for update;
    select prefecture_code into office from workflows_case where id = made.case_id;
    perform set_config('portal.migrating', before, true);
    if made.id is null or made.state <> 'produced' or made.place_code in ('', office) then
        raise exception 'this card has nowhere to go' using errcode = '23514',
            constraint = 'a_card_is_sent_after_its_case';
    end if;
    new.dossier_id := made.dossier_id; new.applicant_id := made.applicant_id;
    new.card_number := made.card_number;
    new.from_code := made.place_code; new.to_code := office;
    new.asked_at := portal_now();
    new.sent_at := null; new.sent_by_id := null;
    new.received_at := null; new.received_by_id := null; new.dropped_at := null;
    return new;
end $$;
create trigger begin_dispatch before insert on workflows_carddispatch
    for each row execute function workflows_begin_dispatch();

create function workflows_is_at_the_counter(agent bigint, office text) returns boolean
    language plpgsql stable as $$
declare
    today date := (portal_now() at time zone 'Europe/Paris')::date;
begin
    return agent is not distinct from portal_actor() and exists (select from accounts_post
        where user_id = agent and role = 'counter_agent' and prefecture_id = office
          and starts_on <= today and (ends_on is null or ends_on >= today));
end $$;

-- Whoever notes that a card left or came holds its dossier, then its case, as every move does, also
-- when the case is no longer theirs to see: one of the two then sees what the other did.
create function workflows_hold_case_of_card(dispatch uuid) returns void
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    perform 1 from dossiers_dossier where id = (
        select dossier_id from workflows_carddispatch where id = dispatch) for no key update;
    perform 1 from workflows_case where dossier_id = (
        select dossier_id from workflows_carddispatch where id = dispatch) for share;
    perform set_config('portal.migrating', before, true);
end $$;

-- Sent by the office that has it, received by the other, kept when it goes nowhere: once each.
create function workflows_move_dispatch() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    moved constant text[] := array['sent_at', 'sent_by_id', 'received_at', 'received_by_id',
        'dropped_at'];
    broken text;
begin
    if tg_op = 'DELETE' or old.received_at is not null or old.dropped_at is not null
       or (to_jsonb(new) - moved) is distinct from (to_jsonb(old) - moved)
       or old.sent_at is not null and (new.sent_at, new.sent_by_id)
            is distinct from (old.sent_at, old.sent_by_id) then
        raise exception 'a dispatch is never rewritten' using errcode = '23514',
            constraint = 'a_dispatch_is_never_rewritten';
    end if;
    perform set_config('portal.migrating', 'on', true);
    broken := case
        when new.dropped_at is not null and exists (
                select from workflows_cardorder card join workflows_case home
                    on home.id = card.case_id
                where card.id = old.order_id and card.state = 'produced'
                  and home.prefecture_code = old.to_code) then 'a_card_follows_its_case'
        when new.sent_at is not null and old.sent_at is null
             and not workflows_is_at_the_counter(new.sent_by_id, old.from_code)
            then 'a_card_is_sent_by_the_office_that_has_it'
        when new.received_at is not null
             and not workflows_is_at_the_counter(new.received_by_id, old.to_code)
            then 'a_card_is_received_by_the_office_that_awaits_it'
        end;
    if broken is null and new.sent_at is not null and old.sent_at is null then
        new.sent_at := portal_now();
        update workflows_cardorder set place_code = '' where id = old.order_id;
    end if;
    if broken is null and new.received_at is not null then
        new.received_at := portal_now();
        update workflows_cardorder set place_code = old.to_code where id = old.order_id;
    end if;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this card does not move so: %', broken using errcode = '23514',
            constraint = broken;
    end if;
    new.dropped_at := case when new.dropped_at is not null then portal_now() end;
    return new;
end $$;
create trigger move_dispatch before update or delete on workflows_carddispatch
    for each row execute function workflows_move_dispatch();
create trigger keep_dispatch_whole before truncate on workflows_carddispatch
    for each statement execute function portal_refuse_change();

-- The person moved again while the card was on its way: the office that received it sends it on.
create function workflows_send_on() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
begin
    perform set_config('portal.migrating', 'on', true);
    if exists (select from workflows_cardorder card join workflows_case home
                   on home.id = card.case_id
               where card.id = new.order_id and card.state = 'produced'
                 and home.prefecture_code <> new.to_code) then
        insert into workflows_carddispatch (id, order_id) values (gen_random_uuid(), new.order_id);
    end if;
    perform set_config('portal.migrating', before, true);
    return null;
end $$;
create trigger send_on after update on workflows_carddispatch for each row
    when (new.received_at is not null and old.received_at is null)
    execute function workflows_send_on();
"""
BACK = """
drop function workflows_send_on() cascade;
drop function workflows_move_dispatch() cascade;
drop function workflows_hold_case_of_card(uuid);
drop function workflows_is_at_the_counter(bigint, text);
drop function workflows_begin_dispatch() cascade;
drop function workflows_place_card() cascade;
drop trigger keep_first_office on workflows_cardorder;
drop function workflows_hand_over_here() cascade;
drop function workflows_transfer_elsewhere() cascade;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('dossiers', '0005_help_at_the_counter'),
        ('workflows', '0021_a_delegation_may_cover_changes_of_situation'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CardDispatch',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('card_number', models.CharField(max_length=20)),
                ('from_code', models.CharField(max_length=3)),
                ('to_code', models.CharField(max_length=3)),
                ('asked_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField(null=True)),
                ('dropped_at', models.DateTimeField(null=True)),
            ],
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='case',
            name='case_follows_the_machine',
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='exactly_two_moves_clear_a_visit',
        ),
        migrations.RemoveConstraint(
            model_name='step',
            name='a_step_is_a_move_of_the_machine',
        ),
        migrations.AddField(
            model_name='cardorder',
            name='delivery_code',
            field=models.CharField(blank=True, db_default='', help_text='the office that the maker delivers to', max_length=3),
        ),
        migrations.AddField(
            model_name='cardorder',
            name='ordered_for',
            field=models.CharField(db_default='', editable=False, max_length=3),
        ),
        migrations.AddField(
            model_name='cardorder',
            name='place_code',
            field=models.CharField(blank=True, db_default='', help_text='the office where the card is; empty before it is made, and on its way', max_length=3),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='case',
            trigger=pgtrigger.compiler.Trigger(name='case_follows_the_machine', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."state", \':\', NEW."state") = ANY(\'{biometrics_due:biometrics_due,biometrics_due:in_production,biometrics_due:under_review,card_ready:card_ready,card_ready:handed_over,card_ready:under_review,closed:archived,closed:under_review,completion_requested:completion_requested,completion_requested:received,completion_requested:under_review,completion_requested:withdrawn,decision_proposed:closed,decision_proposed:decision_proposed,decision_proposed:granted,decision_proposed:received,decision_proposed:refused,decision_proposed:under_review,decision_proposed:withdrawn,filed:received,filed:withdrawn,granted:biometrics_due,granted:granted,granted:in_production,granted:under_review,handed_over:archived,handed_over:under_review,in_production:card_ready,in_production:in_production,in_production:under_review,opinion_requested:opinion_requested,opinion_requested:received,opinion_requested:under_review,opinion_requested:withdrawn,received:completion_requested,received:decision_proposed,received:received,received:under_review,received:withdrawn,refused:archived,refused:under_review,under_review:completion_requested,under_review:decision_proposed,under_review:opinion_requested,under_review:received,under_review:under_review,under_review:withdrawn,withdrawn:archived}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."state" IS DISTINCT FROM NEW."state") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "state" from "%" to "%" on table %\', OLD."state", NEW."state", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='de0107b66432c47f7a7013b3ec2c4440458cb42e', operation='UPDATE', pgid='pgtrigger_case_follows_the_machine_59865', table='workflows_case', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='cardorder',
            constraint=models.CheckConstraint(condition=models.Q(('place_code', ''), models.Q(('state__in', ['to_send', 'sent']), _negated=True), _connector='OR'), name='a_card_is_nowhere_before_it_is_made'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('move', 'open'), ('number', 1), ('source', ''), ('target', 'filed')), models.Q(('move', 'acknowledge'), ('source__in', ['received']), ('target', 'under_review')), models.Q(('move', 'archive'), ('source__in', ['closed', 'handed_over', 'refused', 'withdrawn']), ('target', 'archived')), models.Q(('move', 'ask_completion'), ('source__in', ['received', 'under_review']), ('target', 'completion_requested')), models.Q(('move', 'ask_opinion'), ('source__in', ['under_review']), ('target', 'opinion_requested')), models.Q(('move', 'ask_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'ask_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'ask_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'close'), ('source__in', ['decision_proposed']), ('target', 'closed')), models.Q(('move', 'confirm_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'grant'), ('source__in', ['decision_proposed']), ('target', 'granted')), models.Q(('move', 'hand_over'), ('source__in', ['card_ready']), ('target', 'handed_over')), models.Q(('move', 'mark_card_ready'), ('source__in', ['in_production']), ('target', 'card_ready')), models.Q(('move', 'propose'), ('source__in', ['received', 'under_review']), ('target', 'decision_proposed')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'received')), models.Q(('move', 'receive_completion'), ('source__in', ['completion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_opinion'), ('source__in', ['opinion_requested']), ('target', 'under_review')), models.Q(('move', 'receive_supply'), ('source__in', ['decision_proposed']), ('target', 'decision_proposed')), models.Q(('move', 'receive_supply'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'receive_supply'), ('source__in', ['opinion_requested']), ('target', 'opinion_requested')), models.Q(('move', 'receive_supply'), ('source__in', ['received']), ('target', 'received')), models.Q(('move', 'receive_supply'), ('source__in', ['under_review']), ('target', 'under_review')), models.Q(('move', 'refuse'), ('source__in', ['decision_proposed']), ('target', 'refused')), models.Q(('move', 'reopen'), ('source__in', ['closed', 'refused']), ('target', 'under_review')), models.Q(('move', 'require_biometrics'), ('source__in', ['granted']), ('target', 'biometrics_due')), models.Q(('move', 'reroute'), ('source__in', ['completion_requested']), ('target', 'completion_requested')), models.Q(('move', 'reroute'), ('source__in', ['decision_proposed', 'opinion_requested', 'received', 'under_review']), ('target', 'received')), models.Q(('move', 'retract'), ('source__in', ['biometrics_due', 'card_ready', 'granted', 'handed_over', 'in_production']), ('target', 'under_review')), models.Q(('move', 'route'), ('source__in', ['filed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'received')), models.Q(('move', 'send_back'), ('source__in', ['decision_proposed']), ('target', 'under_review')), models.Q(('move', 'start_production'), ('source__in', ['granted']), ('target', 'in_production')), models.Q(('move', 'take_biometrics'), ('source__in', ['biometrics_due']), ('target', 'in_production')), models.Q(('move', 'transfer'), ('source__in', ['granted']), ('target', 'granted')), models.Q(('move', 'transfer'), ('source__in', ['in_production']), ('target', 'in_production')), models.Q(('move', 'transfer_visit'), ('source__in', ['biometrics_due']), ('target', 'biometrics_due')), models.Q(('move', 'transfer_visit'), ('source__in', ['card_ready']), ('target', 'card_ready')), models.Q(('move', 'withdraw'), ('source__in', ['completion_requested', 'decision_proposed', 'filed', 'opinion_requested', 'received', 'under_review']), ('target', 'withdrawn')), _connector='OR'), name='a_step_is_a_move_of_the_machine'),
        ),
        migrations.AddConstraint(
            model_name='step',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('clears', True), ('move__in', ['mark_card_ready', 'require_biometrics', 'transfer_visit'])), models.Q(('clears', False), models.Q(('move__in', ['mark_card_ready', 'require_biometrics', 'transfer_visit']), _negated=True)), _connector='OR'), name='a_step_clears_as_its_move_says'),
        ),
        migrations.AddField(
            model_name='carddispatch',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='carddispatch',
            name='dossier',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dossiers.dossier'),
        ),
        migrations.AddField(
            model_name='carddispatch',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispatches', to='workflows.cardorder'),
        ),
        migrations.AddField(
            model_name='carddispatch',
            name='received_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='carddispatch',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='carddispatch',
            index=models.Index(condition=models.Q(('dropped_at', None), ('received_at', None)), fields=['from_code', 'asked_at'], name='cards_to_send'),
        ),
        migrations.AddIndex(
            model_name='carddispatch',
            index=models.Index(condition=models.Q(('dropped_at', None), ('received_at', None)), fields=['to_code', 'asked_at'], name='cards_awaited'),
        ),
        migrations.AddConstraint(
            model_name='carddispatch',
            constraint=models.CheckConstraint(condition=models.Q(('from_code', models.F('to_code')), _negated=True), name='a_card_is_sent_to_another_office'),
        ),
        migrations.AddConstraint(
            model_name='carddispatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at', None), ('sent_by', None)), models.Q(('sent_at__isnull', False), ('sent_by__isnull', False)), _connector='OR'), name='a_card_is_sent_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='carddispatch',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received_at', None), ('received_by', None)), models.Q(('received_at__isnull', False), ('received_by__isnull', False)), _connector='OR'), name='a_card_is_received_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='carddispatch',
            constraint=models.CheckConstraint(condition=models.Q(('dropped_at', None), models.Q(('received_at', None), ('sent_at', None)), _connector='OR'), name='a_card_that_left_is_not_kept'),
        ),
        migrations.AddConstraint(
            model_name='carddispatch',
            constraint=models.UniqueConstraint(condition=models.Q(('dropped_at', None), ('received_at', None)), fields=('order',), name='a_card_is_on_one_way_at_a_time'),
        ),
        migrations.RunSQL(PLACES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARDS, BACK),
        rls.protect_by("workflows_carddispatch", SENT_ON),
    ]
