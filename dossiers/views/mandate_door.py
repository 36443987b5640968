"""The door of a helper's pages: opened on what one mandate covers, until it ends."""

import contextlib
import functools

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from dossiers.enums import MandateLevel
from dossiers.models import Dossier, Submission
from dossiers.queries.mandates import mandate_for
from dossiers.queries.pages import by_mandate
from dossiers.services.mandating import MandateIsOver, NoSuchMandate, on_behalf
from portal.accounts.api import User
from portal.core import door, journal

READING = {"GET", "HEAD", "OPTIONS"}


def mandated(view):
    """Serve a page of a dossier to the helper whose mandate covers it.

    Row security reads the mandate in its scope alone, and links stay on the helper's side. The
    page is written out inside: its templates ask the database too.
    """

    @functools.wraps(view)
    def inside(request, *args, **kwargs):
        with by_mandate():
            try:
                if "default" in getattr(view, "_non_atomic_requests", ()) or not _named(kwargs):
                    return view(request, *args, **kwargs)
                with acting(request, **_named(kwargs)):
                    response = view(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response.render()
                return response
            except NoSuchMandate:
                raise Http404 from None
            except (MandateIsOver, Dossier.DoesNotExist, Submission.DoesNotExist):
                # ended while this page was on its way: nothing was saved
                return _after_the_mandate(request)

    return inside


@contextlib.contextmanager
def acting(request, *, dossier_id=None, mandate_id=None):
    """The helper's door on this dossier, or on this mandate; each page leaves a line.

    Raises NoSuchMandate or MandateIsOver, and PermissionDenied for an act that needs more than
    to read.
    """
    is_act = request.method not in READING
    with door.acting_for(request.user):
        found = mandate_id or mandate_for(dossier_id)
    if found is None:
        raise NoSuchMandate
    with on_behalf(request.user, found, for_an_act=is_act) as act:
        request.behalf = act.behalf
        if is_act and act.behalf.level == MandateLevel.READ:
            raise PermissionDenied("mandate")
        yield act


class ByMandate:
    """Finds the dossier by the mandate, and names its person instead of the reader."""

    session = None

    def opened(self):
        """The door, opened again for each transaction of a file on its way."""
        return acting(self.request, dossier_id=self.kwargs["dossier_id"])

    def find(self, dossier_id):
        """What the mandate lets through; Http404 for anything else."""
        found = Dossier.objects.filter(applicant_id=self.request.behalf.person_id)
        dossier = get_object_or_404(found.select_related("applicant"), pk=dossier_id)
        self._leave_a_line(dossier)
        return dossier

    @cached_property
    def applicant(self):
        """Whose dossier it is: never the helper's."""
        return User.objects.get(pk=self.request.behalf.person_id)

    def _leave_a_line(self, dossier):
        acts = "mandate.read" if self.request.method in READING else "mandate.wrote"
        parts = {
            name: str(value)
            for name, value in self.request.resolver_match.kwargs.items()
            if name != "dossier_id"
        }
        journal.record(
            acts,
            subject_type="mandate",
            subject_id=self.request.behalf.mandate_id,
            dossier_id=dossier.pk,
            prefecture=dossier.prefecture_code or "",
            facts={"page": self.request.resolver_match.url_name, **parts},
        )


def _named(kwargs):
    """What the address names; nothing for a file, whose view finds the dossier first."""
    return {name: kwargs[name] for name in ("mandate_id", "dossier_id") if name in kwargs}


def _after_the_mandate(request):
    request.behalf = None
    messages.info(
        request,
        _(
            "Ce mandat est terminé : vous n’avez plus accès à cette demande. Ce qui était "
            "enregistré est gardé dans l’espace de la personne."
        ),
    )
    return redirect("helper:home")
