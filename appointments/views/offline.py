"""The counter without the server: the page that a device keeps, its sheet, what it sends."""

import json
from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from appointments.forms.offline import EntryForm
from appointments.services import offline
from appointments.views.counter import AtASite, with_camera
from portal.core import clock
from portal.core.views import ReadOnlyView

# What the page needs to open without the server; nothing personal is among it.
SHELL = (
    "ui/portal.css",
    "ui/portal.js",
    "ui/mark.svg",
    "ui/offline.js",
    "ui/camera.js",
)
# Asked for by their plain names from a script.
PLAIN = ("ui/shift.js", "ui/qr/decode.js", "ui/qr/index.js")
_RELAY = Path(settings.ROOT) / "portal" / "static" / "ui" / "relay.js"


class Page(AtASite, ReadOnlyView, TemplateView):
    """The page that the device keeps: it names nobody, not even the agent."""

    template_name = "appointments/offline.html"

    def render_to_response(self, context, **options):
        return with_camera(super().render_to_response(context, **options))


class Paper(AtASite, ReadOnlyView, TemplateView):
    """The same list on paper."""

    template_name = "appointments/paper.html"

    def get_context_data(self, **kwargs):
        today, lines = clock.today(), []
        if self.site is not None:
            lines = offline.paper_of(self.site, user=self.request.user, day=today)
        return super().get_context_data(**kwargs) | {"today": today, "lines": lines}


class DaySheet(AtASite, ReadOnlyView, View):
    """What the device keeps until tonight, and the token with which it will send."""

    def get(self, request):
        if self.site is None:
            return JsonResponse({"people": [], "counters": [], "site": None})
        sheet = offline.sheet_of(self.site, user=request.user, day=clock.today())
        now = int(clock.now().timestamp())
        return JsonResponse(sheet | {"now": now, "csrf": get_token(request)})


class Enter(AtASite, View):
    """One arrival noted without the server; the answer is a sentence for the agent."""

    http_method_names = ["post"]

    def post(self, request):
        form = EntryForm(request.POST)
        if self.site is None or not form.is_valid():
            return JsonResponse({"kind": "refused", "sentence": _("Cette arrivée est illisible.")})
        said = form.cleaned_data
        answer = offline.enter(
            offline.Entry(
                key=said["key"],
                mark=said["mark"],
                claimed_at=said["claimed"],
                counter_id=said["counter"],
                by=said["by"],
            ),
            site=self.site,
            user=request.user,
            at=clock.now(),
        )
        return JsonResponse({"kind": answer.kind, "sentence": answer.sentence})


class Relay(View):
    """The script that answers in the server's place, under this address and no other."""

    http_method_names = ["get", "head"]

    def get(self, request):
        files = [*map(static, SHELL), *(f"{settings.STATIC_URL}{name}" for name in PLAIN)]
        said = {"page": reverse("counter:offline"), "files": files}
        script = f"const KEPT = {json.dumps(said)};\n{_RELAY.read_text()}"
        return HttpResponse(script, content_type="text/javascript; charset=utf-8")
