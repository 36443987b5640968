"""One act for many cases: choose, fill in once, check, start, then read each result."""

import uuid

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from dossiers import api as dossiers
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView
from workflows.enums import CaseState
from workflows.forms.batch import FORMS
from workflows.models import Batch, RowState
from workflows.queries import batches
from workflows.queries.lines import lines_of
from workflows.services import batching
from workflows.services.batch_kinds import KINDS, kinds_for

REFRESH_SECONDS = "5"
# At the desk "refused" is said of a permit: here it is the act that was not made.
RESULTS = {
    RowState.DONE.value: (_("fait"), "success"),
    RowState.REFUSED.value: (_("non fait"), "warning"),
    RowState.FAILED.value: (_("en panne"), "danger"),
    RowState.WAITING.value: (_("en attente"), "neutral"),
}
_NOT_KEPT = {"csrfmiddlewaretoken", "action", "cle"}


class Batches(ReadOnlyView, TemplateView):
    """The last batches that this agent started, and how far each one is."""

    template_name = "workflows/batches.html"

    def get_context_data(self, **kwargs):
        found = batches.recent(self.request.user)
        lines = [(batch, KINDS[batch.kind].label) for batch in found]
        return super().get_context_data(**kwargs) | {"lines": lines}


class ChooseCases(ReadOnlyView, TemplateView):
    """The agent's cases on which an act may be repeated, each with a box to tick."""

    template_name = "workflows/batch_choose.html"

    def get_context_data(self, **kwargs):
        asked, user = self.request.GET, self.request.user
        kinds = kinds_for(user)
        states = [state for state in CaseState if any(state in kind.states for kind in kinds)]
        titles = {facts.code: facts.title for facts in dossiers.procedures()}
        state = asked.get("etat", "") if asked.get("etat") in states else ""
        procedure = asked.get("demarche", "") if asked.get("demarche") in titles else ""
        cases, more = batches.to_choose(user, states=states, state=state, procedure=procedure)
        return super().get_context_data(**kwargs) | {
            "lines": list(zip(lines_of(cases, clock.today()), cases, strict=True)),
            "more": more,
            "most": batches.CHOICE,
            "kinds": kinds,
            "states": [(value.value, value.label) for value in states],
            "procedures": list(titles.items()),
            "state": state,
            "procedure": procedure,
            "all_ticked": "tous" in asked,
        }


class PrepareBatch(TemplateView):
    """The form of the act, then its check page; nothing is written before the last answer.

    The chosen cases travel in the page with the step that was seen of each: `<case>.<step>`.
    """

    http_method_names = ["get", "head", "options", "post"]
    template_name = "workflows/batch_prepare.html"

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        data = request.POST if request.method == "POST" else request.GET
        self.kind = KINDS.get(data.get("acte", ""))
        self.wanted = wanted_of(data.getlist("dossier"))
        self.picks, self.refusals = (), ()

    def dispatch(self, request, *args, **kwargs):
        """Refuse whoever may not make this act; say why these cases cannot go together."""
        if self.kind and not self.kind.roles & request.user.roles:
            raise PermissionDenied(request.resolver_match.view_name)
        try:
            self.picks = batching.choose(actor=request.user, wanted=self.wanted)
        except DomainRefusal as refusal:
            self.refusals = refusal.reasons
        if self.kind is None or self.refusals:
            return self.render_to_response(self.get_context_data(phase="refused"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, *args, **kwargs):
        form = FORMS[self.kind.code](cases=self.cases)
        return self.render_to_response(self.get_context_data(phase="form", form=form))

    def post(self, request, *args, **kwargs):
        """`edit` shows the form again, `start` starts, anything else checks."""
        form = FORMS[self.kind.code](request.POST, cases=self.cases)
        action = request.POST.get("action", "")
        if action == "edit" or not form.is_valid():
            return self.render_to_response(self.get_context_data(phase="form", form=form))
        key = key_of(request.POST.get("cle", ""))
        if action != "start" or key is None:
            key = key or uuid.uuid4()
            context = self.get_context_data(phase="check", form=form, key=key)
            return self.render_to_response(context)
        try:
            batch = batching.start(
                kind=self.kind.code,
                wanted=self.wanted,
                facts=form.facts(),
                key=key,
                actor=request.user,
            )
        except DomainRefusal as refusal:
            self.refusals = refusal.reasons
            return self.render_to_response(self.get_context_data(phase="refused"))
        return HttpResponseRedirect(reverse("desk:batch", args=[batch.pk]))

    @cached_property
    def cases(self):
        return [pick.case for pick in self.picks]

    def get_context_data(self, *, phase, **kwargs):
        """What each phase shows; the cases and what is known to stand in the way of each."""
        context = {"form": None, "key": "", "kept": []} | kwargs
        if phase == "check":
            context |= {"kept": self._kept(), "summary": context["form"].summary()}
        if phase != "refused":
            lines = lines_of(self.cases, clock.today())
            reasons = [self.kind.why_not(case, self.request.user) for case in self.cases]
            context |= {
                "lines": list(zip(lines, reasons, strict=True)),
                "possible": sum(not found for found in reasons),
                "picks": [f"{case_id}.{seen}" for case_id, seen in self.wanted.items()],
            }
        return super().get_context_data(**context) | {
            "phase": phase,
            "kind": self.kind,
            "refusals": self.refusals,
        }

    def _kept(self):
        """What was typed, carried through the check page as it came."""
        posted = self.request.POST
        return [
            (name, value)
            for name in posted
            if name not in _NOT_KEPT
            for value in posted.getlist(name)
        ]


class BatchPage(ReadOnlyView, TemplateView):
    """How far one batch is, and what became of each case, with its reason."""

    template_name = "workflows/batch.html"

    def setup(self, request, *args, batch_id, **kwargs):
        super().setup(request, *args, batch_id=batch_id, **kwargs)
        found = Batch.objects.visible_to(request.user)
        self.batch = get_object_or_404(found, pk=batch_id)

    def get(self, request, *args, **kwargs):
        """While cases wait the page comes again by itself, unless the agent has stopped it."""
        context = self.get_context_data(**kwargs)
        response = self.render_to_response(context)
        if context["refreshes"]:
            response["Refresh"] = REFRESH_SECONDS
        return response

    def get_context_data(self, **kwargs):
        progress = batches.progress(self.batch)
        stopped = "fixe" in self.request.GET
        lines = lines_of([row.case for row in progress.rows], clock.today())
        return super().get_context_data(**kwargs) | {
            "batch": self.batch,
            "kind": KINDS[self.batch.kind],
            "progress": progress,
            "lines": [
                (line, row, *RESULTS[row.state])
                for line, row in zip(lines, progress.rows, strict=True)
            ],
            "numbers": [
                (words, progress.count(RowState(state)))
                for state, (words, _tone) in RESULTS.items()
            ],
            "stopped": stopped,
            "refreshes": bool(progress.waiting) and not stopped,
        }


def wanted_of(values) -> dict:
    """{case: step seen} from what the page sent; what cannot be read is no case at all."""
    wanted = {}
    for value in values:
        case_id, _dot, seen = value.partition(".")
        key = key_of(case_id)
        if key is not None and seen.isascii() and seen.isdigit() and len(seen) < 6:
            wanted[key] = min(int(seen), 32767)
    return wanted


def key_of(text: str) -> uuid.UUID | None:
    """An identifier as a page carries it, None for anything else."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
