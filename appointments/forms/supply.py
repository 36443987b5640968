"""What the supervisor says of the counters: hours, days that differ, counters that are out."""

import datetime as dt

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from appointments.enums import OutageKind, Purpose
from appointments.models import SEATS_AT_MOST
from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField

LANGUAGES_SPOKEN = (
    ("sq", _("albanais")),
    ("en", _("anglais")),
    ("ar", _("arabe")),
    ("bn", _("bengali")),
    ("zh", _("chinois")),
    ("es", _("espagnol")),
    ("ka", _("géorgien")),
    ("fsl", _("langue des signes française")),
    ("ur", _("ourdou")),
    ("ps", _("pachto")),
    ("fa", _("persan")),
    ("pt", _("portugais")),
    ("ru", _("russe")),
    ("so", _("somali")),
    ("ta", _("tamoul")),
    ("ti", _("tigrinya")),
    ("tr", _("turc")),
    ("uk", _("ukrainien")),
)
HALF_DAY_SEATS = 200


def tomorrow():
    """The first day that a change of hours may touch: today has begun."""
    return clock.today() + dt.timedelta(days=1)


def in_ten_years():
    """Nothing is said for longer: the last day of all calendars has no day after."""
    return clock.today() + dt.timedelta(days=3652)


class DaysForm(forms.Form):
    """Whole days, both included."""

    def clean(self):
        facts = super().clean()
        first, last = facts.get("first_day"), facts.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Le dernier jour est avant le premier."))
        return facts


class CloseSiteForm(DaysForm):
    """Everybody expected then is told and served again first."""

    site = forms.TypedChoiceField(label=_("Site"), coerce=int)
    first_day = DatePartsField(label=_("Premier jour fermé"), earliest=clock.today)
    last_day = DatePartsField(
        label=_("Dernier jour fermé"), earliest=clock.today, latest=in_ten_years
    )
    reason = PlainTextField(label=_("Raison"), max_length=200)

    def __init__(self, *args, sites, **options):
        super().__init__(*args, **options)
        self.fields["site"].choices = [(site.pk, site.name) for site in sites]


class OutageForm(DaysForm):
    """One counter receives nobody; its site stays open. The absent agent is not named."""

    counter = forms.TypedChoiceField(label=_("Guichet"), coerce=int)
    kind = forms.ChoiceField(
        label=_("Pourquoi"), choices=OutageKind.choices, widget=forms.RadioSelect
    )
    first_day = DatePartsField(label=_("Premier jour"), earliest=clock.today)
    from_time = forms.TimeField(
        label=_("À partir de"),
        required=False,
        help_text=_("Le premier jour seulement. Laissez vide pour toute la journée."),
    )
    last_day = DatePartsField(label=_("Dernier jour"), earliest=clock.today, latest=in_ten_years)

    def __init__(self, *args, counters, **options):
        super().__init__(*args, **options)
        self.fields["counter"].choices = [(counter.pk, str(counter)) for counter in counters]


class OpenSoonerForm(forms.Form):
    """What is shut ends on an earlier day, or is given up."""

    SHORTEN, GIVE_UP = "shorten", "give_up"
    how = forms.ChoiceField(
        label=_("Que voulez-vous faire ?"),
        choices=[
            (SHORTEN, _("Rouvrir plus tôt que prévu")),
            (GIVE_UP, _("Annuler : rouvrir tout de suite, ou ne pas fermer")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce que vous voulez faire.")},
    )
    last_day = DatePartsField(
        label=_("Dernier jour de fermeture"),
        required=False,
        earliest=clock.today,
        latest=in_ten_years,
        help_text=_("Seulement pour rouvrir plus tôt. La réouverture a lieu le lendemain."),
    )

    def clean(self):
        """A day is said when the end changes, and only then."""
        said = super().clean()
        if said.get("how") == self.SHORTEN and "last_day" in said and not said["last_day"]:
            self.add_error("last_day", _("Dites le dernier jour de fermeture."))
        if said.get("how") == self.GIVE_UP:
            said["last_day"] = None
        return said


class OpenDayForm(forms.Form):
    """One day on which a site opens although the calendar says no."""

    site = forms.TypedChoiceField(label=_("Site"), coerce=int)
    day = DatePartsField(
        label=_("Jour"),
        earliest=tomorrow,
        help_text=_("Un jour férié où ce site travaille, ou une étape d’un guichet mobile."),
    )

    def __init__(self, *args, sites, **options):
        super().__init__(*args, **options)
        self.fields["site"].choices = [(site.pk, site.name) for site in sites]


class HoursForm(DaysForm):
    """One weekday, some hours, one kind of visit."""

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
    reserve = forms.IntegerField(
        label=_("Places gardées par demi-journée"),
        required=False,
        min_value=0,
        max_value=HALF_DAY_SEATS,
        help_text=_("Pour les urgences. Elles rejoignent les autres les derniers jours."),
    )
    slot_minutes = forms.IntegerField(
        label=_("Minutes par personne"),
        required=False,
        min_value=5,
        max_value=240,
        help_text=_("Plus long pour une famille ou un interprète. Vide : la durée habituelle."),
    )
    interpreters = forms.MultipleChoiceField(
        label=_("Langues parlées à ce guichet"),
        required=False,
        choices=LANGUAGES_SPOKEN,
        widget=forms.CheckboxSelectMultiple,
    )


class OpenCounterForm(HoursForm):
    """New hours of a counter, from a day on."""

    counter = forms.TypedChoiceField(label=_("Guichet"), coerce=int)
    first_day = DatePartsField(label=_("À partir du"), earliest=clock.today)
    last_day = DatePartsField(
        label=_("Jusqu’au"), required=False, earliest=clock.today, latest=in_ten_years
    )
    field_order = ("counter",)

    def __init__(self, *args, counters, **options):
        super().__init__(*args, **options)
        self.fields["counter"].choices = [(counter.pk, str(counter)) for counter in counters]


class ChangeOpeningForm(HoursForm):
    """Other hours from a day on; the days before keep what was said."""

    first_day = DatePartsField(label=_("À partir du"), earliest=tomorrow)


class EndOpeningForm(forms.Form):
    """The last day of some hours."""

    last_day = DatePartsField(
        label=_("Dernier jour de cet horaire"), earliest=clock.today, latest=in_ten_years
    )
