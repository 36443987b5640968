"""The wall screen of a waiting room: opened by an agent on its own machine, then public."""

from django.contrib import messages
from django.contrib.auth import logout
from django.forms import Form
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from appointments.services import screens
from appointments.views.counter import AtASite
from portal.core.views import ActView, ReadOnlyView


class Open(AtASite, ActView):
    """Show the numbers of a site on this machine, which then forgets the agent."""

    form_class = Form
    template_name = "appointments/screen_open.html"
    token = ""

    def perform(self, form):
        if self.site is None:
            raise Http404
        if "close" in self.request.POST:
            screens.close_screens(self.site, user=self.request.user)
            messages.success(self.request, _("Les écrans de ce site sont éteints."))
        else:
            self.token = screens.open_screen(self.site, user=self.request.user)

    def form_valid(self, form):
        response = super().form_valid(form)
        if self.token:
            # nobody watches this machine: it keeps the address of the screen and nothing else
            logout(self.request)
        return response

    def get_success_url(self):
        if self.token:
            return reverse("screen:waiting", args=[self.token])
        return reverse("counter:screen")


class Screen(ReadOnlyView, TemplateView):
    """Numbers called and their counters: no name, no hour, no place that is free."""

    template_name = "appointments/screen.html"

    def get_context_data(self, **kwargs):
        shown = screens.shown_to(kwargs["token"])
        if shown is None:
            raise Http404
        return super().get_context_data(**kwargs) | {"shown": shown}

    def render_to_response(self, context, **options):
        response = super().render_to_response(context, **options)
        response["Cache-Control"] = "no-store"
        response["X-Robots-Tag"] = "noindex"
        return response
