"""The two requests of a couple for tests: asked, accepted, ended, told by the job."""

from dossiers.models import DossierLink
from dossiers.queries.linking import offer_of_code
from dossiers.services import linking, parting
from portal.core.door import acting, acting_for
from tests.factories.accounts import as_worker

FIRST, SECOND = "Amina Exemple", "Karim Exemple"


def asked(person, dossier) -> str:
    """The code that the first person gives away."""
    with acting_for(person) as act:
        return linking.ask(dossier_id=dossier.pk, person=person, name=FIRST, at=act.now)


def accepted(person, dossier, code) -> DossierLink:
    """The link, accepted by the second person."""
    with acting_for(person):
        return linking.accept(dossier_id=dossier.pk, person=person, code=code, name=SECOND)


def linked(first, first_dossier, second, second_dossier) -> DossierLink:
    """A link that lives."""
    return accepted(second, second_dossier, asked(first, first_dossier))


def mistyped(person, dossier) -> None:
    """A try at a code that is worth nothing."""
    with acting_for(person):
        offer_of_code("0" * 64, dossier.pk)


def ended(person, dossier) -> None:
    """Ended by one of the two."""
    with acting_for(person) as act:
        linking.end(dossier_id=dossier.pk, person=person, at=act.now)


def told(kind, link, by) -> None:
    """The job that tells the other person, run once."""
    with as_worker(), acting(None, scope="system") as act:
        parting.tell(kind=kind, link_id=link.pk, by=by.pk, at=act.now)
