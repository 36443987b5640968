"""A filed dossier becomes a case, and goes to the competent office in the same transaction."""

from datetime import datetime

from django.db import transaction

from dossiers import api as dossiers
from portal.core import door, journal
from workflows import deadlines
from workflows.enums import ROUTING_DESK, SYSTEM
from workflows.models import Case, Step
from workflows.models.base import about
from workflows.queries.routes import find_route
from workflows.services.assigning import write_contact_keys
from workflows.services.rerouting import send_to, wait_for_an_office
from workflows.table import OPEN


@transaction.atomic
def open_case(*, dossier, submission, at: datetime) -> Case:
    """One case for one filed dossier, routed when the rule gives one office (CESEDA R.431-20).

    Where the rule gives none or two, the case waits for a supervisor to route it, with the
    code of the sentence that says why.
    """
    facts = dossiers.dossier_summary(dossier.pk)
    limit = deadlines.limit_of(dossiers.deadlines_of(dossier, submission.answers))
    filed_on = deadlines.legal_day(submission.filed_at)
    refusal = deadlines.implicit_refusal(starts_on=filed_on, limit=limit)
    case = Case.objects.create(
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        dossier_number=dossier.number,
        procedure_code=dossier.procedure_code,
        holder_name=facts.names[:200],
        filed_at=submission.filed_at,
        submission_number=submission.number,
        prints_on_record=dossier.procedure.prints == "on-record",
        clock_rule=limit.code,
        clock_article=limit.article,
        clock_months=limit.months,
        clock_days=limit.days,
        implicit_refusal_on=refusal.on,
        due_on=filed_on,
        due_rule="routing",
        due_article="CRPA L.114-2",
        language=submission.language,
        typists=dossiers.typists_of(dossier.pk),
    )
    write_contact_keys(case)
    _first_step(case)
    found = find_route(case, facts, on=filed_on)
    if found.office:
        send_to(case=case, move="route", actor=None, at=at, route=found)
    else:
        with door.also(ROUTING_DESK):
            wait_for_an_office(case, found)
    return case


def _first_step(case) -> None:
    Step.objects.create(
        **about(case),
        case=case,
        number=1,
        move=OPEN,
        target=case.state,
        role=SYSTEM,
        submission_number=case.submission_number,
    )
    journal.record(
        "case.open",
        subject_type="case",
        subject_id=case.pk,
        dossier_id=case.dossier_id,
        facts={"step": 1, "clock": case.clock_rule},
    )
