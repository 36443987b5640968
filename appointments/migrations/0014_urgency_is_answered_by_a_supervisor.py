"""Who may say that a visit cannot wait, and who may agree: another person, far from both."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

# They run as the owner, with the migration policy: posts and contacts must be seen, whoever acts.
OFFICE = """
create function appointments_holds_post(agent bigint, office text, roles text[]) returns boolean
    language plpgsql stable as $$
declare
    today date := (portal_now() at time zone 'Europe/Paris')::date;
begin
    return exists (select from accounts_post
        where user_id = agent and prefecture_id = office and role = any (roles)
          and starts_on <= today and (ends_on is null or ends_on >= today));
end $$;

create or replace function appointments_begin_urgency() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    broken text;
begin
    perform set_config('portal.migrating', 'on', true);
    broken := case
        when new.approved_by_id is not null or new.declined_by_id is not null
             or new.declined_at is not null then 'an_urgency_begins_unanswered'
        when not appointments_holds_post(new.asked_by_id, new.prefecture_code,
                array['supervisor', 'reviewer', 'counter_agent'])
            then 'an_urgency_is_asked_by_the_office'
        when new.asked_by_id = new.applicant_id or exists (
                select from workflows_case where dossier_id = new.dossier_id
                    and accounts_is_close(new.asked_by_id, contact_keys::text[]))
            then 'nobody_is_urgent_for_someone_close'
        when not exists (select from appointments_clearance
                where id = new.clearance_id and revoked_at is null)
             or exists (select from appointments_appointment given
                where given.clearance_id = new.clearance_id
                  and (given.state in ('issued', 'confirmed') or given.state = 'honoured'
                       and not exists (select from appointments_visit
                            where check_in_id = given.id and again_at is not null)))
            then 'an_urgency_is_of_somebody_who_waits'
        end;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this urgency is refused: %', broken
            using errcode = '23514', constraint = broken;
    end if;
    return new;
end $$;

create or replace function appointments_answer_urgency() returns trigger
    language plpgsql security definer
    set search_path = public as $$
declare
    before text := coalesce(current_setting('portal.migrating', true), '');
    said text[] := array['approved_by_id', 'approved_at', 'declined_by_id', 'declined_at'];
    who bigint := coalesce(new.approved_by_id, new.declined_by_id);
    broken text;
begin
    if tg_op = 'DELETE' or old.approved_at is not null or old.declined_at is not null
       or (to_jsonb(new) - said) is distinct from (to_jsonb(old) - said) then
        raise exception 'an urgency is answered once and never changed' using errcode = '23514',
            constraint = 'an_urgency_is_answered_once';
    end if;
    perform set_config('portal.migrating', 'on', true);
    broken := case
        when who is distinct from portal_actor() then 'an_urgency_is_agreed_by_who_acts'
        when not appointments_holds_post(who, new.prefecture_code, array['supervisor'])
            then 'an_urgency_is_answered_by_a_supervisor'
        when who = new.applicant_id or exists (
                select from workflows_case where dossier_id = new.dossier_id
                    and accounts_is_close(who, contact_keys::text[]))
            then 'nobody_is_urgent_for_someone_close'
        end;
    perform set_config('portal.migrating', before, true);
    if broken is not null then
        raise exception 'this answer is refused: %', broken
            using errcode = '23514', constraint = broken;
    end if;
    new.approved_at := case when new.approved_by_id is not null then portal_now() end;
    new.declined_at := case when new.declined_by_id is not null then portal_now() end;
    return new;
end $$;
"""
BACK = """
create or replace function appointments_begin_urgency() returns trigger language plpgsql
    security invoker as $$
begin
    if new.approved_by_id is not null or new.declined_at is not null then
        raise exception 'an urgency begins unanswered' using errcode = '23514',
            constraint = 'an_urgency_begins_unanswered';
    end if;
    return new;
end $$;
create or replace function appointments_answer_urgency() returns trigger language plpgsql
    security invoker as $$
begin
    if tg_op = 'DELETE' or old.approved_at is not null or old.declined_at is not null then
        raise exception 'an urgency is answered once and never changed' using errcode = '23514',
            constraint = 'an_urgency_is_answered_once';
    end if;
    return new;
end $$;
drop function appointments_holds_post(bigint, text, text[]);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("appointments", "0013_preferences_follow_their_case"),
        ("accounts", "0005_one_human_one_agent_account"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.AddField(
            model_name="urgency",
            name="declined_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="urgency",
            constraint=models.CheckConstraint(
                name="an_urgency_is_declined_by_another",
                condition=Q(declined_by=None, declined_at=None)
                | Q(declined_by__isnull=False, declined_at__isnull=False, approved_by=None)
                & ~Q(declined_by=F("asked_by")),
            ),
        ),
        migrations.RunSQL(OFFICE, BACK),
    ]
