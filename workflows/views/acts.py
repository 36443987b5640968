"""The acts of a reviewer before the decision."""

from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from workflows.forms.acts import AcknowledgeForm, AskOpinionForm, ReceiveOpinionForm
from workflows.forms.completion import AskCompletionForm
from workflows.services import acknowledging, opinions, requesting
from workflows.views.base import CaseActView


class Acknowledge(CaseActView):
    """Declare the dossier complete: the review begins."""

    move = "acknowledge"
    service = staticmethod(acknowledging.acknowledge)
    form_class = AcknowledgeForm
    explanation = _("La personne saura que son dossier est complet et qu’il est examiné.")
    done = _("Le dossier est déclaré complet. La personne est prévenue.")


class AskCompletion(CaseActView):
    """List everything missing, once."""

    move = "ask_completion"
    service = staticmethod(requesting.ask_completion)
    form_class = AskCompletionForm
    template_name = "workflows/ask_completion.html"
    explanation = _("Demandez tout en une seule fois, avec le motif de chaque élément.")
    done = _("Le complément est demandé. La personne est prévenue.")

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"askable": dossiers.askable_items(self.case.dossier_id)}

    def facts(self, form):
        return {
            "items": form.items(),
            "message": form.cleaned_data["message"],
            "due_on": form.cleaned_data["due_on"],
        }


class AskOpinion(CaseActView):
    """Consult a partner service."""

    move = "ask_opinion"
    service = staticmethod(opinions.ask_opinion)
    form_class = AskOpinionForm
    explanation = _("La personne saura quel service est consulté, sans le texte de la question.")
    done = _("L’avis est demandé.")
    given = ("kind", "question", "due_on", "hearing_on", "hearing_place")

    def facts(self, form):
        return {name: form.cleaned_data[name] for name in self.given}


class ReceiveOpinion(CaseActView):
    """Put the answer on file."""

    move = "receive_opinion"
    service = staticmethod(opinions.receive_opinion)
    form_class = ReceiveOpinionForm
    explanation = _("L’instruction reprend dès que l’avis, ou son absence, est enregistré.")
    done = _("L’avis est enregistré.")

    def facts(self, form):
        return {name: form.cleaned_data[name] for name in ("answer", "text")}
