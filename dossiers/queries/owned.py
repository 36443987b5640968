"""The one dossier of an address, when it is this person's: read at every page and every post."""

import functools
from uuid import UUID

from dossiers.models import Dossier
from portal.core import rows


def owned(person, dossier_id: UUID, *, locked: bool = False) -> Dossier | None:
    """The dossier, or None for any other; with `locked`, until the transaction ends.

    The same row as `Dossier.objects.of_applicant(person)` finds, by a statement composed once.
    """
    return rows.read(Dossier, _statement(locked), [dossier_id, person.pk])


@functools.cache
def _statement(locked):
    found = (
        f"select {rows.selected(Dossier, 'd')} from dossiers_dossier d"  # noqa: S608 -- our names
        " where d.id = %s and d.applicant_id = %s"
    )
    return found + " for update of d" if locked else found
