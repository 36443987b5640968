"""Visits that cannot wait: asked by the office, answered by a supervisor, all of them listed."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import View

from appointments import rules
from appointments.forms.urgency import AskUrgencyForm
from appointments.models import Urgency
from appointments.queries import urgencies
from appointments.services import urgency as service
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView


class Urgencies(ActView):
    """What is asked and what was answered; anyone of the office may ask."""

    form_class = AskUrgencyForm
    template_name = "appointments/urgencies.html"
    success_url = reverse_lazy("desk:urgencies")

    def get_context_data(self, **kwargs):
        user, at = self.request.user, clock.now()
        return super().get_context_data(**kwargs) | {
            "to_answer": [
                (one, rules.may_answer_urgency(one, user))
                for one in urgencies.urgencies_to_answer(user)
            ],
            "answered": urgencies.urgencies_answered(user, at),
            "counts": urgencies.count_urgencies(user, at),
        }

    def perform(self, form):
        said = form.cleaned_data
        clearance = urgencies.who_waits(self.request.user, said["number"])
        if clearance is None:
            raise DomainRefusal(
                _("Aucun dossier de votre préfecture n’attend un rendez-vous sous ce numéro.")
            )
        service.ask(
            clearance=clearance,
            ground=said["ground"],
            reason=said["reason"],
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("La demande attend la réponse d’un responsable."))


class AnswerUrgency(View):
    """Agree or decline, by the button that was pressed."""

    http_method_names = ["post"]

    def post(self, request, urgency_id):
        found = get_object_or_404(
            Urgency.objects.visible_to(request.user).select_related("applicant"), pk=urgency_id
        )
        said = request.POST.get("answer")
        if said in {"agree", "decline"}:
            self._answer(found, agrees=said == "agree")
        else:
            messages.error(request, _("Choisissez une réponse."))
        return HttpResponseRedirect(reverse("desk:urgencies"))

    def _answer(self, found, *, agrees):
        try:
            service.answer(found, agrees=agrees, user=self.request.user, at=clock.now())
        except DomainRefusal as refusal:
            messages.error(self.request, " ".join(refusal.reasons))
            return
        messages.success(
            self.request,
            _("Cette personne sera servie la première au prochain passage.")
            if agrees
            else _("La demande est refusée. La personne garde son rang."),
        )
