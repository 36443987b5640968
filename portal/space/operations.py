"""Pages of those who keep the portal running and of those who check it."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from dossiers import api as dossiers
from portal.core import clock, jobs, journal
from portal.core.models import JournalLine
from portal.core.policy import Policy, route
from portal.core.views import ActView, ReadOnlyView
from portal.space.forms import DowntimeForm
from portal.vault import api as vault

OPERATORS = Policy("ops", frozenset({"administrator"}), relation="national", object="job")
AUDITORS = Policy("ops", frozenset({"auditor"}), relation="national", object="journal")
LINES_A_PAGE = 100


class TroubledJobs(ReadOnlyView, TemplateView):
    """Jobs that failed: what, how often, when next, and a button to try again."""

    template_name = "space/jobs.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            jobs=jobs.troubled_jobs(),
            scan_alarm=vault.open_scan_alarm(),
            without_rule=vault.without_rule(clock.today()),
            **kwargs,
        )


class RetryJob(View):
    """Try a failed job again."""

    http_method_names = ["post"]

    def post(self, request, job_id):
        with transaction.atomic():
            jobs.enqueue("core.retry", job_id=job_id)
            journal.record("job.retry", subject_type="job", subject_id=job_id)
        messages.success(request, _("La tâche va être relancée."))
        return redirect("desk:jobs")


class Downtimes(ActView):
    """Declare when nobody could use the portal: everybody may then have a certificate of it."""

    form_class = DowntimeForm
    template_name = "space/downtimes.html"
    success_url = reverse_lazy("desk:downtimes")

    def perform(self, form):
        dossiers.declare_downtime(**form.cleaned_data, actor=self.request.user, at=clock.now())
        messages.success(self.request, _("La panne est déclarée."))

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"downtimes": dossiers.latest_downtimes()}


class Journal(ReadOnlyView, TemplateView):
    """The journal, newest first: who did what to which record. Reading it is a line too."""

    template_name = "space/journal.html"

    def get_context_data(self, **kwargs):
        lines = JournalLine.objects.order_by("-id")
        dossier = self.request.GET.get("dossier", "").replace("\x00", "").strip()
        if dossier:
            chosen = {"dossier_id": dossier} if _is_uuid(dossier) else {"subject_id": dossier[:64]}
            lines = lines.filter(**chosen)
        before = self.request.GET.get("before", "")
        if before.isdecimal():
            lines = lines.filter(id__lt=int(before[:18]))
        found = list(lines[: LINES_A_PAGE + 1])
        older = found[LINES_A_PAGE - 1].id if len(found) > LINES_A_PAGE else None
        journal.record("journal.read", subject_type="journal", subject_id=dossier[:64] or "all")
        return super().get_context_data(
            lines=found[:LINES_A_PAGE],
            before=older,
            older=f"?{urlencode({'dossier': dossier, 'before': older or ''})}",
            dossier=dossier,
            broken_at=journal.broken_at(dossier) if _is_uuid(dossier) else None,
            **kwargs,
        )


def _is_uuid(text):
    try:
        UUID(text)
    except ValueError:
        return False
    return True


operations_urlpatterns = [
    route("exploitation/", TroubledJobs.as_view(), name="jobs", policy=OPERATORS),
    route(
        "exploitation/<int:job_id>/relancer/",
        RetryJob.as_view(),
        name="retry_job",
        policy=OPERATORS,
    ),
    route("exploitation/pannes/", Downtimes.as_view(), name="downtimes", policy=OPERATORS),
    route("journal/", Journal.as_view(), name="journal", policy=AUDITORS),
]
