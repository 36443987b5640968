"""What persons stated: the list of an office, and the answer to one."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from dossiers import api as dossiers
from portal.core import clock
from portal.core.views import ReadOnlyView
from workflows.forms.statements import SettleStatementForm
from workflows.queries.statements import may_settle, tasks_of
from workflows.services import stating
from workflows.views.base import CaseActView, note_reading


class Statements(ReadOnlyView, TemplateView):
    """What waits for an answer in this office, the oldest first."""

    template_name = "workflows/statements.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"tasks": tasks_of(self.request.user)}


class SettleStatement(CaseActView):
    """Say what was found; the review has never waited for it."""

    move = "ask_completion"
    act_title = gettext_lazy("Répondre à un signalement")
    form_class = SettleStatementForm
    template_name = "workflows/settle_statement.html"
    done = gettext_lazy("Votre réponse est envoyée.")
    submit_label = gettext_lazy("Envoyer ma réponse")

    def setup(self, request, *args, statement_id, **kwargs):
        super().setup(request, *args, statement_id=statement_id, **kwargs)
        made = dossiers.statements_of(self.case.dossier_id)
        self.statement = next((one for one in made if one.id == statement_id), None)
        if self.statement is None:
            raise Http404

    def allowed(self):
        return may_settle(self.case, self.request.user)

    def get(self, request, *args, **kwargs):
        if self.statement.settled_at is not None:
            messages.info(request, _("Une réponse a déjà été donnée : elle reste."))
            return HttpResponseRedirect(self.back_url())
        return self.render_to_response(self.get_context_data())

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"outcomes": self.statement.outcomes}

    def perform(self, form):
        """One answer; a second one is refused."""
        stating.settle(
            case_id=self.case.pk,
            statement_id=self.statement.id,
            outcome=form.cleaned_data["outcome"],
            note=form.cleaned_data["note"],
            actor=self.request.user,
            at=clock.now(),
        )

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {"statement": self.statement}
