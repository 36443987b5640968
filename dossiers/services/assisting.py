"""Filing with an agent at the counter: recognise the person, open two hours of help, end them.

CESEDA R.431-2, paragraphs 2 and 3: whoever cannot file online in spite of the help offered files
in person. It is the same draft, the same filing and the same clock; only who types differs.
"""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dossiers.enums import AssistanceEnd
from dossiers.models import AssistedIdentification, AssistedSession, Dossier
from dossiers.models.assistance import LONGEST
from dossiers.queries.contacts import contact_in
from dossiers.services import telling
from dossiers.services.drafting import lock_own, start_draft
from dossiers.services.helping import close_files, end_running, office_of, open_files
from portal.accounts import api as accounts
from portal.core import door, journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from portal.correspondence import api as correspondence

SCOPE = "assisting"
"""The scope in which row security reads the agent's session; no other page opens it."""

NOBODY = _(
    "Aucun compte ne correspond à ces réponses. Vérifiez-les avec la personne. Si elle n’a pas de "
    "compte, créez-en un."
)
TOO_OFTEN = _("Trop d’essais sans résultat. Attendez une heure, ou demandez à un collègue.")
TAKEN = _(
    "Cette adresse ne peut pas servir à un nouveau compte. Si la personne a déjà un compte, "
    "identifiez-la par son adresse et sa date de naissance."
)
OPEN_ALREADY = {
    "one_open_assistance_per_dossier": _(
        "Un autre agent remplit déjà cette demande avec la personne. Rien n’a été ouvert."
    ),
    "one_open_assistance_per_agent": _(
        "Vous aidez déjà une personne. Terminez cette aide avant d’en commencer une autre."
    ),
    "an_assistance_follows_an_identification_at_once": _(
        "L’identification date de plus de trente minutes. Identifiez la personne à nouveau."
    ),
    "dossiers_assistedsession_identification_id_key": _(
        "Cette identification a déjà servi. Identifiez la personne à nouveau."
    ),
    "an_assistance_is_given_by_an_agent_of_the_counter": _(
        "Seul un agent de guichet de cette préfecture peut ouvrir un dépôt assisté."
    ),
}
MEANWHILE = _("La personne vient de changer son brouillon. Rien n’a été ouvert : recommencez.")
CLOSE = _(
    "Une adresse, un téléphone ou une adresse e-mail de cette personne est aussi la vôtre : un "
    "autre agent doit l’aider."
)


@dataclass(frozen=True)
class Recognition:
    """The answer to an attempt: whose account it is, or the sentence to read."""

    identification: UUID | None
    sentence: object = ""


def recognise(*, agent, email: str, foreigner_number: str, birth_date: date) -> Recognition:
    """Find the account that these answers name together; unknown or wrong, the answer is the same.

    The database compares, keeps the attempt and stops after ten failures in an hour. Nothing is
    raised: the attempt must stay written.
    """
    email = email.strip().lower()
    made = _ask(
        "select dossiers_recognise(%s, %s, %s)",
        [email, "" if email else foreigner_number, birth_date],
    )
    return _recognition(agent, made, NOBODY)


def enrol(*, agent, email: str, language: str) -> Recognition:
    """Make an account for somebody who has none, or take an empty one up; say so by mail.

    An account that holds a dossier is never given this way: it has a birth date to compare.
    """
    known = accounts.User.objects.filter(email=email.strip().lower()).first()
    try:
        with transaction.atomic():
            user = known or accounts.invite_applicant(email, language=language)
            made = _ask("select dossiers_vouch(%s)", [user.pk])
            if made is None:
                raise DomainRefusal(TOO_OFTEN)  # and no account is left behind
    except DomainRefusal as refusal:
        return Recognition(None, refusal.reasons[0])
    recognition = _recognition(agent, made, TAKEN)
    if recognition.identification and known is None:
        journal.record("account.made_at_counter", subject_type="account", subject_id=user.pk)
        correspondence.tell(user, "account_at_counter")
    return recognition


