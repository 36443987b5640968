"""A draft follows the newer text of its procedure when its person says so, and only then."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from dossiers import rules
from dossiers.models import Dossier, ProcedureVersion
from dossiers.models.procedure import published
from dossiers.queries.texts import fit_of, newer_text_of
from dossiers.services import telling
from dossiers.services.drafting import (
    answered_by_the_house,
    lock_own,
    take_out_what_is_hidden,
)
from portal.core import clock, journal


@transaction.atomic
def follow_newer_text(*, dossier_id: UUID, applicant, at: datetime) -> Dossier:
    """Carry the draft to the text in force, with every answer that still fits.

    Files stay where they are: those of a box that is no longer asked are left out at filing.
    Pressing again changes nothing more. Raises DossierClosed for what is no draft: what was
    filed keeps the text that it was filed under.
    """
    dossier = lock_own(dossier_id, applicant)
    rules.refuse_unless_draft(dossier)
    newest = newer_text_of(dossier)
    if newest is None:
        return dossier
    before = dossier.version_id
    fit = fit_of(dossier, newest, clock.legal_day(at))
    ours = answered_by_the_house(published(newest), applicant)
    dossier.version_id = newest
    dossier.answers, dossier.raw_answers = fit.answers | ours, fit.raw
    take_out_what_is_hidden(dossier)
    dossier.revision += 1
    dossier.updated_at = at
    dossier.save(update_fields=["version_id", "answers", "raw_answers", "revision", "updated_at"])
    telling.add_line(dossier, "dossier_text_followed", params={"kept": len(dossier.answers)})
    _record(dossier, before, newest, fit)
    return dossier


def _record(dossier, before, newest, fit):
    """Which texts, and which questions lost their answer: never an answer."""
    digests = dict(
        ProcedureVersion.objects.filter(pk__in=[before, newest]).values_list("pk", "digest")
    )
    journal.record(
        "dossier.text_followed",
        subject_type="dossier",
        subject_id=dossier.pk,
        dossier_id=dossier.pk,
        facts={
            "from": digests[before][:12],
            "to": digests[newest][:12],
            "lost": sorted(field.name for field in (*fit.gone, *fit.again)),
        },
    )
