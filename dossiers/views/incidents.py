"""What failed on our side: the person's certificates, and the page where anyone checks one."""

from uuid import UUID

from allauth.core import ratelimit
from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import FormView, TemplateView

from dossiers.forms.incidents import CertificateForm
from dossiers.models import Dossier
from dossiers.queries.answers import short_language
from dossiers.queries.freezes import incidents_of
from dossiers.services import incidents
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ReadOnlyView


class Incidents(ReadOnlyView, TemplateView):
    """What we recorded for this person, and one button for each certificate."""

    template_name = "dossiers/incidents.html"

    def get_context_data(self, **kwargs):
        language = short_language()
        shown = [
            (
                one,
                [
                    (dossier.pk, dossier.procedure.title.get(language), dossier.number or "")
                    for dossier in one.dossiers
                ],
            )
            for one in incidents_of(self.request.user, clock.now())
        ]
        return super().get_context_data(**kwargs) | {"incidents": shown}


class Certify(View):
    """Ask for a certificate; a POST without a page of its own."""

    http_method_names = ["post"]

    def post(self, request):
        try:
            certificate = incidents.certify(
                source=request.POST.get("incident", ""),
                dossier_id=UUID(request.POST.get("dossier", "")),
                applicant=request.user,
                at=clock.now(),
            )
        except (ValueError, Dossier.DoesNotExist):
            messages.error(request, _("Choisissez une de vos demandes."))
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(
                request,
                _("L’attestation %(number)s est à vous.") % {"number": certificate.number},
            )
        return redirect("dossiers:incidents")


class CheckCertificate(FormView):
    """Yes or no, for a number and a day; nothing about anybody."""

    http_method_names = ["get", "head", "options", "post"]
    form_class = CertificateForm
    template_name = "dossiers/check_certificate.html"

    def post(self, request, *args, **kwargs):
        """Count the question first: numbers are not to be tried one after the other."""
        if not ratelimit.consume(request, action="check_certificate"):
            form = self.get_form()
            form.add_error(None, _("Trop de vérifications en peu de temps. Attendez une minute."))
            return self.render_to_response(self.get_context_data(form=form), status=429)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        """Show the answer on the page that asked."""
        known = incidents.is_known(form.cleaned_data["number"], form.cleaned_data["day"])
        return self.render_to_response(
            self.get_context_data(form=form, is_checked=True, is_known=known)
        )
