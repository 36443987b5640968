"""The door of the counter's pages: opened on one dossier, for one agent, until the help ends."""

import functools

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dossiers.enums import AssistanceEnd
from dossiers.models import AssistedSession, Dossier, Submission
from dossiers.queries.assistance import open_session_of
from dossiers.queries.pages import at_the_counter, page
from dossiers.services.assisting import SCOPE
from portal.core import clock, door, journal


class HelpIsOver(Exception):
    """The agent's help on this dossier has ended; the page they asked for is no longer theirs."""

    def __init__(self, session):
        super().__init__()
        self.session = session


def counter(view):
    """Serve a page of a draft at the counter.

    Row security reads the agent's session in this scope alone, and links stay at the counter.
    The page is written out inside: its templates ask the database too.
    """

    @functools.wraps(view)
    def inside(request, *args, **kwargs):
        with at_the_counter():
            try:
                if "default" in getattr(view, "_non_atomic_requests", ()):
                    return view(request, *args, **kwargs)
                with door.also(scope=SCOPE):
                    response = view(request, *args, **kwargs)
                    if hasattr(response, "render"):
                        response.render()
                return response
            except HelpIsOver as over:
                return _after_the_help(request, over.session)
            except (Dossier.DoesNotExist, Submission.DoesNotExist):
                # ended by the person while this page was on its way: nothing was saved
                with door.acting_for(request.user):
                    over = _ended(request.user, kwargs["dossier_id"])
                return _after_the_help(request, over)

    return inside


class AtTheCounter:
    """Finds the dossier by the agent's open session, and leaves a line for each page."""

    def find(self, dossier_id):
        """The draft that this agent fills now; Http404 for any other. Raises HelpIsOver."""
        user = self.request.user
        self.session = open_session_of(user, clock.now())
        if self.session is None or self.session.dossier_id != dossier_id:
            raise HelpIsOver(_ended(user, dossier_id))
        dossier = Dossier.objects.select_related("applicant").get(pk=dossier_id)
        self._leave_a_line()
        return dossier

    @property
    def applicant(self):
        """Whose dossier it is: never the agent's."""
        return self.session.applicant

    def _leave_a_line(self):
        acts = "assistance.wrote" if self.request.method == "POST" else "assistance.read"
        parts = {
            name: str(value)
            for name, value in self.request.resolver_match.kwargs.items()
            if name != "dossier_id"
        }
        journal.record(
            acts,
            subject_type="assistance",
            subject_id=self.session.pk,
            dossier_id=self.session.dossier_id,
            prefecture=self.session.prefecture_code,
            facts={"page": self.request.resolver_match.url_name, **parts},
        )


def _ended(user, dossier_id):
    """The last help that this agent gave on this dossier; Http404 without any."""
    mine = AssistedSession.objects.filter(agent=user, dossier=dossier_id)
    session = mine.order_by("-opened_at", "pk").first()
    if session is None:
        raise Http404
    return session


def _after_the_help(request, session):
    if session.ended_why == AssistanceEnd.FILED and session.filed_number:
        return redirect(page("filed", session.dossier_id))
    messages.info(
        request,
        _(
            "L’aide sur ce dossier est terminée : vous n’y avez plus accès. Ce qui était "
            "enregistré est gardé dans le brouillon de la personne."
        ),
    )
    return redirect(page("home"))
