"""Stored clocks that differ from the rule, found by the database a batch at a time.

The statement says the same as `deadlines.implicit_refusal` and `services.timing`; a property
test holds them together. It only finds: the pure functions repair, case by case.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from workflows.enums import BEFORE_DECISION

_LAST = UUID(int=2**128 - 1)

# A pause counts from the end of those before it, while silence has not yet run out: `kept`.
_DRIFT = """
with batch as materialized (
    select id, state, clock_rule, clock_months, clock_days, implicit_refusal_on,
        implicit_refusal_flagged_on, due_on, due_rule, opinion_id, completion_request_id,
        reexamine_by, clock_restarted_on,
        coalesce(clock_restarted_on, (filed_at at time zone 'Europe/Paris')::date) as filed_on
    from workflows_case where state = any(%(live)s) and id > %(after)s and id <= %(until)s
    order by id limit %(size)s
), base as (
    select *, case when clock_months > 0
        then (filed_on + make_interval(months => clock_months))::date
        else filed_on + clock_days end as base_on from batch
), pause as (
    select pause.id, pause.case_id, base.filed_on, base.base_on, pause.starts_on,
        greatest(
            pause.starts_on, least(coalesce(pause.extended_to, pause.due_on), pause.supplied_on)
        ) as ends_on
    from workflows_clockpause pause join base on base.id = pause.case_id
        and (clock_restarted_on is null or pause.starts_on >= clock_restarted_on)
), begun as (
    select *, greatest(filed_on, starts_on, max(ends_on) over before) as begins_on from pause
    window before as (partition by case_id order by starts_on, ends_on, id
        rows between unbounded preceding and 1 preceding)
), counted as (
    select *, greatest(ends_on - begins_on, 0) as days, starts_on < base_on + coalesce(
        sum(greatest(ends_on - begins_on, 0)) over before, 0)::integer as in_time from begun
    window before as (partition by case_id order by starts_on, ends_on, id
        rows between unbounded preceding and 1 preceding)
), kept as (
    select case_id, days, bool_and(in_time) over (partition by case_id
        order by starts_on, ends_on, id rows between unbounded preceding and current row) as kept
    from counted
), paused as (
    select case_id, sum(days)::integer as days from kept where kept group by case_id
), silence as (
    select base.*, base_on + coalesce(paused.days, 0) as silence_on,
        coalesce(reexamine_by, base_on + coalesce(paused.days, 0)) as decide_on,
        case when reexamine_by is null then clock_rule else 'judgment' end as decide_rule
    from base left join paused on paused.case_id = base.id
), expected as (
    select silence.*, case silence.state
            when 'filed' then filed_on
            when 'completion_requested' then coalesce(awaited.extended_to, awaited.due_on)
            when 'opinion_requested' then least(opinion.due_on, decide_on)
            when 'received' then decide_on
            when 'under_review' then decide_on
            when 'decision_proposed' then decide_on
            else silence.due_on end as next_on,
        case silence.state
            when 'filed' then 'routing'
            when 'completion_requested' then 'completion'
            when 'opinion_requested' then
                case when opinion.due_on < decide_on then 'opinion' else decide_rule end
            when 'received' then decide_rule
            when 'under_review' then decide_rule
            when 'decision_proposed' then decide_rule
            else silence.due_rule end as next_rule
    from silence
    left join workflows_opinion opinion
        on opinion.case_id = silence.id and opinion.settled_at is null
    left join workflows_clockpause awaited
        on awaited.case_id = silence.id and awaited.closed_at is null
)
select (select count(*) from batch),
    (select id from batch order by id desc limit 1),
    array(select id from expected where implicit_refusal_on <> silence_on
        or implicit_refusal_flagged_on < silence_on
        or due_on is distinct from next_on or due_rule <> next_rule order by id)
"""


@dataclass(frozen=True)
class Recounted:
    """One batch of live cases: how many, where it ended, which ones hold a wrong date."""

    number: int
    last: UUID | None
    drifted: tuple[UUID, ...]


def recount_batch(after: UUID, size: int | None, *, until: UUID = _LAST) -> Recounted:
    """Compute every clock of the next live cases, in the order of their identifiers.

    At most `size` of them, or all of them as far as `until` for None.
    """
    live = [state.value for state in BEFORE_DECISION]
    asked = {"live": live, "after": after, "until": until, "size": size}
    with connection.cursor() as cursor:
        cursor.execute(_DRIFT, asked)
        number, last, drifted = cursor.fetchone()
    return Recounted(number, last, tuple(drifted))
