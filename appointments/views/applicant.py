"""The person's page: their appointment, its papers, and "I cannot come". No free slot anywhere."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from appointments import letters, queries, rules
from appointments.forms.change import CannotComeForm
from appointments.queries.offers import is_volunteer, offer_of
from appointments.services import changing, notices, visiting
from dossiers.api import Dossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView, ReadOnlyView
from portal.correspondence import api as correspondence
from portal.territory import api as territory
from portal.vault import api as vault
from workflows import api as workflows


class OwnDossier:
    """Load the person's own dossier, or nothing: another's does not exist."""

    def setup(self, request, *args, dossier_id, **kwargs):
        super().setup(request, *args, dossier_id=dossier_id, **kwargs)
        self.dossier = get_object_or_404(Dossier.objects.of_applicant(request.user), pk=dossier_id)
        self.appointment = queries.current_appointment(self.dossier.pk)

    def page(self, name="show"):
        return reverse(f"appointments:{name}", args=[self.dossier.pk])

    def live_appointment(self):
        """The appointment to come. Raises Http404 without one."""
        if self.appointment is None or not self.appointment.is_live:
            raise Http404
        return self.appointment


class ShowAppointment(OwnDossier, ReadOnlyView, TemplateView):
    """When, where, what to bring; or when the next run is."""

    template_name = "appointments/show.html"

    def get_context_data(self, **kwargs):
        appointment, at = self.appointment, clock.now()
        clearance = appointment.clearance if appointment else None
        waiting = queries.waiting_of(self.dossier.pk)
        moved = queries.is_waiting_elsewhere(waiting, appointment)
        visit = queries.visit_of(appointment)
        return super().get_context_data(**kwargs) | {
            "dossier": self.dossier,
            "appointment": appointment,
            "waiting": waiting,
            "offer": offer_of(self.dossier.pk, at=at),
            "is_volunteer": is_volunteer(self.dossier.pk),
            "moved_to": territory.prefecture(waiting.prefecture_code).name if moved else "",
            "is_doubted": moved and waiting.kept.is_doubted,
            "visit": visit,
            "visit_told": visiting.told_of(visit),
            "unreached": bool(appointment) and bool(queries.undelivered([appointment.pk])),
            "may_prefer": rules.may_prefer(workflows.case_of(self.dossier.pk), appointment),
            "papers": notices.papers_in(clearance, get_language()[:2]) if clearance else [],
            "may_give_back": bool(appointment)
            and rules.may_give_back(appointment, self.request.user, at=at),
            "may_confirm": bool(appointment)
            and rules.may_confirm(appointment, self.request.user, at=at),
        }


class CannotCome(OwnDossier, ActView):
    """Give the appointment back; another comes with the next run."""

    form_class = CannotComeForm
    template_name = "appointments/cannot_come.html"

    def get_context_data(self, **kwargs):
        shown = {"dossier": self.dossier, "appointment": self.live_appointment()}
        return super().get_context_data(**kwargs) | shown

    def perform(self, form):
        changing.give_back(
            self.live_appointment(),
            reason=form.cleaned_data["reason"],
            user=self.request.user,
            at=clock.now(),
        )
        messages.success(self.request, _("Votre rendez-vous est rendu. Vous gardez votre rang."))

    def get_success_url(self):
        return self.page()


class ConfirmComing(OwnDossier, View):
    """ "I will come": a courtesy, never required."""

    http_method_names = ["post"]

    def post(self, request, **kwargs):
        try:
            changing.confirm(self.live_appointment(), user=request.user, at=clock.now())
            messages.success(request, _("Merci : nous vous attendons."))
        except DomainRefusal as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return HttpResponseRedirect(self.page())


class CalendarFile(OwnDossier, ReadOnlyView, View):
    """The .ics of the appointment to come, or the one that takes the last out of a calendar."""

    def get(self, request, **kwargs):
        if self.appointment is None or self.appointment.state in letters.OVER:
            raise Http404
        changing.note_opened(self.appointment)
        body = letters.calendar_file(
            self.appointment, url=request.build_absolute_uri(self.page()), at=clock.now()
        )
        answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="rendez-vous.ics"'
        return answer


class Notice(OwnDossier, View):
    """The PDF of the notice, once the job has made it."""

    http_method_names = ["get", "head"]

    def get(self, request, **kwargs):
        try:
            stored = correspondence.letter_file(self.live_appointment().letter_id, request.user)
            changing.note_opened(self.appointment)
        except DomainRefusal as refusal:
            messages.info(request, " ".join(refusal.reasons))
            return HttpResponseRedirect(self.page())
        return vault.serve(request, stored)
