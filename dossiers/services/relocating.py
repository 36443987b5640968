"""A person who moved says so: the same request, filed once more with another address."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dossiers import events, rules
from dossiers.catalogue.conditions import is_answered, meant, prune
from dossiers.catalogue.schema import Procedure, Step
from dossiers.models import Dossier, Submission
from dossiers.queries.problems import outside_the_law, step_of_meaning
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from portal.core import journal
from portal.core.errors import DomainRefusal
from portal.territory import api as territory


class AddressRefused(DomainRefusal):
    """The new address cannot be taken as it is; the dossier keeps the one that it had."""


def address_step(procedure: Procedure) -> Step:
    """The page of the procedure that asks where the person lives."""
    code = step_of_meaning(procedure, "commune")
    if code is None:
        raise LookupError(f"{procedure.code} does not ask where the person lives")
    return procedure.step(code)


@transaction.atomic
def declare_address(
    *,
    dossier_id: UUID,
    applicant,
    answers: Mapping[str, object],
    seen: int,
    at: datetime,
    language: str,
) -> Submission:
    """File the last answers again with this address; papers and other answers stay as filed.

    `seen` is the number of the filing that the page showed. What a completion request holds
    and has not sent is not sent here. The same address twice is filed once. What follows (another
    office, a visit given again there) is heard above and confirmed by nobody. Raises DossierClosed
    when the request was given up, AddressRefused when another tab has changed the dossier or
    when no office of the law of stay answers for the commune.
    """
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_address_may_change(dossier)
    last = dossier.submissions.order_by("-number")[0]
    filed = _moved(dossier.procedure, last.answers, answers)
    if filed == last.answers:
        return last
    if seen != last.number:
        raise AddressRefused(
            _(
                "Votre dossier a changé depuis que cette page est affichée, par exemple dans un "
                "autre onglet. Rien n’a été enregistré ici : relisez l’adresse, puis recommencez."
            )
        )
    _refuse_outside_the_law(dossier.procedure, filed)
    submission = _file_again(dossier, last, filed, at, language)
    _keep_as_working_answers(dossier, filed, at)
    _tell(dossier, submission)
    events.address_changed.announce(dossier=dossier, submission=submission, at=at)
    return submission


def _moved(procedure, filed, answers) -> dict:
    """The filed answers with those of the address page replaced, and nothing else."""
    names = {field.name for field in address_step(procedure).fields}
    kept = {name: value for name, value in filed.items() if name not in names}
    said = {name: answers[name] for name in names if is_answered(answers.get(name))}
    return prune(procedure, kept | said)


def _refuse_outside_the_law(procedure, filed):
    try:
        competence = territory.competent_prefecture(meant(procedure, filed, "commune"))
    except territory.Commune.DoesNotExist:
        raise AddressRefused(_("Choisissez votre commune dans la liste.")) from None
    if reason := outside_the_law(procedure, competence):
        stays = _(
            "Votre adresse n’a pas été changée : la préfecture qui a votre dossier le garde. "
            "Dites-lui que vous avez quitté son territoire."
        )
        raise AddressRefused(reason, stays)


def _file_again(dossier, last, filed, at, language):
    return Submission.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        number=last.number + 1,
        answers=filed,
        evidence=last.evidence,
        sworn_text=dossier.procedure.sworn_statement.get(language),
        language=language,
        filed_at=at,
    )


def _keep_as_working_answers(dossier: Dossier, filed, at):
    """So that a later completion starts from the new address."""
    for field in address_step(dossier.procedure).fields:
        dossier.raw_answers.pop(field.name, None)
        dossier.answers.pop(field.name, None)
        if field.name in filed:
            dossier.answers[field.name] = filed[field.name]
    dossier.revision += 1
    dossier.updated_at = at
    dossier.save(update_fields=["answers", "raw_answers", "revision", "updated_at"])


def _tell(dossier, submission):
    telling.add_line(dossier, "dossier_address_changed")
    telling.mail(dossier, "address_changed")
    journal.record(
        "dossier.address_changed",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        prefecture=dossier.prefecture_code or "",
        facts={"submission": str(submission.pk)},
    )
