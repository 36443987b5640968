"""A slip of form put right in the open, and the answer to who objects."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dossiers import api as dossiers
from portal.core import clock
from workflows.enums import CaseState
from workflows.forms.correction import CorrectForm, SettleForm
from workflows.services import correcting
from workflows.views.base import CaseActView, note_reading


class Correct(CaseActView):
    """Change what is only a slip: the person is told, reads it, and may object."""

    move = "ask_completion"
    service = staticmethod(correcting.correct)
    form_class = CorrectForm
    template_name = "workflows/correct.html"
    explanation = gettext_lazy(
        "Une faute de frappe ne ferme jamais un dossier. Changez ce qui est faux, rien d’autre : "
        "la personne est prévenue, lit l’avant et l’après, et peut dire que ce n’est pas exact."
    )
    done = gettext_lazy("La correction est faite. La personne est prévenue.")
    submit_label = gettext_lazy("Corriger et prévenir la personne")

    def get(self, request, *args, **kwargs):
        if self.case.state not in correcting.CORRECTABLE:
            state = CaseState(self.case.state).label
            messages.warning(
                request, _("Pas à cette étape : le dossier est « %(state)s ».") % {"state": state}
            )
            return HttpResponseRedirect(self.back_url())
        return self.render_to_response(self.get_context_data())

    def get_form_kwargs(self):
        slips, papers = dossiers.slips_of(self.case.dossier, "fr")
        return super().get_form_kwargs() | {"slips": slips, "papers": papers}

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {"act_title": _("Corriger une coquille")}

    def facts(self, form):
        proof = form.cleaned_data["proof"]
        return {
            "answers": form.changes(),
            "reason": form.cleaned_data["reason"],
            "proof_id": UUID(proof) if proof else None,
            "version": form.cleaned_data["version"],
        }


class SettleContests(CaseActView):
    """Answer the person; what they wrote stays on the case."""

    move = "ask_completion"
    form_class = SettleForm
    template_name = "workflows/settle_contests.html"
    done = gettext_lazy("Votre réponse est envoyée.")
    submit_label = gettext_lazy("Envoyer ma réponse")

    def get(self, request, *args, **kwargs):
        if not self._contested():
            messages.info(request, _("Aucune correction n’attend de réponse."))
            return HttpResponseRedirect(self.back_url())
        return self.render_to_response(self.get_context_data())

    def perform(self, form):
        """One answer for everything that waits."""
        correcting.settle_contests(
            case_id=self.case.pk,
            note=form.cleaned_data["note"],
            actor=self.request.user,
            at=clock.now(),
        )

    def _contested(self):
        found = dossiers.corrections_of(self.case.dossier, "fr")
        return [correction for correction in found if correction.is_contested]

    def get_context_data(self, **kwargs):
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "act_title": _("Répondre à une contestation"),
            "corrections": self._contested(),
        }
