"""Mandates for tests: given, accepted, and the door of the helper's pages."""

import datetime as dt

from dossiers.models import Mandate
from dossiers.services import mandating
from dossiers.services.filing import file_dossier
from portal.accounts import organisations
from portal.core import clock
from portal.core.door import acting, acting_for
from tests.factories.accounts import as_worker

NAME = "Amina Exemple"


def given(person, helper_email, *, level="file", days=30, kind="relative", **facts) -> Mandate:
    """An invitation, not yet accepted."""
    with acting_for(person) as act:
        return mandating.give(
            person=person,
            person_name=NAME,
            kind=kind,
            level=level,
            email=helper_email,
            for_organisation=facts.pop("for_organisation", False),
            ends_on=clock.legal_day(act.now) + dt.timedelta(days=days),
            at=act.now,
            **facts,
        )


def accepted(mandate, helper, *, name="Karim Aide", organisation=None) -> Mandate:
    """The same, accepted by its helper."""
    with acting_for(helper) as act:
        return mandating.accept(
            mandate_id=mandate.pk,
            user=helper,
            name=name,
            organisation_id=organisation.pk if organisation else None,
            at=act.now,
        )


def held(person, helper, **facts) -> Mandate:
    """A mandate that lives."""
    return accepted(given(person, helper.email, **facts), helper)


def helping(helper, mandate, *, for_an_act=True):
    """The act of a helper under this mandate."""
    return mandating.on_behalf(helper, mandate.pk, for_an_act=for_an_act)


def revoked(mandate, person) -> None:
    """Taken back by its person."""
    with acting_for(person) as act:
        mandating.revoke(mandate_id=mandate.pk, person=person, at=act.now)


def filed_by_mandate(helper, mandate, dossier, person):
    """The draft filed by the helper, now."""
    with helping(helper, mandate) as act:
        return file_dossier(
            dossier_id=dossier.pk, applicant=person, at=act.now, sworn=True, language="fr"
        )


def firm(administrator, *, registration="552100554", verified=True):
    """A law firm, verified by an operator unless said otherwise."""
    with acting_for(administrator) as act:
        made = organisations.make_organisation(
            user=administrator,
            name="Cabinet Exemple",
            kind="law_firm",
            registration=registration,
            own_name="Maître Un",
            at=act.now,
        )
    if verified:
        with as_worker(), acting(None, scope="system") as act:
            organisations.verify(registration, at=act.now)
    return made


def invited(organisation, administrator, member):
    """Somebody who has not answered yet."""
    with acting_for(administrator) as act:
        return organisations.invite_member(
            organisation=organisation, email=member.email, language="fr", at=act.now
        )


def joined(organisation, administrator, member, *, name="Maître Deux"):
    """A second member, invited and there."""
    found = invited(organisation, administrator, member)
    with acting_for(member) as act:
        return organisations.join(membership_id=found.pk, user=member, name=name, at=act.now)
