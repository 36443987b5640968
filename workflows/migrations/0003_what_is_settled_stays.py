"""The clocks of the law and what was asked, answered or settled are never rewritten."""

from django.db import migrations

KEEP = """
create function workflows_keep_settled() returns trigger language plpgsql as $$
begin
    -- the office that may read the row follows the dossier; nothing else changes any more
    if (to_jsonb(old) ->> tg_argv[0]) is not null
       and (to_jsonb(new) - 'prefecture_code') is distinct from
           (to_jsonb(old) - 'prefecture_code') then
        raise exception 'what is settled in % is never changed', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;
create trigger keep_settled before update on workflows_opinion
    for each row execute function workflows_keep_settled('settled_at');
create trigger keep_settled before update on workflows_proposal
    for each row execute function workflows_keep_settled('settled_at');
create trigger keep_settled before update on workflows_clockpause
    for each row execute function workflows_keep_settled('closed_at');
create trigger keep_asked before update on workflows_opinion for each row
    execute function portal_refuse_columns('kind', 'question', 'due_on', 'asked_by_id', 'asked_at');
create trigger keep_asked before update on workflows_clockpause for each row
    execute function portal_refuse_columns('completion_request_id', 'starts_on', 'due_on');
create trigger keep_asked before update on workflows_cardorder for each row
    execute function portal_refuse_columns('step_id', 'idempotency_key', 'ordered_at');
create trigger keep_rule_of_silence before update on workflows_case for each row
    execute function portal_refuse_columns(
        'dossier_number', 'procedure_code', 'filed_at',
        'clock_rule', 'clock_article', 'clock_months', 'clock_days');
"""
BACK = """
drop trigger keep_rule_of_silence on workflows_case;
drop trigger keep_asked on workflows_cardorder;
drop trigger keep_asked on workflows_clockpause;
drop trigger keep_asked on workflows_opinion;
drop function workflows_keep_settled() cascade;
"""


class Migration(migrations.Migration):
    dependencies = [("workflows", "0002_whose_case_it_is")]
    operations = [migrations.RunSQL(KEEP, BACK)]
