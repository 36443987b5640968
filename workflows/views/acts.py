"""The acts of a reviewer before the decision."""

from django.utils.translation import gettext_lazy as _

from workflows.forms.acts import AcknowledgeForm, AskOpinionForm, ReceiveOpinionForm
from workflows.services import acknowledging, opinions
from workflows.views.base import CaseActView


class Acknowledge(CaseActView):
    """Declare the dossier complete: the review begins."""

    move = "acknowledge"
    service = staticmethod(acknowledging.acknowledge)
    form_class = AcknowledgeForm
    explanation = _("La personne saura que son dossier est complet et qu’il est examiné.")
    done = _("Le dossier est déclaré complet. La personne est prévenue.")


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
