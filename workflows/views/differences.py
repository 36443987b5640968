"""What changed between two filings, and that an agent has read it."""

from django.http import Http404, HttpResponseRedirect
from django.urls import reverse
from django.views.generic import TemplateView, View

from dossiers import api as dossiers
from portal.core import clock
from portal.core.views import ReadOnlyView
from workflows.queries.differences import two_filings
from workflows.services.reading import mark_read
from workflows.views.base import note_reading, visible_case


class Versions(ReadOnlyView, TemplateView):
    """Every filing of a case, and the difference between any two; one journal line a visit."""

    template_name = "workflows/versions.html"

    def setup(self, request, *args, case_id, **kwargs):
        super().setup(request, *args, case_id=case_id, **kwargs)
        self.case = visible_case(request, case_id)

    def get_context_data(self, **kwargs):
        dossier, asked = self.case.dossier, self.request.GET
        filings = list(dossier.submissions.order_by("number"))
        two = two_filings(filings, asked.get("de", ""), asked.get("a", ""))
        if two is None:
            raise Http404
        note_reading(self.case)
        return super().get_context_data(**kwargs) | {
            "case": self.case,
            "heading": dossier.procedure.title.get("fr"),
            "versions": dossiers.versions_of(dossier, filings),
            "older": two[0],
            "newer": two[1],
            "changes": dossiers.difference(dossiers.procedure_of(dossier), *two),
            "back_url": reverse("desk:case", args=[self.case.pk]),
        }


class MarkRead(View):
    """The agent has read what came since; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request, case_id):
        case, text = visible_case(request, case_id), request.POST.get("filing", "")
        is_number = text.isascii() and text.isdigit() and len(text) < 5
        if is_number and int(text) > 0:
            mark_read(case_id=case.pk, number=int(text), actor=request.user, at=clock.now())
        return HttpResponseRedirect(reverse("desk:case", args=[case.pk]))
