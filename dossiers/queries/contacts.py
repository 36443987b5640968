"""Where the person of a dossier lives and is reached, as they wrote it."""

from dataclasses import dataclass

from dossiers.catalogue.conditions import meant


@dataclass(frozen=True)
class Contact:
    """Where the person of a dossier says that they live and are reached."""

    email: str
    phone: str
    address_line: str
    postcode: str


def contact_in(procedure, answers) -> Contact:
    """What these answers say of it; empty texts for what is not asked."""
    meanings = ("email", "phone", "address_line", "postcode")
    return Contact(*(meant(procedure, answers, one) or "" for one in meanings))
