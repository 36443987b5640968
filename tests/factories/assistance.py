"""Help at the counter for tests: an agent recognises a person and opens their draft."""

import datetime as dt

from django.conf import settings
from django.db import connection
from django.test import Client

from dossiers.demo import example_answers
from dossiers.models import AssistedSession, Dossier
from dossiers.services.assisting import SCOPE, open_session, recognise
from dossiers.services.filing import file_dossier
from portal.core.door import acting_for
from tests.factories.dossiers import STUDENT

BORN = "1999-05-04"


def assisting(agent):
    """The act of an agent on one of the counter's pages of a draft."""
    return acting_for(agent, scope=SCOPE)


def at_counter(agent):
    """A browser at the counter's door."""
    client = Client()
    client.force_login(agent, backend="portal.accounts.sign_in.DoorBackend")
    client.cookies["counter_session"] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return client


def recognised(agent, person, born=BORN):
    """The answer to one attempt by address."""
    with acting_for(agent):
        return recognise(
            agent=agent,
            email=person.email,
            foreigner_number="",
            birth_date=dt.date.fromisoformat(born),
        )


def vouched(agent, person):
    """The identification of somebody whose account holds nothing yet."""
    with acting_for(agent), connection.cursor() as cursor:
        cursor.execute("select dossiers_vouch(%s)", [person.pk])
        return cursor.fetchone()[0]


def opened(agent, person, *, identification=None, code=STUDENT) -> AssistedSession:
    """Help opened on the person's draft of this procedure, theirs or a new one."""
    found = identification or recognised(agent, person).identification
    with acting_for(agent) as act:
        return open_session(
            agent=agent,
            identification_id=found,
            procedure_code=code,
            reason="no_device",
            reason_text="",
            consent="paper",
            at=act.now,
        )


def filed_at_counter(agent, session):
    """The draft filed by the agent for its person, now."""
    with assisting(agent) as act:
        return file_dossier(
            dossier_id=session.dossier_id,
            applicant=session.applicant,
            session=session,
            at=act.now,
            sworn=True,
            language="fr",
        )


def answers_of(dossier: Dossier, today) -> dict:
    """Answers in which nothing is missing."""
    return example_answers(dossier.procedure, today)
