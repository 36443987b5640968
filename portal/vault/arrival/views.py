"""The tus 1.0 server: one view for the place where uploads begin, one for each upload.

A room serves them by giving the door, the rows that the reader may see, and what a first and a
last piece mean to it. Bytes travel outside any transaction.
"""

import functools
from http import HTTPStatus

from django.db import transaction
from django.http import Http404, JsonResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from portal.core import incidents
from portal.core.errors import DomainRefusal
from portal.vault.arrival import services, staging, tus
from portal.vault.arrival.models import Upload, UploadState
from portal.vault.storage import StorageDown

LOST = (UploadState.CANCELLED, UploadState.EXPIRED, UploadState.FAILED)


def _in_the_protocol(handler):
    """Turn refusals into answers of the protocol, with their sentence when they have one."""

    @functools.wraps(handler)
    def answered(view, request, *args, **kwargs):
        try:
            return handler(view, request, *args, **kwargs)
        except tus.ProtocolRefusal as refusal:
            headers = (
                {"Tus_Version": tus.VERSION}
                if refusal.status == HTTPStatus.PRECONDITION_FAILED
                else {}
            )
            return tus.answer(refusal.status, refusal.sentence, **headers)
        except services.TooManyUploads as refusal:
            return tus.answer(HTTPStatus.TOO_MANY_REQUESTS, " ".join(refusal.reasons))
        except DomainRefusal as refusal:
            return tus.answer(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(refusal.reasons))
        except services.PieceOutOfOrder:
            return tus.answer(HTTPStatus.CONFLICT)
        except StorageDown:
            incidents.note("upload")
            sentence = _(
                "Nous n’avons pas pu garder cette partie du fichier. Rien n’est perdu : l’envoi "
                "reprendra là où il s’est arrêté."
            )
            return tus.answer(HTTPStatus.SERVICE_UNAVAILABLE, sentence, Retry_After=5)

    return answered


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class _Arrivals(View):
    """What both addresses share.

    A room gives `opened()`, the door of the database for who sends, a new transaction each time;
    and `completed(upload, at)`: the last piece is there, in the same transaction, to be made into
    a file.
    """

    def dispatch(self, request, *args, **kwargs):
        """A client behind a proxy that knows no PATCH says so in a header."""
        override = request.headers.get("X-HTTP-Method-Override", "").upper()
        if request.method == "POST" and override in {"PATCH", "DELETE"}:
            request.method = override
        return super().dispatch(request, *args, **kwargs)

    def options(self, request, *args, **kwargs):
        """What the protocol can do here; the same for everybody who may come."""
        return tus.options()

    def receive(self, request, upload):
        """Stage and write down each piece of the body; how far the upload is then."""
        for data in tus.pieces(request, upload.size - upload.received):
            staged = staging.put(data, upload.subject_id)
            upload = self._take(upload, staged)
        return upload

    def _take(self, upload, staged):
        taken = False
        try:
            with self.opened() as act:
                upload = services.take_piece(upload.pk, upload.received, staged)
                if upload.is_whole and services.begin_assembling(upload):
                    self.completed(upload, act.now)
            taken = True
        finally:
            if not taken:
                staging.discard(staged.key)
        return upload


class Uploads(_Arrivals):
    """Where an upload begins.

    A room gives `find_place()`, where the file goes, Http404 unless the reader may send it there;
    `begin(request, described, size)`, a new upload there with the pairs that its client gave,
    which may raise DomainRefusal; and `address(upload)`, where it is continued.
    """

    http_method_names = ["post", "options"]

    @_in_the_protocol
    def post(self, request, *args, **kwargs):
        with self.opened():
            self.find_place()
        tus.refuse_other_versions(request)
        if "Upload-Defer-Length" in request.headers:
            raise tus.ProtocolRefusal(HTTPStatus.BAD_REQUEST)
        size, described = tus.whole_number(request, "Upload-Length"), tus.metadata(request)
        try:
            with self.opened():
                upload = self.begin(request, described, size)
        except DomainRefusal as refusal:
            if size <= services.limit():
                raise
            too_large = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            raise tus.ProtocolRefusal(too_large, " ".join(refusal.reasons)) from refusal
        if tus.carries_bytes(request):
            upload = self.receive(request, upload)
        return tus.answer(HTTPStatus.CREATED, Location=self.address(upload), **tus.where(upload))


class OneUpload(_Arrivals):
    """One upload: how far it is, its next piece, its end.

    A room gives `find()`: the upload of the address when it is the reader's, Http404 for any other.
    """

    http_method_names = ["get", "head", "patch", "delete", "post", "options"]

    def closing(self, upload, at):
        """Why its place takes nothing more, the upload having ended; None while it does."""

    def shown(self, upload):
        """What the page that waits is told beside the state."""
        return {}

    @_in_the_protocol
    def head(self, request, *args, **kwargs):
        upload = self._found()
        tus.refuse_other_versions(request)
        _refuse_lost(upload)
        return tus.answer(HTTPStatus.OK, Upload_Length=upload.size, **tus.where(upload))

    @_in_the_protocol
    def patch(self, request, *args, **kwargs):
        upload = self._found()
        tus.refuse_other_versions(request)
        start = tus.whole_number(request, "Upload-Offset")
        _refuse_lost(upload)
        if start != upload.received:
            raise services.PieceOutOfOrder
        with self.opened() as act:
            refusal = self.closing(upload, act.now)
        if refusal is not None:
            raise tus.ProtocolRefusal(HTTPStatus.GONE, " ".join(refusal.reasons))
        upload = self.receive(request, upload)
        return tus.answer(HTTPStatus.NO_CONTENT, **tus.where(upload))

    @_in_the_protocol
    def delete(self, request, *args, **kwargs):
        with self.opened() as act:
            upload = self.find()
            tus.refuse_other_versions(request)
            gone = upload.state in LOST or services.cancel(upload, act.now)
        return tus.answer(HTTPStatus.NO_CONTENT if gone else HTTPStatus.CONFLICT)

    def get(self, request, *args, **kwargs):
        """Where it is, for the page that waits for the file to be checked."""
        with self.opened():
            upload = self.find()
            said = {
                "state": upload.state,
                "received": upload.received,
                "size": upload.size,
                "sentences": upload.sentences,
                **self.shown(upload),
            }
        response = JsonResponse(said)
        response["Cache-Control"] = "no-store, private"
        return response

    def _found(self):
        with self.opened():
            return self.find()


def _refuse_lost(upload):
    if upload.state in LOST:
        raise tus.ProtocolRefusal(HTTPStatus.GONE, " ".join(upload.sentences))


def own_upload(queryset, upload_id) -> Upload:
    """The upload of this number among those that the reader may see; Http404 without one."""
    upload = queryset.filter(pk=upload_id).first()
    if upload is None:
        raise Http404
    return upload
