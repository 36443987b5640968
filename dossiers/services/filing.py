"""Filing: the draft becomes a numbered, sealed request, once, however often one presses."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import events, rules
from dossiers.catalogue.conditions import prune
from dossiers.models import Dossier, Submission
from dossiers.queries.letters import receipt_context
from dossiers.queries.problems import Problem, held_by_rule, review
from dossiers.services import evidence as boxes
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from dossiers.services.identifying import identify
from portal.core import clock, journal
from portal.core.errors import DomainRefusal
from portal.core.numbers import next_dossier_number
from portal.correspondence import api as correspondence
from portal.territory import api as territory


class FilingRefused(DomainRefusal):
    """Something is missing: nothing was filed, nothing was lost. `problems` say where to go."""

    def __init__(self, problems):
        super().__init__(*[problem.sentence for problem in problems])
        self.problems = tuple(problems)


@transaction.atomic
def file_dossier(
    *, dossier_id: UUID, applicant, at: datetime, sworn: bool, language: str
) -> Submission:
    """File the draft: number, immutable submission, receipt, mail; the review begins with it.

    Pressing again, or twenty times at once, gives the first submission back and does nothing
    more. The receipt proves that the request was filed and nothing about the right to stay
    (CESEDA R.431-15-1, first paragraph). Raises FilingRefused when something is missing, or
    DossierClosed when the draft was given up.
    """
    dossier = lock_own(dossier_id, applicant)
    if dossier.filed_at is not None:
        return dossier.submissions.get(number=1)
    rules.refuse_unless_draft(dossier)
    checked = review(dossier, held_by_rule(dossier), clock.legal_day(at), language)
    problems = list(checked.problems)
    if not sworn:
        problems.append(Problem(_("Cochez la déclaration sur l’honneur pour déposer.")))
    if problems:
        raise FilingRefused(problems)
    dossier.answers = prune(dossier.procedure, dossier.answers)
    boxes.leave_out_what_no_longer_applies(dossier, at)
    _stamp(dossier, checked.competence, applicant, at)
    submission = freeze(dossier, number=1, at=at, language=language)
    _acknowledge(dossier, submission, language)
    events.dossier_filed.announce(dossier=dossier, submission=submission, at=at)
    return submission


def freeze(dossier: Dossier, *, number: int, at: datetime, language: str) -> Submission:
    """Copy answers and list of files into a submission that nobody can change."""
    submission = Submission.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        number=number,
        answers=prune(dossier.procedure, dossier.answers),
        evidence=boxes.manifest(dossier),
        sworn_text=dossier.procedure.sworn_statement.get(language),
        language=language,
        filed_at=at,
    )
    boxes.mark_submitted(dossier, number)
    return submission


def _stamp(dossier, competence, applicant, at):
    """The number begins with the département of residence and never changes, wherever it goes."""
    prefix = territory.number_prefix(competence.department_code)
    dossier.person = identify(dossier.procedure, dossier.answers, applicant)
    dossier.department_code = competence.department_code
    dossier.number = next_dossier_number(prefix)
    dossier.filed_at = dossier.updated_at = at
    dossier.raw_answers = {}
    dossier.revision += 1
    dossier.save(
        update_fields=[
            "answers",
            "raw_answers",
            "revision",
            "person",
            "department_code",
            "number",
            "filed_at",
            "updated_at",
        ]
    )


def _acknowledge(dossier, submission, language):
    letter = correspondence.issue_letter(
        "filing_receipt",
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        context=receipt_context(dossier, submission),
        language="fr",
        at=submission.filed_at,
    )
    telling.add_line(dossier, "dossier_filed", params={"number": dossier.number}, letter=letter)
    telling.mail(dossier, "dossier_filed")
    journal.record(
        "dossier.filed",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        facts={"submission": str(submission.pk), "department": dossier.department_code},
    )
