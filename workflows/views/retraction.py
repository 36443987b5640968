"""Two people withdraw a granted title: the proposal of one, the signature of another."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from portal.core import clock
from workflows.forms.retraction import ProposeRetractionForm, SignRetractionForm
from workflows.guards import power_to_sign
from workflows.queries.acts import blocked
from workflows.queries.pages import case_page
from workflows.queries.retractions import why_not
from workflows.rules import may_reopen
from workflows.services import retracting
from workflows.views.base import CaseActView, note_reading
from workflows.views.case import sections


class ProposeRetraction(CaseActView):
    """A supervisor says why the grant seems unlawful; the person is invited to answer."""

    move = "retract"
    service = staticmethod(retracting.propose_retraction)
    form_class = ProposeRetractionForm
    explanation = _(
        "Le titre reste accordé pour l’instant. La personne reçoit ces motifs et peut répondre ; "
        "une autre personne signe ensuite, ou non (CRPA, art. L. 242-1 et L. 122-1)."
    )
    done = _("Le retrait est proposé. La personne est invitée à répondre.")
    submit_label = _("Proposer le retrait")
    danger = True

    def allowed(self):
        return may_reopen(self.case, self.request.user)

    def get(self, request, *args, **kwargs):
        """What is not possible now is explained on the case page."""
        reasons = why_not(self.case, clock.today())
        if reasons:
            for reason in reasons:
                messages.warning(request, reason)
            return HttpResponseRedirect(self.back_url())
        return FormView.get(self, request, *args, **kwargs)

    def facts(self, form):
        return {name: form.cleaned_data[name] for name in ("grounds_law", "grounds_fact", "due_on")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"act_title": _("Proposer le retrait du titre")}


class Retract(CaseActView):
    """Another person reads the grounds and the answer, then signs or leaves the title granted."""

    move = "retract"
    form_class = SignRetractionForm
    template_name = "workflows/retract.html"
    submit_label = _("Envoyer ma réponse")
    explanation = _(
        "Votre signature retire la décision, sa lettre, les rendez-vous et la carte commandée."
    )

    def get(self, request, *args, **kwargs):
        """The grounds and the answer stay readable while the signature is blocked."""
        if case_page(self.case).retraction is None:
            return super().get(request, *args, **kwargs)
        return FormView.get(self, request, *args, **kwargs)

    def perform(self, form):
        """One call: the signature, or the note that leaves the title granted."""
        common = {
            "case_id": self.case.pk,
            "actor": self.request.user,
            "at": clock.now(),
            "seen": form.seen,
        }
        if form.signs:
            retracting.sign_retraction(**common)
            self.done = _("La décision est retirée. La personne est prévenue.")
        else:
            retracting.drop_retraction(note=form.cleaned_data["note"], **common)
            self.done = _("Le titre reste accordé. La personne est prévenue.")

    def get_context_data(self, **kwargs):
        page = case_page(self.case)
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "page": page,
            "sections": sections(page.dossier),
            "reasons": blocked(self.case, "retract", self.request.user),
            "power": power_to_sign(self.case, self.request.user),
        }
