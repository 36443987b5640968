"""The page of the one near place that is offered to this person, and to nobody else."""

from django.contrib import messages
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appointments.enums import OfferAnswer
from appointments.forms.offer import AnswerForm
from appointments.queries.offers import own_offer
from appointments.services import answering, notices
from appointments.views.applicant import OwnDossier
from portal.core import clock
from portal.core.errors import DomainRefusal
from portal.core.views import ActView


class Offer(OwnDossier, ActView):
    """What is offered, until when, what follows each answer; afterwards, what became of it.

    The offer is in the address: a tab left open answers the offer that it shows and no other.
    """

    form_class = AnswerForm
    template_name = "appointments/offer.html"
    is_kept = True

    def setup(self, request, *args, offer_id, **kwargs):
        super().setup(request, *args, **kwargs)
        self.offer = own_offer(self.dossier.pk, offer_id)
        if self.offer is None:
            raise Http404

    def get_context_data(self, **kwargs):
        clearance = self.offer.clearance
        return super().get_context_data(**kwargs) | {
            "dossier": self.dossier,
            "offer": self.offer,
            "is_open": self.offer.is_open(clock.now()),
            "papers": notices.papers_in(clearance, get_language()[:2]),
            "ending": notices.LINES.get(f"offer_{self.offer.ended_because}", ""),
        }

    def perform(self, form):
        """Too late is no mistake of the person: the page then says what became of the place."""
        said = form.cleaned_data["answer"]
        try:
            answering.answer(self.offer, said)
        except DomainRefusal as refusal:
            messages.error(self.request, " ".join(refusal.reasons))
            self.is_kept = False
            return
        if said == OfferAnswer.ACCEPT:
            messages.success(
                self.request, _("Votre réponse est enregistrée : le rendez-vous est à vous.")
            )
        else:
            messages.success(
                self.request, _("Votre réponse est enregistrée. Vous gardez votre rang.")
            )

    def get_success_url(self):
        return self.page() if self.is_kept else self.request.path
