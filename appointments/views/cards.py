"""Cards that follow a person who moved: the counter that has one sends it, another receives it."""

from django.contrib import messages
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView
from workflows import api as workflows


class Cards(ReadOnlyView, TemplateView):
    """What is to be sent from here, and what is awaited here."""

    template_name = "appointments/cards.html"

    def get_context_data(self, **kwargs):
        cards = workflows.cards_on_their_way(self.request.user)
        return super().get_context_data(**kwargs) | {
            "to_send": [one for one in cards if one.is_to_send],
            "awaited": [one for one in cards if not one.is_to_send],
        }


class CardAct(View):
    """One thing noted of one card on its way; another office's does not exist.

    A view gives `note`, a function of `workflows.api`, and `done`, what is said afterwards.
    """

    http_method_names = ["post"]

    def post(self, request, dispatch_id):
        try:
            found = type(self).note(dispatch_id, request.user, clock.now())
            if not found:
                raise Http404
            messages.success(request, self.done)
        except DomainRefusal as refusal:
            messages.error(request, " ".join(str(reason) for reason in refusal.reasons))
        return HttpResponseRedirect(reverse("counter:cards"))


class Send(CardAct):
    """The card left."""

    note = staticmethod(workflows.send_card)
    done = gettext_lazy("C’est noté : la carte est partie.")


class Receive(CardAct):
    """The card is here."""

    note = staticmethod(workflows.receive_card)
    done = gettext_lazy("C’est noté : la carte est arrivée. Elle peut être remise.")
