"""The reasons of an implicit refusal: the person asks, one agent writes, another one signs."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from portal.accounts.api import User
from portal.accounts.enums import Role
from portal.core import journal
from portal.correspondence import api as correspondence
from workflows import deadlines, rules
from workflows.models import Case, ReasonsRequest
from workflows.models.base import about
from workflows.queries.names import office_name
from workflows.queries.reasons import reasons_letter_context
from workflows.queries.silence import is_reasons_time
from workflows.services.answering import check_second_person, put_back, put_in_words
from workflows.services.delegating import power_to_refuse
from workflows.services.moves import MoveRefused, lock_case


@transaction.atomic
def ask(*, case_id: UUID, actor: User, at: datetime) -> ReasonsRequest:
    """The person asks why silence refused them; the office owes an answer in a month.

    CRPA L.232-4. Asking twice asks once. Raises PermissionDenied for anybody else, MoveRefused
    when no refusal was born, when a decision came since, or when the time to contest is over.
    """
    case = lock_case(case_id)
    if actor.pk != case.applicant_id:
        raise PermissionDenied("ask_reasons")
    silence_on = case.implicit_refusal_flagged_on
    asked = case.reasons_requests.filter(silence_on=silence_on).first() if silence_on else None
    if asked is not None:
        return asked
    if silence_on is None or not is_reasons_time(case, at):
        raise MoveRefused(
            _("Aucun refus né du silence ne peut être expliqué ici : rien n’a été demandé.")
        )
    due = deadlines.reasons_due(deadlines.legal_day(at))
    request = ReasonsRequest.objects.create(
        **about(case), case=case, silence_on=silence_on, due_on=due.on
    )
    correspondence.add_line(
        "case_reasons_asked",
        by_role=Role.APPLICANT.value,
        params={"due_on": due.on},
        **about(case),
    )
    _journal(case, request, "case.reasons_asked")
    return request


@transaction.atomic
def write(
    *, case_id: UUID, grounds_law: str, grounds_fact: str, actor: User, at: datetime
) -> ReasonsRequest:
    """A reviewer writes the reasons in law and in fact (CRPA L.211-5); nothing is sent yet.

    Written again, they replace what was written. Raises PermissionDenied, MoveRefused.
    """
    case, request = _held(case_id)
    if not rules.may_review(case, actor):
        raise PermissionDenied("write_reasons")
    put_in_words(request, grounds_law=grounds_law, grounds_fact=grounds_fact, actor=actor, at=at)
    _journal(case, request, "case.reasons_written")
    return request


@transaction.atomic
def sign(*, case_id: UUID, actor: User, at: datetime, seen: datetime | None) -> ReasonsRequest:
    """A signatory who has not written them signs: the letter leaves, the time to contest restarts.

    `seen` is when the reasons that were read had been written. Raises PermissionDenied,
    MoveRefused when they changed since, or when no delegation lets this person sign a refusal.
    """
    case, request = _held(case_id)
    check_second_person(case, request, actor=actor, seen=seen)
    power = power_to_refuse(case, actor)
    letter = correspondence.issue_letter(
        "reasons",
        dossier_id=case.dossier_id,
        applicant_id=case.applicant_id,
        prefecture_code=case.prefecture_code,
        context=reasons_letter_context(case, request, actor, at, quality=power.quality),
        language="fr",
    )
    request.signer, request.signer_name = actor, str(actor)
    request.signer_quality = power.quality
    request.letter_id, request.answered_at = letter.pk, at
    request.save(
        update_fields=["signer", "signer_name", "signer_quality", "letter_id", "answered_at"]
    )
    correspondence.add_line(
        "case_reasons_given",
        by_role=Role.SIGNATORY.value,
        office=office_name(case.prefecture_code),
        letter=letter,
        **about(case),
    )
    correspondence.tell(case.applicant, "letter", dossier_id=case.dossier_id)
    _journal(case, request, "case.reasons_given")
    return request


@transaction.atomic
def send_back(
    *, case_id: UUID, note: str, actor: User, at: datetime, seen: datetime | None
) -> ReasonsRequest:
    """The second person does not sign: the reviewer reads the note and writes again.

    The month to answer runs on. Raises PermissionDenied, MoveRefused when they changed since.
    """
    case, request = _held(case_id)
    check_second_person(case, request, actor=actor, seen=seen)
    put_back(request, note=note, actor=actor, at=at)
    _journal(case, request, "case.reasons_sent_back")
    return request


def _held(case_id: UUID) -> tuple[Case, ReasonsRequest]:
    """The case and its open request, both held."""
    case = lock_case(case_id)
    silence_on = case.implicit_refusal_flagged_on
    held = case.reasons_requests.select_for_update(of=("self",)).filter(answered_at=None)
    request = held.filter(silence_on=silence_on).first() if silence_on else None
    if request is None or not case.silence_stands:
        raise MoveRefused(_("Aucune demande de motifs n’attend de réponse sur ce dossier."))
    return case, request


def _journal(case, request, act):
    journal.record(
        act,
        subject_type="reasons",
        subject_id=request.pk,
        dossier_id=case.dossier_id,
        prefecture=case.prefecture_code or "",
        facts={"silence_on": request.silence_on.isoformat(), "due_on": request.due_on.isoformat()},
    )
