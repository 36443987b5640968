"""Publish the catalogue: each text of a procedure once, never edited."""

from django.core import checks

from dossiers.catalogue.finding import finder
from dossiers.catalogue.loader import catalogue, digest_of, to_json
from dossiers.catalogue.reasons import reasons
from dossiers.catalogue.schema import CatalogueError
from dossiers.catalogue.together import compatibility
from dossiers.models import ProcedureVersion


def publish_catalogue() -> list[ProcedureVersion]:
    """Insert the texts this release adds; drafts already started keep the text they began with.

    Safe to run twice, and by two processes at once. Needs the owner's role: no page may publish.
    """
    wanted = {(code, digest_of(procedure)): procedure for code, procedure in catalogue().items()}
    known = set(ProcedureVersion.objects.values_list("code", "digest"))
    new = [
        ProcedureVersion(code=code, digest=digest, definition=to_json(procedure))
        for (code, digest), procedure in wanted.items()
        if (code, digest) not in known
    ]
    ProcedureVersion.objects.bulk_create(new, ignore_conflicts=True)
    return new


def publish_after_migration(**_):
    """A migrated database always knows the procedures of its release."""
    publish_catalogue()


def check_catalogue(app_configs, **_):
    """Every mistake of the data files, with file, place and key, before anyone meets it."""
    try:
        catalogue()
        reasons()
        finder()
        compatibility()
    except CatalogueError as error:
        return [
            checks.Error(problem, id="dossiers.E001", hint="dossiers/procedures/")
            for problem in error.problems
        ]
    return []
