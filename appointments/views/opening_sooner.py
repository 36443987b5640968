"""A closure or an outage is shortened or given up, with the same preview as any edit."""

from django.contrib import messages
from django.http import Http404
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments import queries
from appointments.forms.supply import OpenSoonerForm
from appointments.queries import calendar, effects
from appointments.services import closing
from appointments.views.previewing import PreviewedAct
from portal.core import clock
from portal.core.errors import DomainRefusal


class OpenSooner(PreviewedAct):
    """What is shut, of the supervisor's prefecture, opens again before it was said to.

    A view gives `shut_of`, the query of what is shut now or later, and the words.
    """

    form_class = OpenSoonerForm
    success_url = reverse_lazy("desk:counters")
    explanation = gettext_lazy(
        "Aucun rendez-vous déjà donné n’est touché. Ceux que la fermeture a retirés ne reviennent "
        "pas : ces personnes gardent leur rang, et les places rouvertes sont données dans l’ordre "
        "au prochain passage."
    )
    confirm = gettext_lazy("Rouvrir plus tôt")

    def setup(self, request, *args, shut_id, **kwargs):
        super().setup(request, *args, shut_id=shut_id, **kwargs)
        found = type(self).shut_of(request.user, clock.now())
        self.shut = found.filter(pk=shut_id).first()
        if self.shut is None:
            raise Http404

    def hold(self, form):
        closing.hold(self.shut.site_id)
        self.shut.refresh_from_db()

    def effect(self, form):
        said, period = form.cleaned_data, self.shut.period
        if said["last_day"] and not self._is_sooner(said["last_day"]):
            raise DomainRefusal(
                _("Choisissez un jour après le début de la fermeture et avant sa fin actuelle.")
            )
        return effects.effect((said, str(period)))

    def _is_sooner(self, last_day):
        ends_at, period = calendar.end_of(last_day), self.shut.period
        starts = period.lower is None or period.lower < ends_at
        return not period.isempty and starts and (period.upper is None or ends_at < period.upper)

    def perform(self, form):
        last_day = form.cleaned_data["last_day"]
        if last_day:
            closing.open_sooner(self.shut, ends_at=calendar.end_of(last_day))
            messages.success(self.request, _("La fermeture est raccourcie."))
        else:
            closing.give_up(self.shut, at=clock.now())
            messages.success(self.request, _("La fermeture est annulée."))


class OpenSiteSooner(OpenSooner):
    """A site that was shut."""

    shut_of = staticmethod(queries.closures_of)
    heading = gettext_lazy("Raccourcir ou annuler une fermeture")


class TakeCounterBack(OpenSooner):
    """A counter that received nobody."""

    shut_of = staticmethod(queries.outages_of)
    heading = gettext_lazy("Raccourcir ou annuler l’absence d’un guichet")