@transaction.atomic
def open_session(
    *,
    agent,
    identification_id: UUID,
    procedure_code: str,
    reason: str,
    reason_text: str,
    consent: str,
    at: datetime,
) -> AssistedSession:
    """Open the draft of a person just recognised, theirs or a new one, for two hours at most.

    The person is told at once, and may end it from their own page. Raises PermissionDenied
    without a post at a counter, DomainRefusal when somebody else has it open, when the agent is
    close to the person, or when the identification is too old.
    """
    found = AssistedIdentification.objects.select_related("applicant").get(
        pk=identification_id, agent=agent
    )
    person = found.applicant
    if person is None:
        raise DomainRefusal(NOBODY)
    _refuse_someone_close(agent, emails=[person.email])
    existing = _ask("select dossiers_draft_for(%s, %s)", [found.pk, procedure_code])
    with refusing(OPEN_ALREADY):
        session = AssistedSession.objects.create(
            agent=agent,
            applicant=person,
            dossier_id=existing or uuid.uuid4(),
            prefecture_code=office_code_of(agent),
            identification=found,
            reason=reason,
            reason_text=reason_text,
            consent=consent,
            until=at + LONGEST,
        )
    with door.also(scope=SCOPE):
        dossier = _draft_of(session, procedure_code, at)
        open_files(session)
        _say(session, dossier)
    return session


@transaction.atomic
def end_session(*, dossier_id: UUID, applicant, why: AssistanceEnd, at: datetime) -> None:
    """Stop the help; the draft stays the person's. Ending twice ends once."""
    dossier = lock_own(dossier_id, applicant)
    close_files(dossier)
    if dossier.is_draft:
        telling.add_line(dossier, "help_ended", by_role=_author(why))
    end_running(dossier, why=why, at=at)


def refuse_unless_far(agent, dossier: Dossier) -> None:
    """Raise DomainRefusal when what was typed shows that the agent is close to the person."""
    contact = contact_in(dossier.procedure, dossier.answers)
    _refuse_someone_close(
        agent,
        emails=[contact.email],
        phones=[contact.phone],
        addresses=[(contact.address_line, contact.postcode)],
    )


def office_code_of(agent) -> str:
    """The office at whose counter this agent serves today. Raises PermissionDenied without one."""
    posts = [post for post in agent.posts_today if post.role == accounts.Role.COUNTER_AGENT]
    if not posts:
        raise PermissionDenied("assistance")
    return posts[0].prefecture_id


def _ask(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchone()[0]


def _recognition(agent, made, otherwise) -> Recognition:
    """The result of an attempt, with its line in the journal: found or not, and nothing typed."""
    if made is None:
        return Recognition(None, TOO_OFTEN)
    found = AssistedIdentification.objects.get(pk=made, agent=agent)
    journal.record(
        "assistance.identified" if found.applicant_id else "assistance.not_identified",
        subject_type="identification",
        subject_id=made,
        prefecture=office_code_of(agent),
    )
    if found.applicant_id is None:
        return Recognition(None, otherwise)
    return Recognition(made)


def _draft_of(session, procedure_code, at):
    try:
        dossier = Dossier.objects.filter(pk=session.dossier_id).first()
        return dossier or start_draft(
            applicant=session.applicant,
            procedure_code=procedure_code,
            at=at,
            dossier_id=session.dossier_id,
        )
    except Dossier.DoesNotExist as error:
        # the person has begun the same one meanwhile, where this session does not look
        raise DomainRefusal(MEANWHILE) from error


def _say(session, dossier):
    telling.add_line(
        dossier,
        "help_opened",
        by_role=accounts.Role.COUNTER_AGENT,
        office=office_of(session),
    )
    telling.mail(dossier, "help_opened")
    journal.record(
        "assistance.opened",
        subject_type="assistance",
        subject_id=session.pk,
        dossier_id=dossier.pk,
        prefecture=session.prefecture_code,
        facts={"reason": session.reason, "consent": session.consent},
    )


def _refuse_someone_close(agent, **contacts):
    if not agent.contact_keys.isdisjoint(accounts.contact_digests(**contacts)):
        raise DomainRefusal(CLOSE)


def _author(why):
    by_agent = why == AssistanceEnd.AGENT
    return accounts.Role.COUNTER_AGENT if by_agent else accounts.Role.APPLICANT
