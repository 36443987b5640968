"""Names of files that are gone are said nowhere, though a filing never changes."""

import pytest
from django.utils import translation

from dossiers import api
from dossiers.queries.differences import compare
from dossiers.queries.exporting import _version
from portal.core.door import acting
from tests.factories.dossiers import filed
from tests.factories.vault import update_as_worker

pytestmark = pytest.mark.django_db


def test_a_file_that_is_gone_is_named_nowhere(applicant):
    dossier = filed(applicant)
    with acting(dossier.applicant_id) as act:
        last = dossier.submissions.get()
        entry = last.evidence[0]
        file = dossier.evidence.get(pk=entry["evidence"]).file
        update_as_worker(file, removed_at=act.now, removed_why="expired", original_name="")

    with acting(dossier.applicant_id), translation.override("fr"):
        words = api.dossier_summary(dossier.pk, "fr").evidence
        (shown,) = [one.shown_name for box in words for one in box.files if one.pk == file.pk]
        assert shown.startswith("Fichier effacé le ")
        assert shown.endswith("(JPEG)")
        asked = [given for one in api.askable(dossier, "fr") for given in one.given]
        assert shown in asked
        slips, papers = api.slips_of(dossier, "fr")
        assert any(label.endswith(shown) for _pk, label in papers)
        here = (last.answers, last.evidence)
        (change,) = compare(
            dossier.procedure, (last.answers, last.evidence[1:]), here, "fr"
        ).documents
        assert (change.added, change.file_id) == (shown, "")
        assert _version(dossier, last, "fr")["documents"][0]["name"] == shown
        last.refresh_from_db()
        assert last.evidence[0]["name"] == entry["name"]
