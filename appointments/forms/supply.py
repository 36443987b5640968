"""What the supervisor says of the counters: hours, and days when a site is shut."""

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from appointments.enums import Purpose
from appointments.models import SEATS_AT_MOST
from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField


class CloseSiteForm(forms.Form):
    """Whole days, both included; everybody expected then is told and served again first."""

    site = forms.TypedChoiceField(label=_("Site"), coerce=int)
    first_day = DatePartsField(label=_("Premier jour fermé"), earliest=clock.today)
    last_day = DatePartsField(label=_("Dernier jour fermé"), earliest=clock.today)
    reason = PlainTextField(label=_("Raison"), max_length=200)

    def __init__(self, *args, sites, **options):
        super().__init__(*args, **options)
        self.fields["site"].choices = [(site.pk, site.name) for site in sites]

    def clean(self):
        facts = super().clean()
        first, last = facts.get("first_day"), facts.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Le dernier jour est avant le premier."))
        return facts


class OpenCounterForm(forms.Form):
    """One weekday, some hours, one kind of visit."""

    counter = forms.TypedChoiceField(label=_("Guichet"), coerce=int)
    service = forms.ChoiceField(label=_("Motif"), choices=Purpose.choices)
    weekday = forms.TypedChoiceField(
        label=_("Jour"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
    )
    starts = forms.TimeField(label=_("De"), help_text=_("Par exemple 09:00"))
    ends = forms.TimeField(label=_("À"), help_text=_("Par exemple 12:00"))
    seats = forms.IntegerField(
        label=_("Personnes reçues en même temps"), min_value=1, max_value=SEATS_AT_MOST, initial=1
    )
    first_day = DatePartsField(label=_("À partir du"), earliest=clock.today)

    def __init__(self, *args, counters, **options):
        super().__init__(*args, **options)
        self.fields["counter"].choices = [(counter.pk, str(counter)) for counter in counters]
