"""The copy of a whole dossier: asked for, made piece by piece by a job, taken by its person."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers.enums import ExportState
from dossiers.models import Dossier, Export
from dossiers.queries.exporting import Contents, LeftOut, contents_of, moment
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from portal.core import clock, journal
from portal.core.archives import Entry, safe_part, zipped
from portal.core.door import Act
from portal.core.errors import DomainRefusal
from portal.core.jobs import enqueue
from portal.correspondence import api as correspondence
from portal.vault import api as vault

KEPT = timedelta(days=7)
MOST_A_DAY = 5
# No making lasts so long: its job is among those that an operator sees.
GIVEN_UP_AFTER = timedelta(hours=1)
_STEPS = 50
Opened = Callable[[], AbstractContextManager[Act]]


class ExportRefused(DomainRefusal):
    """No copy is made; those that are there stay."""


class _Lost(Exception):
    """A document did not come out as it was received."""

    def __init__(self, paper):
        super().__init__(paper.stored.pk)
        self.paper = paper


@transaction.atomic
def ask(*, dossier_id: UUID, applicant, language: str, at: datetime) -> Export:
    """Ask for a copy of everything; a job makes it. Asking twice, in two tabs, asks once.

    The copy made before stays until the new one replaces it. Raises ExportRefused over the
    number of a day.
    """
    dossier = lock_own(dossier_id, applicant)
    making = Export.objects.making().filter(dossier=dossier)
    making.filter(asked_at__lt=at - GIVEN_UP_AFTER).update(state=ExportState.FAILED, ended_at=at)
    if found := making.first():
        return found
    today = Export.objects.filter(dossier=dossier, asked_at__gt=at - timedelta(days=1))
    if today.count() >= MOST_A_DAY:
        raise ExportRefused(
            gettext_lazy(
                "Vous avez déjà demandé plusieurs copies depuis hier. La dernière reste "
                "disponible : revenez demain pour une nouvelle."
            )
        )
    export = Export.objects.create(
        dossier=dossier, applicant_id=dossier.applicant_id, language=language
    )
    enqueue("dossiers.make_export", export_id=str(export.pk))
    _record("export.asked", export)
    return export


def take(export: Export) -> None:
    """Leave the line of a copy that its person takes."""
    _record("export.taken", export)


def make(export_id: UUID, opened: Opened) -> None:
    """Make a copy and keep it, sealed as the dossier's own files. Running it twice makes one.

    A document that is lost is named in the copy, with the reason. Raises StorageDown, to be
    tried again.
    """
    with opened() as act:
        export = Export.objects.making().select_related("applicant").filter(pk=export_id).first()
        contents = _read(export) if export else None
    if export is None or contents is None:
        return
    try:
        kept = _keep(export, contents, act.now, opened)
        written = False
        try:
            with opened() as act:
                written = _put_in_place(export_id, kept, act.now)
        finally:
            if not written:
                vault.discard(kept)
    except (vault.KeyDestroyed, DomainRefusal):
        with opened() as act:
            Export.objects.making().filter(pk=export_id).update(
                state=ExportState.FAILED, ended_at=act.now
            )


def _read(export) -> Contents:
    """All of it at one moment: nothing is filed while it is read."""
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=export.dossier_id)
    with translation.override(export.language):
        contents = contents_of(dossier, export.language)
    Export.objects.filter(pk=export.pk).update(bytes_done=0, bytes_in_all=contents.size)
    return contents


def _keep(export, contents, at, opened):
    """The archive in the vault; begun again without each document that turns out to be lost."""
    name = f"dossier-{at.astimezone(clock.PARIS):%Y-%m-%d}.zip"
    while True:
        with translation.override(export.language):
            pieces = zipped(_entries(export, contents, at, opened), at)
            try:
                return vault.keep_pieces(
                    pieces,
                    name,
                    "application/zip",
                    subject_id=export.dossier_id,
                    kind=vault.FileKind.EXPORT,
                )
            except _Lost as lost:
                contents = _without(contents, lost.paper)


def _without(contents, paper):
    reason = _("Ce fichier n’a pas pu être relu. L’exploitation du portail est prévenue.")
    left = LeftOut(f"{paper.label} – {paper.stored.original_name}", reason)
    papers = tuple(one for one in contents.papers if one is not paper)
    return replace(contents, papers=papers, left_out=(*contents.left_out, left))


def _entries(export, contents, at, opened) -> Iterator[Entry]:
    """What the archive holds, the documents as they come out of the vault."""
    advance = _Advance(export.pk, contents.size, opened)
    yield _text(_("LISEZ-MOI.txt"), _introduction(contents, at), at)
    for name, said in contents.texts:
        yield _text(name, said, at)
    for paper in contents.papers:
        yield Entry(paper.name, _verified(paper, advance), paper.stored.created_at)
    summary = contents.summary | {"left_out": contents.left_out}
    printed = correspondence.paper(
        "dossier_copy", summary, language=export.language, issued_on=clock.legal_day(at)
    )
    yield Entry(safe_part(_("résumé")) + ".pdf", [printed], at)


def _text(name, said, at):
    return Entry(name, [said.encode("utf-8", "replace")], at, is_text=True)


def _introduction(contents, at) -> str:
    lines = [
        contents.title,
        _("Copie de tout votre dossier, faite le %(when)s.") % {"when": moment(at)},
        _(
            "Le fichier SHA256SUMS donne l’empreinte de chaque fichier : "
            "elle prouve que rien n’a changé."
        ),
    ]
    if contents.left_out:
        lines += ["", _("Ces documents ne sont pas dans la copie :")]
        lines += [f"- {one.label} : {one.reason}" for one in contents.left_out]
    else:
        lines.append(_("Tous vos documents sont dans la copie."))
    return "\n".join(lines) + "\n"


def _verified(paper, advance) -> Iterator[bytes]:
    """A document's bytes, proven to be those that were received. Raises _Lost or StorageDown."""
    digest = hashlib.sha256()
    try:
        for piece in vault.open_range(paper.stored):
            digest.update(piece)
            yield piece
            advance(len(piece))
    except vault.LOST as error:
        raise _Lost(paper) from error
    if digest.hexdigest() != paper.stored.sha256:
        raise _Lost(paper)


