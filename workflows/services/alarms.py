"""A day that is near alarms the supervisor of the office: once, until somebody has seen it."""

from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import ngettext_lazy

from portal.accounts.api import Post, User
from portal.accounts.enums import Role
from portal.core import journal
from portal.correspondence import api as correspondence
from workflows import deadlines
from workflows.enums import BEFORE_DECISION, CaseState
from workflows.models import Alarm, AlarmDigest
from workflows.queries.alarms import open_alarms

SUPERVISION_PATH = "/agent/pilotage/"
# The person's turn is no alarm of the office's; a case without office is in a list of its own.
_OFFICE_OWES = [
    state.value
    for state in (
        CaseState.RECEIVED,
        CaseState.UNDER_REVIEW,
        CaseState.OPINION_REQUESTED,
        CaseState.DECISION_PROPOSED,
        CaseState.GRANTED,
    )
]
_OPEN = [state.value for state in BEFORE_DECISION]
_RAISE_NEAR = """
insert into workflows_alarm (id, dossier_id, applicant_id, prefecture_code, case_id, rule, due_on)
select gen_random_uuid(), dossier_id, applicant_id, prefecture_code, id, due_rule, due_on
from workflows_case
where state = any(%(states)s) and due_on <= %(last)s
    and (due_rule <> 'supply' or due_on < %(today)s) -- until that day it is the person's turn
    and (%(case)s::uuid is null or id = %(case)s::uuid)
on conflict on constraint a_case_alarms_once_for_a_day_and_a_rule do nothing
"""


_RAISE_REASONS = """
insert into workflows_alarm (id, dossier_id, applicant_id, prefecture_code, case_id, rule, due_on)
select gen_random_uuid(), asked.dossier_id, asked.applicant_id, asked.prefecture_code,
    asked.case_id, 'reasons', asked.due_on
from workflows_reasonsrequest asked join workflows_case on workflows_case.id = asked.case_id
where asked.answered_at is null and asked.due_on <= %(last)s and state = any(%(open)s)
    and asked.silence_on = implicit_refusal_flagged_on
on conflict on constraint a_case_alarms_once_for_a_day_and_a_rule do nothing
"""

_RAISE_APPEALS = """
insert into workflows_alarm (id, dossier_id, applicant_id, prefecture_code, case_id, rule, due_on)
select gen_random_uuid(), appeal.dossier_id, appeal.applicant_id, appeal.prefecture_code,
    appeal.case_id, 'appeal-silence', appeal.due_on
from workflows_appeal appeal join workflows_case on workflows_case.id = appeal.case_id
left join workflows_decision decision on decision.id = appeal.decision_id
where appeal.settled_at is null and appeal.due_on <= %(last)s
    and appeal.kind = 'gracious'
    and (decision.id is null and workflows_case.state = any(%(open)s)
        or decision.id is not null and decision.revoked_at is null)
on conflict on constraint a_case_alarms_once_for_a_day_and_a_rule do nothing
"""


def raise_near(*, at: datetime, case_id: UUID | None = None) -> int:
    """Alarm for every case that the office owes within three days, or owed already.

    One statement whatever their number; an alarm raised before is not raised again.
    """
    today = deadlines.legal_day(at)
    facts = {"today": today, "last": deadlines.urgent_until(today), "case": case_id}
    with connection.cursor() as cursor:
        cursor.execute(_RAISE_NEAR, {"states": _OFFICE_OWES, **facts})
        return cursor.rowcount


def raise_answers(*, at: datetime) -> int:
    """The same for what an office has still to answer: reasons of a silence, gracious appeals.

    The minister's own silence alarms nobody here.
    """
    last, number = deadlines.urgent_until(deadlines.legal_day(at)), 0
    with connection.cursor() as cursor:
        for statement in (_RAISE_REASONS, _RAISE_APPEALS):
            cursor.execute(statement, {"last": last, "open": _OPEN})
            number += cursor.rowcount
    return number


@transaction.atomic
def see(*, alarm_id: UUID, actor: User, at: datetime) -> Alarm:
    """A supervisor of the office has seen an alarm; the first one to say so is kept.

    Raises PermissionDenied for any other role or office.
    """
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm_id)
    if Role.SUPERVISOR.value not in actor.roles or alarm.prefecture_code not in actor.prefectures:
        raise PermissionDenied("see_alarm")
    if alarm.seen_at is None:
        alarm.seen_at, alarm.seen_by = at, actor
        alarm.save(update_fields=["seen_at", "seen_by"])
        journal.record(
            "alarm.seen",
            subject_type="alarm",
            subject_id=alarm.pk,
            dossier_id=alarm.dossier_id,
            prefecture=alarm.prefecture_code,
            facts={"rule": alarm.rule, "due_on": alarm.due_on.isoformat()},
        )
    return alarm


@transaction.atomic
def write_digest(*, prefecture_code: str, legal_day: date) -> int:
    """One mail to each supervisor of an office: how many alarms wait, and nothing else.

    Written once for an office and a day. Returns the number of mails.
    """
    if AlarmDigest.objects.filter(prefecture_code=prefecture_code, legal_day=legal_day).exists():
        return 0
    number = open_alarms().filter(prefecture_code=prefecture_code).count()
    if number == 0:
        return 0
    told = [
        correspondence.tell_agent(
            user,
            "alarms",
            path=SUPERVISION_PATH,
            sentence=_how_many(number),
        )
        for user in _supervisors(prefecture_code, legal_day)
    ]
    AlarmDigest.objects.create(
        prefecture_code=prefecture_code, legal_day=legal_day, number=number, mails=len(told)
    )
    return len(told)


def _how_many(number: int):
    return ngettext_lazy(
        "%(number)s dossier arrive à échéance.", "%(number)s dossiers arrivent à échéance.", number
    ) % {"number": number}


def _supervisors(prefecture_code: str, day: date) -> list[User]:
    posts = (
        Post.objects.held_on(day)
        .filter(prefecture_id=prefecture_code, role=Role.SUPERVISOR.value, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    return [post.user for post in posts]
