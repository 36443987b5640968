"""The person has moved: the visit is no longer of this office, and its counter says only that."""

from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from portal.core.errors import DomainRefusal
from workflows import api as workflows

LEFT = _(
    "Ce rendez-vous n’existe plus ici : la personne a déclaré une adresse dans le ressort d’une "
    "autre préfecture, et son dossier y est transféré. Elle lit dans son espace où elle est "
    "attendue. Rien n’a été enregistré."
)


def hold_case(dossier_id: UUID) -> None:
    """Hold the case before anything of its visit, as a move does: neither waits for the other.

    Raises DomainRefusal when the case has left for another office meanwhile.
    """
    if not workflows.hold_case(dossier_id):
        raise DomainRefusal(LEFT)


def has_left(
    *, appointment_id: UUID | None = None, code: str | None = None, scan_id: UUID | None = None
) -> bool:
    """Whether this was an appointment of the offices of who acts, and its case has left them."""
    with connection.cursor() as cursor:
        cursor.execute("select appointments_has_left(%s, %s, %s)", [appointment_id, code, scan_id])
        return cursor.fetchone()[0]