class _Advance:
    """Says on the row how far the making is, a few times in all, each in a short transaction."""

    def __init__(self, export_id, size, opened):
        self._export_id, self._size, self._opened = export_id, size, opened
        self._done = self._said = 0

    def __call__(self, passed: int) -> None:
        self._done += passed
        if self._done - self._said < max(self._size // _STEPS, 1):
            return
        self._said = self._done
        with self._opened():
            Export.objects.making().filter(pk=self._export_id).update(
                bytes_done=min(self._done, self._size)
            )


def _put_in_place(export_id, kept, at) -> bool:
    """The row of the copy, in the place of the one before; False when another run was faster."""
    export = Export.objects.select_for_update(of=("self",)).get(pk=export_id)
    if export.state != ExportState.MAKING:
        return False
    former = Export.objects.filter(dossier_id=export.dossier_id, state=ExportState.READY)
    for one in former.select_related("file").order_by("pk"):
        one.state, one.ended_at = ExportState.REPLACED, at
        one.save(update_fields=["state", "ended_at"])
        if one.file is not None:
            vault.remove(one.file)
    export.file = vault.register(
        kept,
        subject_id=export.dossier_id,
        applicant_id=export.applicant_id,
        ends_at=at + KEPT,
    )
    export.state, export.ended_at, export.bytes_done = ExportState.READY, at, export.bytes_in_all
    export.save(update_fields=["file", "state", "ended_at", "bytes_done"])
    telling.mail(
        Dossier.objects.select_related("applicant").get(pk=export.dossier_id), "export_ready"
    )
    _record("export.made", export)
    return True


def _record(act, export):
    journal.record(
        act,
        subject_type="export",
        subject_id=export.pk,
        dossier_id=export.dossier_id,
    )
