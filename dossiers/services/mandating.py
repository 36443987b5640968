"""Giving, accepting and ending mandates; the door in which a helper acts for their person."""

import contextlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dossiers.enums import MandateEnd, MandateKind, MandateLevel
from dossiers.models import Dossier, Mandate
from dossiers.queries.mandates import agents_of_the_person, held
from portal.accounts import api as accounts
from portal.core import clock, door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence
from portal.territory import api as territory

ANSWERED_WITHIN = timedelta(days=14)
"""Our rule: an invitation that nobody has answered after two weeks is over."""

LAST_MOMENT = time(23, 59, 59)
"""A mandate lasts to the end of its last day, which is the day that pages show."""

SENTENCES = {
    "a_person_invites_ten_times_a_day_at_most": _(
        "Vous avez déjà envoyé dix invitations aujourd’hui. Recommencez demain."
    ),
    "a_mandate_lasts_one_year_at_most": _("Un mandat dure un an au plus."),
    "an_invitation_lapses_before_its_mandate_ends": _(
        "Choisissez un dernier jour qui est après aujourd’hui."
    ),
    "a_mandate_is_on_the_persons_own_dossier": _("Choisissez une de vos demandes."),
    "a_mandate_is_accepted_before_it_lapses": _(
        "Cette invitation n’est plus valable. La personne peut vous en envoyer une autre."
    ),
    "a_mandate_is_accepted_by_the_address_that_was_proven": _(
        "Cette invitation n’est pas pour l’adresse de votre compte."
    ),
    "an_organisation_takes_mandates_once_it_is_verified": _(
        "Votre organisation n’est pas encore vérifiée : elle ne peut pas recevoir de mandat."
    ),
    "a_private_person_holds_ten_mandates_at_most": _(
        "Vous aidez déjà dix personnes, le maximum pour un particulier. Une association ou un "
        "cabinet passe par le compte de son organisation."
    ),
    "nobody_is_their_own_mandatary": _("Vous ne pouvez pas vous donner un mandat à vous-même."),
}
YOURSELF = SENTENCES["nobody_is_their_own_mandatary"]
NO_ORGANISATION = _(
    "La personne donne ce mandat à une organisation. Votre compte n’est membre d’aucune "
    "organisation vérifiée."
)
CLOSE = _(
    "Votre adresse e-mail est celle d’un agent de la préfecture qui a un dossier de cette "
    "personne : vous ne pouvez pas être son mandataire."
)


class MandateIsOver(Exception):
    """The mandate under which a page was asked for has ended; nothing was shown or changed."""


class NoSuchMandate(Exception):
    """This account never held a mandate on this: it does not exist for it."""


@contextlib.contextmanager
def on_behalf(user, mandate_id: UUID, *, for_an_act: bool) -> Iterator[door.Act]:
    """The door of a helper: row security lets through what this mandate covers, while it lives.

    Raises NoSuchMandate or MandateIsOver; for an act also under a mandate to read only.
    """
    with door.acting_for(user):
        lives, behalf = held(mandate_id, for_an_act=for_an_act)
        if behalf is None:
            raise NoSuchMandate
        if not lives:
            raise MandateIsOver
        with door.acting_for(user, scope=f"mandate:{mandate_id}", behalf=behalf) as act:
            yield act


@transaction.atomic
def give(
    *,
    person,
    person_name: str,
    kind: MandateKind,
    level: MandateLevel,
    email: str,
    for_organisation: bool,
    ends_on: date,
    at: datetime,
    procedure_code: str = "",
    dossier_id: UUID | None = None,
) -> Mandate:
    """Invite a helper by their address, for everything unless a procedure or a dossier is named.

    `ends_on` is the last day, whole. The mail and the answer are the same whether or not an
    account has the address. Nothing is open before it is accepted. Raises DomainRefusal.
    """
    email = accounts.User.objects.normalize_email(email)
    until = datetime.combine(ends_on, LAST_MOMENT, clock.PARIS)
    if email == person.email:
        raise DomainRefusal(YOURSELF)
    if dossier_id and not Dossier.objects.of_applicant(person).filter(pk=dossier_id).exists():
        raise DomainRefusal(SENTENCES["a_mandate_is_on_the_persons_own_dossier"])
    with refusing(SENTENCES):
        mandate = Mandate.objects.create(
            applicant_id=person.pk,
            person_name=person_name,
            kind=kind,
            level=level,
            covers_all=not procedure_code and dossier_id is None,
            procedure_code=procedure_code,
            dossier_id=dossier_id,
            email=email,
            for_organisation=for_organisation,
            lapses_at=min(at + ANSWERED_WITHIN, until),
            until=until,
        )
    correspondence.invite(email, "mandate_offered", language=person.language, path="/mandataire/")
    _note("mandate.given", mandate, level=str(level))
    return mandate


