"""Filing: the draft becomes a numbered, sealed request, once, however often one presses."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from dossiers import events, rules
from dossiers.catalogue.conditions import prune
from dossiers.enums import AssistanceEnd, FilingChannel
from dossiers.models import AssistedSession, Dossier, Submission
from dossiers.queries.letters import receipt_context
from dossiers.queries.problems import Problem, held_by_rule, review
from dossiers.queries.proposals import contested_in
from dossiers.services import evidence as boxes
from dossiers.services import telling
from dossiers.services.assisting import refuse_unless_far
from dossiers.services.codes import take_codes
from dossiers.services.drafting import lock_own
from dossiers.services.helping import close_files, end_running, office_of
from dossiers.services.identifying import identify
from dossiers.services.keeping_apart import apart_at_filing
from dossiers.services.mandating import refuse_an_agent_of
from portal.accounts.enums import Role
from portal.core import clock, door, journal
from portal.core.errors import DomainRefusal
from portal.core.numbers import next_dossier_number
from portal.correspondence import api as correspondence
from portal.territory import api as territory
from portal.vault import api as vault

SWORN_BY_MANDATE = _(
    "Moi, %(helper)s, j’agis au nom de %(person)s, qui m’a donné mandat. Je déclare que cette "
    "personne a lu ses réponses, ou que je les lui ai lues, et qu’elle déclare : « %(statement)s »"
)


class FilingRefused(DomainRefusal):
    """Something is missing: nothing was filed, nothing was lost. `problems` say where to go."""

    def __init__(self, problems):
        super().__init__(*[problem.sentence for problem in problems])
        self.problems = tuple(problems)


@transaction.atomic
def file_dossier(
    *,
    dossier_id: UUID,
    applicant,
    at: datetime,
    sworn: bool,
    language: str,
    session: AssistedSession | None = None,
) -> Submission:
    """File the draft: number, immutable submission, receipt, mail; the review begins with it.

    At the counter, `session` says who types; the person has checked, signed and sworn. The help
    ends with the filing, whoever presses.

    Pressing again, or twenty times at once, gives the first submission back and does nothing
    more. The receipt proves that the request was filed and nothing about the right to stay
    (CESEDA R.431-15-1, first paragraph). Raises FilingRefused when something is missing, or
    DossierClosed when the draft was given up.
    """
    dossier = lock_own(dossier_id, applicant)
    if dossier.filed_at is not None:
        return dossier.submissions.get(number=1)
    rules.refuse_unless_draft(dossier)
    today, assisted = clock.legal_day(at), session is not None
    checked = review(dossier, held_by_rule(dossier), today, language, assisted=assisted)
    if session is not None:
        refuse_unless_far(session.agent, dossier)
    refuse_an_agent_of(checked.competence, at)
    problems = list(checked.problems)
    if not sworn:
        problems.append(Problem(_("Cochez la déclaration sur l’honneur pour déposer.")))
    if apart := apart_at_filing(dossier, applicant):
        problems.append(Problem(apart))
    problems = problems or take_codes(dossier)
    if problems:
        raise FilingRefused(problems)
    dossier.answers = prune(dossier.procedure, dossier.answers)
    boxes.leave_out_what_no_longer_applies(dossier, at)
    contested = contested_in(dossier)
    _stamp(dossier, checked.competence, applicant, at)
    vault.keep_open(dossier.pk)  # a draft left for long may be about to go
    close_files(dossier)
    submission = freeze(
        dossier, number=1, at=at, language=language, session=session, contested=contested
    )
    _acknowledge(dossier, submission, session)
    events.dossier_filed.announce(dossier=dossier, submission=submission, at=at)
    typed = str(dossier.number) if session else ""
    end_running(dossier, why=AssistanceEnd.FILED, at=at, number=typed)
    return submission


def freeze(
    dossier: Dossier,
    *,
    number: int,
    at: datetime,
    language: str,
    session: AssistedSession | None = None,
    contested: Sequence[dict] = (),
) -> Submission:
    """Copy answers and list of files into a submission that nobody can change."""
    submission = Submission.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        number=number,
        answers=prune(dossier.procedure, dossier.answers),
        evidence=boxes.manifest(dossier),
        contested=list(contested),
        sworn_text=sworn_text(dossier, language),
        **_typed(session),
        language=language,
        filed_at=at,
    )
    boxes.mark_submitted(dossier, number)
    return submission


def sworn_text(dossier: Dossier, language: str) -> str:
    """What is sworn: by the person, or by whoever files for them, of what the person told them."""
    statement, act = dossier.procedure.sworn_statement.get(language), door.current()
    if act is None or act.behalf is None:
        return statement
    names = {"helper": act.behalf.helper, "person": act.behalf.person, "statement": statement}
    with translation.override(language):
        return str(SWORN_BY_MANDATE) % names


def _typed(session) -> dict:
    """By which way a version comes, and who typed it when that is not the person."""
    act = door.current()
    if session is not None:
        return {
            "channel": FilingChannel.COUNTER,
            "typed_by_id": session.agent_id,
            "assisted_session": session,
        }
    if act is not None and act.behalf is not None:
        return {
            "channel": FilingChannel.MANDATE,
            "typed_by_id": act.actor_id,
            "mandate_id": act.behalf.mandate_id,
        }
    return {"channel": FilingChannel.ONLINE}


def _stamp(dossier, competence, applicant, at):
    """The number begins with the département of residence and never changes, wherever it goes."""
    prefix = territory.number_prefix(competence.department_code)
    dossier.person = identify(dossier.procedure, dossier.answers, applicant)
    dossier.department_code = competence.department_code
    dossier.number = next_dossier_number(prefix)
    dossier.filed_at = dossier.updated_at = at
    dossier.raw_answers, dossier.set_aside = {}, {}
    dossier.revision += 1
    dossier.save(
        update_fields=[
            "answers",
            "raw_answers",
            "set_aside",
            "revision",
            "person",
            "department_code",
            "number",
            "filed_at",
            "updated_at",
        ]
    )


def _acknowledge(dossier, submission, session):
    letter = correspondence.issue_letter(
        "filing_receipt",
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        context=receipt_context(dossier, submission),
        language="fr",
        at=submission.filed_at,
    )
    telling.add_line(
        dossier,
        "dossier_filed_at_counter" if session else "dossier_filed",
        by_role=Role.COUNTER_AGENT if session else Role.APPLICANT,
        params={"number": dossier.number},
        letter=letter,
        office=office_of(session) if session else "",
    )
    telling.mail(dossier, "dossier_filed")
    journal.record(
        "dossier.filed",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        facts={
            "submission": str(submission.pk),
            "department": dossier.department_code,
            "channel": str(submission.channel),
        },
    )
