"""What the person states of a filed request opens a task of the office, and stops nothing."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import rules
from dossiers.enums import OUTCOMES, StatementKind
from dossiers.models import Dossier, Statement
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from portal.accounts.enums import Role
from portal.core import journal
from portal.core.errors import DomainRefusal


class StatementRefused(DomainRefusal):
    """What was stated cannot be kept, or is answered already."""


@transaction.atomic
def state(*, dossier_id: UUID, applicant, kind: str, text: str, at: datetime) -> Statement:
    """The person says what went wrong: the request goes on, and the office must answer.

    Saying it again while nobody has answered gives the first statement back. Raises
    DossierClosed for a request that is not filed or is given up.
    """
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_followed(dossier)
    waiting = Statement.objects.unsettled().filter(dossier=dossier, kind=kind).first()
    if waiting is not None:
        return waiting
    if kind == StatementKind.CIVIL_STATUS and not text:
        raise StatementRefused(_("Dites ce qui est faux, et ce qu’il faut écrire."))
    made = Statement.objects.create(
        dossier=dossier,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        kind=kind,
        text=text,
    )
    telling.add_line(dossier, f"dossier_statement_{kind}")
    _record("statement.made", made, {"kind": str(kind)})
    return made


@transaction.atomic
def settle(*, statement_id: UUID, outcome: str, note: str, actor, at: datetime) -> Statement:
    """End the task with what the office found; the person reads it. Raises StatementRefused.

    Of two answers at once, the second is refused and the first stays.
    """
    made = Statement.objects.select_for_update(of=("self",)).get(pk=statement_id)
    if made.settled_at is not None:
        raise StatementRefused(_("Une réponse a déjà été donnée : elle reste."))
    if outcome not in OUTCOMES[StatementKind(made.kind)]:
        raise StatementRefused(_("Choisissez ce que vous avez trouvé."))
    made.settled_at, made.settled_by, made.outcome, made.note = at, actor, outcome, note
    made.save(update_fields=["settled_at", "settled_by", "outcome", "note"])
    dossier = Dossier.objects.select_related("applicant").get(pk=made.dossier_id)
    telling.add_line(dossier, "dossier_statement_settled", by_role=Role.REVIEWER)
    telling.mail(dossier, "news")
    _record("statement.settled", made, {"outcome": str(outcome)})
    return made


def _record(act, made, facts):
    journal.record(
        act,
        subject_type="statement",
        subject_id=made.pk,
        dossier_id=made.dossier_id,
        prefecture=made.prefecture_code or "",
        facts=facts,
    )
