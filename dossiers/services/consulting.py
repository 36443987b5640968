"""Asking the foreigners' register about the person, when they ask for it; a job does the asking."""

import math
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers import rules
from dossiers.enums import LookupState
from dossiers.models import Dossier, RegisterLookup
from dossiers.models.register import KEPT, PATIENCE
from dossiers.services.drafting import lock_own
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.jobs import enqueue
from portal.register import api as register

FLOOR = timedelta(seconds=4)
"""An answer is read after a whole number of these: its time says nothing of what it is."""
TOO_OFTEN = _(
    "Dix recherches n’ont rien donné en une heure. Attendez une heure pour chercher encore, ou "
    "répondez vous-même aux questions : votre demande n’en dépend pas."
)


@transaction.atomic
def ask(
    *, dossier_id: UUID, applicant, foreigner_number: str, birth_date: date, at: datetime
) -> RegisterLookup:
    """Keep the question for the job that asks it. One that still waits is not asked twice.

    Raises DossierClosed for what is no draft, DomainRefusal after ten questions without a
    result in an hour: the database counts them, for the account.
    """
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_draft(dossier)
    waiting = RegisterLookup.objects.filter(dossier=dossier, state=LookupState.WAITING)
    _close(waiting.filter(asked_at__lte=at - PATIENCE), LookupState.UNREACHABLE, at)
    open_one = waiting.first()
    if open_one is not None:
        return open_one
    with refusing({"ten_lookups_without_a_result_an_hour": TOO_OFTEN}):
        lookup = RegisterLookup.objects.create(
            dossier=dossier,
            applicant_id=dossier.applicant_id,
            foreigner_number=foreigner_number,
            birth_date=birth_date,
        )
    _record("register.asked", lookup)
    enqueue("dossiers.ask_register", lookup_id=str(lookup.pk))
    return lookup


def put_question(lookup_id: UUID, opened) -> None:
    """Ask what a lookup asks, outside any transaction, and keep the answer. Twice does it once.

    Raises RegisterUnavailable, so that the queue tries again, while the person still waits.
    """
    with opened():
        lookup = RegisterLookup.objects.filter(pk=lookup_id, state=LookupState.WAITING).first()
    if lookup is None or lookup.birth_date is None:
        return
    try:
        facts = register.find(lookup.foreigner_number, lookup.birth_date)
    except register.RegisterUnavailable:
        with opened() as act:
            if act.now - lookup.asked_at < PATIENCE:
                raise
            _answer(lookup, LookupState.UNREACHABLE, None, act.now)
        return
    with opened() as act:
        _answer(lookup, LookupState.FOUND if facts else LookupState.NOTHING, facts, act.now)


def forget_answers(at: datetime) -> int:
    """Erase what the register answered long enough ago, and questions that nobody answered."""
    old = RegisterLookup.objects.filter(asked_at__lte=at - KEPT)
    _close(old.filter(state=LookupState.WAITING), LookupState.UNREACHABLE, at)
    return old.filter(facts__isnull=False).update(facts=None, erased_at=at)


def _answer(lookup, state, facts, at):
    """Written once; a draft that was filed or given up meanwhile keeps nothing."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=lookup.dossier_id)
    if not dossier.is_draft:
        return  # the database has closed the question with the draft
    waiting = RegisterLookup.objects.filter(pk=lookup.pk, state=LookupState.WAITING)
    if _close(waiting, state, _shown_from(lookup.asked_at, at), facts):
        _record("register.answered", lookup, {"state": str(state)})


def _close(lookups, state, shown_at, facts=None) -> int:
    return lookups.update(
        state=state, facts=facts, shown_at=shown_at, foreigner_number="", birth_date=None
    )


def _shown_from(asked_at, at):
    return asked_at + FLOOR * max(1, math.ceil((at - asked_at) / FLOOR))


def _record(act, lookup, facts=None):
    journal.record(
        act,
        subject_type="register_lookup",
        subject_id=lookup.pk,
        dossier_id=lookup.dossier_id,
        facts=facts or {},
    )
