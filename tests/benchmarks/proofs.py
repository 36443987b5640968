"""What must be true of every case, asked of a whole database: each question finds what breaks it.

Keys and CHECK constraints prove most of it already; these are the rules that triggers keep for
rows written one by one, and that a load by COPY must prove again.
"""

from uuid import UUID

from django.db import connection

from portal.core.door import acting
from workflows import deadlines
from workflows.enums import BEFORE_DECISION
from workflows.queries.drift import recount_batch

_OPEN = """
select c.id from workflows_case c left join {table} r on r.{key} = c.{ours} and r.{closed} is null
where (c.state = '{state}') <> (r.{key} is not null)
"""


def _one_open(table, state, closed, key="case_id", ours="id"):
    return _OPEN.format(table=table, state=state, closed=closed, key=key, ours=ours)


PROOFS = {
    "the state of a case is the target of its last step": """
        select c.id from workflows_case c left join workflows_step s
            on (s.case_id, s.number, s.target) = (c.id, c.last_step, c.state)
        where s.id is null""",
    "a case begins at its filing, and its steps are numbered without a gap": """
        select c.id from workflows_case c join workflows_step s on s.case_id = c.id
        group by c.id having count(*) <> c.last_step or min(s.number) <> 1
            or max(s.number) <> c.last_step
            or max(s.move) filter (where s.number = 1) is distinct from 'open'""",
    "each step follows the one before, later or at the same moment": """
        select b.id from workflows_step a join workflows_step b
            on b.case_id = a.case_id and b.number = a.number + 1
        where b.source <> a.target or b.at < a.at""",
    "a decision signed by its actor is behind each signed move": """
        select s.id from workflows_step s left join workflows_decision d
            on d.step_id = s.id and d.case_id = s.case_id and d.outcome = s.move
            and d.signer_id = s.actor_id
        where s.move in ('grant', 'refuse', 'close') and d.id is null""",
    "a signature is covered by a delegation in force for its office and its act": """
        select d.id from workflows_decision d left join workflows_signingdelegation p
            on (p.id, p.signatory_id, p.prefecture_code)
                = (d.delegation_id, d.signer_id, d.office_code)
            and d.outcome = any (p.acts) and p.families = '{}'
            and d.signed_at::date between p.starts_on and coalesce(p.ends_on, 'infinity')
        where p.id is null""",
    "a proposal answers every check of its procedure, as its outcome needs": """
        select p.id from workflows_proposal p
        join dossiers_dossier f on f.id = p.dossier_id
        join dossiers_procedureversion v on v.id = f.version_id
        left join (select proposal_id, count(*) as answered,
                count(*) filter (where answer = 'not_met') as failing
            from workflows_checkresult group by 1) r on r.proposal_id = p.id
        where p.outcome in ('grant', 'refuse') and (
            coalesce(r.answered, 0) <> jsonb_array_length(v.definition -> 'checks')
            or (p.outcome = 'grant') <> (r.failing = 0))""",
    "only its reviewer reviews a case": """
        select s.id from workflows_step s where s.role = 'reviewer' and not exists (
            select from workflows_assignment a where a.case_id = s.case_id
                and a.agent_id = s.actor_id and s.at >= a.since
                and (a.until is null or s.at <= a.until))""",
    "only its reviewer proposes": """
        select p.id from workflows_proposal p left join workflows_step s
            on s.case_id = p.case_id and s.move = 'propose' and s.actor_id = p.proposed_by_id
        where s.id is null""",
    "a case goes to a reviewer of its office": """
        select a.id from workflows_assignment a left join accounts_post p
            on p.user_id = a.agent_id and p.role = 'reviewer'
            and (a.until is not null or p.prefecture_id = a.prefecture_code)
        where p.id is null""",
    "a case is in one reviewer's hands while it is reviewed": """
        select id from workflows_case where (reviewer_id is null) = (state in
            ('received', 'completion_requested', 'under_review', 'opinion_requested',
            'decision_proposed'))""",
    "nobody handles someone close to them": """
        select a.id from workflows_assignment a join workflows_case c on c.id = a.case_id
        where c.contact_keys = '{}' or accounts_is_close(a.agent_id, c.contact_keys::text[])""",
    "one request is open while it is awaited": _one_open(
        "dossiers_completionrequest",
        "completion_requested",
        "closed_at",
        "dossier_id",
        "dossier_id",
    ),
    "the clock stands while a request is open": _one_open(
        "workflows_clockpause", "completion_requested", "closed_at"
    ),
    "one opinion is open while it is awaited": _one_open(
        "workflows_opinion", "opinion_requested", "settled_at"
    ),
    "one proposal is open while it waits for a signature": _one_open(
        "workflows_proposal", "decision_proposed", "settled_at"
    ),
    "the dossier is where its case is": """
        select c.id from workflows_case c join dossiers_dossier d on d.id = c.dossier_id
        where d.prefecture_code is distinct from c.prefecture_code
            or d.applicant_id <> c.applicant_id""",
    "every step is read by the office that has the case": """
        select s.id from workflows_step s join workflows_case c on c.id = s.case_id
        where s.prefecture_code is distinct from c.prefecture_code""",
    "silence is flagged on its own day and not before": f"""
        select id from workflows_case
        where implicit_refusal_flagged_on <> implicit_refusal_on
            or state in ({", ".join(f"'{state}'" for state in BEFORE_DECISION)})
            and (implicit_refusal_on <= portal_now()::date)
                <> (implicit_refusal_flagged_on is not null)""",
}

_CLOCKS = """
select c.clock_rule, c.clock_article, c.clock_months, c.clock_days, c.filed_at,
    c.implicit_refusal_on,
    array(select row_to_json(p) from workflows_clockpause p where p.case_id = c.id) as pauses
from workflows_case c order by c.id limit %s
"""


def broken(login, *, clocks: int = 5_000) -> list[str]:
    """The sentences that this database does not satisfy, and how many rows say so.

    The date of implicit refusal is worked out again for the first `clocks` cases.
    """
    found = []
    for sentence, question in PROOFS.items():
        (rows,) = login.execute(f"select count(*) from ({question}) as q").fetchone()
        if rows:
            found.append(f"{sentence}: {rows} rows")
    wrong = sum(not _right(row) for row in login.execute(_CLOCKS, [clocks]).fetchall())
    if wrong:
        found.append(f"the date of silence is the one that the rule gives: {wrong} cases")
    if drifted := drift():
        found.append(f"the portal's own recount finds no other date: {drifted} cases")
    return found


def drift() -> int:
    """How many live cases the daily recount would repair, in the database that Django speaks to."""
    after, number, found = UUID(int=0), 1, 0
    with acting(None, scope="system"), connection.cursor() as cursor:
        cursor.execute("set local role portal_worker")
        while number:
            batch = recount_batch(after, 5_000)
            after, number = batch.last, batch.number
            found += len(batch.drifted)
    return found


def _right(row):
    code, article, months, days, filed_at, stored, pauses = row
    due = deadlines.implicit_refusal(
        starts_on=deadlines.legal_day(filed_at),
        limit=deadlines.TimeLimit(code, article, months=months, days=days),
        pauses=[
            deadlines.pause_of_request(
                asked_on=_day(pause["starts_on"]),
                due_on=_day(pause["due_on"]),
                supplied_on=_day(pause["supplied_on"]),
            )
            for pause in pauses
        ],
    )
    return due.on == stored


def _day(text):
    return deadlines.date.fromisoformat(text) if text else None
