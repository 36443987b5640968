"""A case is granted, refused or closed by a signed decision, or the transaction fails."""

from django.db import migrations

# Run as the owner with its migration policy: the rule must see the decision whoever commits.
GUARD = """
create function workflows_decision_is_behind() returns trigger
    language plpgsql security definer set search_path = public as $$
declare
    found boolean;
begin
    perform set_config('portal.migrating', 'on', true);
    found := exists (
        select 1 from workflows_decision
        where step_id = new.id and case_id = new.case_id and outcome = new.move
            and signer_id = new.actor_id);
    perform set_config('portal.migrating', '', true);
    if not found then
        raise exception 'no decision signed by its actor is behind the move %', new.move
            using errcode = '23514', constraint = 'a_decision_is_behind_each_signed_move';
    end if;
    return null;
end $$;
create constraint trigger a_decision_is_behind_each_signed_move
    after insert on workflows_step deferrable initially deferred
    for each row when (new.move in ('grant', 'refuse', 'close'))
    execute function workflows_decision_is_behind();
"""
BACK = """
drop trigger a_decision_is_behind_each_signed_move on workflows_step;
drop function workflows_decision_is_behind();
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0003_what_is_settled_stays")]
    operations = [migrations.RunSQL(GUARD, BACK)]
