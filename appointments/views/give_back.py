"""The person asks the counter for another day: the agent writes it, nobody chooses the next."""

from django.contrib import messages
from django.urls import reverse
from django.utils.translation import gettext as _

from appointments import rules
from appointments.forms.change import CannotComeForm
from appointments.services import changing
from appointments.views.visit import OneVisit
from portal.core import clock
from portal.core.views import ActView


class GiveBack(OneVisit, ActView):
    """The person asks the counter for another day, having already changed once by themselves."""

    form_class = CannotComeForm
    template_name = "appointments/give_back.html"

    def allowed(self):
        return rules.may_give_back(self.appointment, self.request.user, at=clock.now())

    def perform(self, form):
        changing.give_back(
            self.appointment,
            reason=form.cleaned_data["reason"],
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("Le rendez-vous est rendu. Un autre sera donné."))

    def get_success_url(self):
        return reverse("counter:day")
