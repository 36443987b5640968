"""Several photographs of one document: added, put in order, turned, then bound into one."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from dossiers import rules
from dossiers.forms.evidence import PhotographsForm
from dossiers.models import Album, AlbumPage
from dossiers.queries.albums import album_view
from dossiers.queries.answers import short_language
from dossiers.queries.pages import page
from dossiers.services import albums
from dossiers.services import evidence as boxes
from dossiers.services.dropping import drop_album
from dossiers.views.own import back_to, own_dossier
from portal.core import clock, door
from portal.core.errors import DomainRefusal
from portal.vault import api as vault


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class AlbumOfBox(View):
    """The photographs of one box. Their bytes travel outside any transaction."""

    http_method_names = ["get", "head", "post"]
    session = None

    def opened(self):
        """The door, opened for who reads this page."""
        return door.acting_for(self.request.user)

    def find(self, dossier_id):
        """The person's dossier; Http404 for any other."""
        return own_dossier(self.request.user, dossier_id)

    @property
    def applicant(self):
        return self.request.user

    def get(self, request, dossier_id, rule_code):
        with self.opened():
            dossier, rule = self._place(dossier_id, rule_code)
            try:
                boxes.refuse_unless_box_open(dossier, rule_code)
            except DomainRefusal as refusal:
                messages.info(request, " ".join(refusal.reasons))
                return redirect(back_to(dossier))
            return self._show(request, dossier, rule, PhotographsForm())

    def post(self, request, dossier_id, rule_code):
        with self.opened():
            dossier, rule = self._place(dossier_id, rule_code)
        form = PhotographsForm(request.POST, request.FILES)
        if not form.is_valid():
            with self.opened():
                return self._show(request, dossier, rule, form)
        refused = [self._add(dossier, rule, photograph) for photograph in form.cleaned_data["file"]]
        sentences = [sentence for sentence in refused if sentence]
        if sentences:
            form.errors["file"] = form.error_class(dict.fromkeys(sentences))
            with self.opened():
                return self._show(request, dossier, rule, form)
        messages.success(request, _("Vos photos sont ajoutées."))
        return redirect(page("album", dossier.pk, rule.code))

    def _add(self, dossier, rule, photograph):
        """The sentence of a refusal, which begins with the photograph's name; else nothing."""
        try:
            self._keep(dossier, rule, photograph)
        except DomainRefusal as refusal:
            return f"{photograph.name} : {' '.join(refusal.reasons)}"
        return ""

    def _keep(self, dossier, rule, photograph):
        kept = vault.keep(photograph, subject_id=dossier.pk)
        written = False
        try:
            with self.opened() as act:
                albums.add_page(
                    dossier_id=dossier.pk,
                    applicant=self.applicant,
                    rule_code=rule.code,
                    kept=kept,
                    at=act.now,
                )
            written = True
        finally:
            if not written:
                vault.discard(kept)

    def _place(self, dossier_id, rule_code):
        dossier = self.find(dossier_id)
        try:
            return dossier, dossier.procedure.evidence_rule(rule_code)
        except KeyError:
            raise Http404 from None

    def _show(self, request, dossier, rule, form):
        language = short_language()
        context = {
            "dossier": dossier,
            "session": self.session,
            "procedure_title": dossier.procedure.title.get(language),
            "label": rule.label.get(language),
            "album": album_view(dossier, rule),
            "form": form,
            "box_url": page("evidence_box", dossier.pk, rule.code),
            "uploads_url": page("uploads", dossier.pk, rule.code),
        }
        return render(request, "dossiers/album.html", context)


class ChangeAlbum(View):
    """One change of the album or of a page of it; a POST without a page of its own."""

    http_method_names = ["post"]
    session = None

    def find(self, dossier_id):
        """The person's dossier; Http404 for any other."""
        return own_dossier(self.request.user, dossier_id)

    @property
    def applicant(self):
        return self.request.user

    def post(self, request, dossier_id, rule_code):
        dossier = self.find(dossier_id)
        album = Album.objects.unfinished().filter(dossier=dossier, rule_code=rule_code).first()
        here, back = page("album", dossier.pk, rule_code), back_to(dossier)
        if album is None:
            return redirect(back)
        try:
            boxes.refuse_unless_box_open(dossier, rule_code)
            wanted = self._change(album, request.POST)
        except rules.DossierClosed as refusal:
            messages.info(request, " ".join(refusal.reasons))
            return redirect(back)
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return redirect(here)
        except (AlbumPage.DoesNotExist, ValueError):
            messages.info(request, _("Cette photo n’est plus dans le document."))
            return redirect(here)
        return redirect(back if wanted == "drop" else here)

    def _change(self, album, posted):
        """Do the one thing asked, and say which.

        Raises DomainRefusal; AlbumPage.DoesNotExist or ValueError for a page that is not there.
        """
        for act, change in CHANGES.items():
            if act in posted:
                change(album, posted[act])
                return act
        raise Http404


CHANGES = {
    "up": lambda album, value: albums.move_page(album_id=album.pk, page_id=UUID(value), by=-1),
    "down": lambda album, value: albums.move_page(album_id=album.pk, page_id=UUID(value), by=1),
    "turn": lambda album, value: albums.turn_page(album_id=album.pk, page_id=UUID(value)),
    "remove": lambda album, value: albums.remove_page(
        album_id=album.pk, page_id=UUID(value), at=clock.now()
    ),
    "finish": lambda album, _value: albums.ask_document(
        album_id=album.pk, language=short_language()
    ),
    "reopen": lambda album, _value: albums.reopen(album_id=album.pk),
    "drop": lambda album, _value: drop_album(album_id=album.pk, at=clock.now()),
}
"""Each button of the album page: its name, and what it asks; its value is the page."""