@transaction.atomic
def accept(
    *, mandate_id: UUID, user, name: str, organisation_id: UUID | None, at: datetime
) -> Mandate:
    """Take a mandate, for oneself or for one's verified organisation. Twice accepts once.

    The person is told by mail. Raises DomainRefusal, Mandate.DoesNotExist for somebody else's.
    """
    mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate_id)
    if mandate.accepted_by_id == user.pk and mandate.ended_at is None:
        return mandate
    _refuse_an_agents_address(mandate, user)
    mandate.accepted_by, mandate.accepted_at = user, at
    if mandate.for_organisation:
        ours = {one.organisation_id: one.organisation for one in accounts.organisations_of(user)}
        if organisation_id not in ours:
            raise DomainRefusal(NO_ORGANISATION)
        mandate.organisation = ours[organisation_id]
        mandate.helper_name = mandate.organisation.name
    else:
        mandate.helper, mandate.helper_name = user, name
    with refusing(SENTENCES):
        mandate.save(
            update_fields=["accepted_by", "accepted_at", "organisation", "helper", "helper_name"]
        )
    correspondence.tell(mandate.applicant, "mandate_accepted")
    _note("mandate.accepted", mandate)
    return mandate


@transaction.atomic
def revoke(*, mandate_id: UUID, person, at: datetime) -> Mandate:
    """End a mandate at once, or take an invitation back. Twice ends once.

    An act of the helper that has begun is finished first; their next request finds nothing.
    Raises Mandate.DoesNotExist for somebody else's.
    """
    mandate = Mandate.objects.of_person(person).select_for_update(of=("self",)).get(pk=mandate_id)
    return _end(mandate, MandateEnd.PERSON, at)


@transaction.atomic
def give_back(*, mandate_id: UUID, user, at: datetime) -> Mandate:
    """The helper, or whom the invitation is for, ends it; the person is told. Twice ends once."""
    found = Mandate.objects.exclude(applicant=user).select_for_update(of=("self",))
    mandate = found.get(pk=mandate_id)
    if mandate.ended_at is None:
        correspondence.tell(mandate.applicant, "mandate_given_back")
    return _end(mandate, MandateEnd.HELPER, at)


def refuse_an_agent_of(competence: territory.Competence | None, at: datetime) -> None:
    """Raise DomainRefusal when a mandatary's address is that of an agent of the competent office.

    Nothing is asked of the person themselves, nor of an agent at the counter.
    """
    act = door.current()
    if act is None or act.actor_id is None or act.behalf is None or competence is None:
        return
    email = accounts.User.objects.get(pk=act.actor_id).email
    close = accounts.agents_sharing(accounts.contact_digests(emails=[email]))
    posts = accounts.Post.objects.held_on(clock.legal_day(at))
    if posts.filter(user__in=close, prefecture=competence.prefecture_code).exists():
        raise DomainRefusal(CLOSE)


def heard_by_the_office(dossier: Dossier) -> contextlib.AbstractContextManager:
    """The door for what a mandatary's act causes in the review: those rows are the office's.

    A person sees their own case; a mandate lends the dossier, and no row of the review but the
    case and its steps.
    """
    act = door.current()
    if act is None or act.behalf is None:
        return contextlib.nullcontext()
    return door.also(dossier.prefecture_code)


def _end(mandate, by, at):
    if mandate.ended_at is None:
        mandate.ended_at, mandate.ended_by = at, by
        mandate.save(update_fields=["ended_at", "ended_by"])
        _note("mandate.ended", mandate, by=str(by))
    return mandate


def _refuse_an_agents_address(mandate, user):
    """Nobody is their own agent: not under the address of an agent of an office of the person.

    Asked with the offices of the person's dossiers, which the helper may not see yet.
    """
    close = accounts.agents_sharing(accounts.contact_digests(emails=[user.email]))
    if close & agents_of_the_person(mandate.pk):
        raise DomainRefusal(CLOSE)


def _note(act, mandate, **facts):
    journal.record(
        act,
        subject_type="mandate",
        subject_id=mandate.pk,
        facts={"person": mandate.applicant_id, **facts},
    )
