"""The lists of the desk: my work, signatures, search, supervision."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from dossiers import api as dossiers
from portal.accounts.enums import Role
from portal.core import clock, door
from portal.core.views import ReadOnlyView
from workflows.enums import ROUTING_DESK, CaseState
from workflows.queries import queue
from workflows.queries.alarms import alarms_of
from workflows.queries.appeals import appeals_of
from workflows.queries.counts import NOT_ARCHIVED, capped_counts, how_many
from workflows.queries.delegations import delegations_of
from workflows.queries.lines import lines_of
from workflows.queries.reasons import reasons_owed
from workflows.rules import may_take
from workflows.services import assigning


class Queue(ReadOnlyView, TemplateView):
    """My work: the cases that a draw gave me; for a supervisor, the office's, and who has each."""

    template_name = "workflows/queue.html"

    def get_context_data(self, **kwargs):
        user, wanted = self.request.user, self.request.GET.get("etat", "")
        state = wanted if wanted in CaseState.values else ""
        page = queue.queue(user, state=state, after=self.request.GET.get("apres", ""))
        is_supervisor = Role.SUPERVISOR.value in user.roles
        return super().get_context_data(**kwargs) | {
            "lines": lines_of(page.cases, clock.today(), with_names=is_supervisor),
            "shows_names": is_supervisor,
            "is_reviewer": may_take(user),
            "after": page.after,
            "is_first_page": not self.request.GET.get("apres"),
            "state": state,
            "states": [
                (value, label)
                for value, label in CaseState.choices
                if value not in (CaseState.FILED, CaseState.ARCHIVED)
            ],
            "is_signatory": Role.SIGNATORY.value in user.roles,
        }


class TakeNext(View):
    """Open the next case; nothing else gives an agent a case, and nothing lets them choose it."""

    http_method_names = ["post"]

    def post(self, request):
        case_id = assigning.take_next(actor=request.user, at=clock.now())
        if case_id is not None:
            return HttpResponseRedirect(reverse("desk:case", args=[case_id]))
        messages.info(
            request,
            _("Aucun dossier n’attend d’être instruit par vous. Les prochains vous seront donnés."),
        )
        return HttpResponseRedirect(reverse("desk:queue"))


class Signatures(ReadOnlyView, TemplateView):
    """What waits for this signatory; their own proposals are for somebody else."""

    template_name = "workflows/signatures.html"

    def get_context_data(self, **kwargs):
        cases = queue.to_sign(self.request.user)
        lines = lines_of(cases, clock.today(), page="desk:sign")
        return super().get_context_data(**kwargs) | {"lines": lines}


class Search(ReadOnlyView, TemplateView):
    """A dossier by its number, among those of the agent's offices."""

    template_name = "workflows/search.html"

    def get(self, request, *args, **kwargs):
        self.number = "".join(request.GET.get("numero", "").replace("\x00", "").split())[:40]
        found = queue.by_number(request.user, self.number) if self.number else None
        if found:
            return HttpResponseRedirect(reverse("desk:case", args=[found.pk]))
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"number": self.number}


class Supervision(ReadOnlyView, TemplateView):
    """Cases by state; for supervisors, those without an office and those they may reopen."""

    template_name = "workflows/supervision.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        is_supervisor = Role.SUPERVISOR.value in user.roles
        unrouted = []
        if is_supervisor:
            with door.also(ROUTING_DESK):
                unrouted = queue.unrouted()
        office = user.prefectures[0] if user.prefectures else ""
        counts = capped_counts(user.prefectures[0], NOT_ARCHIVED) if user.prefectures else {}
        unassigned = queue.count_unassigned(user) if is_supervisor else 0
        return super().get_context_data(**kwargs) | {
            "is_supervisor": is_supervisor,
            "reasons_owed": reasons_owed(user, clock.today()),
            "open_appeals": appeals_of(user, clock.today()),
            "alarms": alarms_of(user, clock.today()) if is_supervisor else [],
            "unassigned": unassigned,
            "unassigned_words": how_many(unassigned),
            "unrouted": lines_of(unrouted, clock.today(), page="desk:route"),
            "ended": lines_of(queue.ended_lately(user), clock.today()) if is_supervisor else [],
            "repeated": dossiers.repeated_requests(office) if office else 0,
            "contested": dossiers.contested_corrections(office) if office else 0,
            "counts": [
                (value, label, how_many(counts[value]))
                for value, label in CaseState.choices
                if counts.get(value)
            ],
        }


class Delegations(ReadOnlyView, TemplateView):
    """Who may sign what in this office, and under which order; nothing can be changed here."""

    template_name = "workflows/delegations.html"

    def get_context_data(self, **kwargs):
        delegations = delegations_of(self.request.user, clock.today())
        return super().get_context_data(**kwargs) | {"delegations": delegations}
