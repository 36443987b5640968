"""What a person may say of their visit: places, days, needs. Nothing is required."""

import datetime as dt

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from appointments.forms.supply import LANGUAGES_SPOKEN
from appointments.models import BLOCKED_AT_MOST, SITES_AT_MOST
from appointments.services.preferring import Wishes
from portal.core import clock
from portal.core.forms import DatePartsField
from portal.territory.api import SiteKind

NEW_DAYS = 3
"""How many days may be added each time the page is saved."""
HALVES = (("day", _("toute la journée")), ("am", _("le matin")), ("pm", _("l’après-midi")))
INTERPRETERS = (("", _("Je n’ai pas besoin d’interprète")), *LANGUAGES_SPOKEN)
RANKS = (_("Premier choix"), _("Deuxième choix"), _("Troisième choix"))


def in_a_year():
    """No calendar is open further ahead."""
    return clock.today() + dt.timedelta(days=366)


class PreferenceForm(forms.Form):
    """Sites in order, half-days kept or added, needs, and the wish to be called at short notice."""

    step_free = forms.BooleanField(
        label=_("J’ai besoin d’un accès sans marche"),
        help_text=_("Vous ne serez convoqué que dans un lieu accessible en fauteuil."),
        required=False,
    )
    interpreter = forms.ChoiceField(
        label=_("Langue de l’interprète"),
        help_text=_("L’interprète est gratuit. Le rendez-vous peut venir un peu plus tard."),
        choices=INTERPRETERS,
        required=False,
    )

    short_notice = forms.BooleanField(
        label=_("Une place proche peut m’être proposée"),
        help_text=_(
            "Si une place se libère dans moins de dix jours et que votre tour vient, nous vous "
            "écrivons, à vous seul. Vous avez un jour pour dire oui ou non, moins si le "
            "rendez-vous est dans moins de deux jours. Refuser, ou ne pas répondre, ne change "
            "rien à votre rang."
        ),
        required=False,
    )

    def __init__(self, *args, sites, said: Wishes, **options):
        super().__init__(*args, **options)
        self.said = said
        self._add_sites(list(sites))
        self._add_half_days()
        for name in ("step_free", "interpreter", "short_notice"):
            self.fields[name].initial = getattr(said, name)
        for field in self.fields.values():
            field.hide_optional = True

    def _add_sites(self, sites):
        choices = [("", _("Sans préférence")), *((site.pk, _label(site)) for site in sites)]
        ranks = min(SITES_AT_MOST, len(sites)) if len(sites) > 1 else 0
        self.site_fields = [f"site_{rank}" for rank in range(1, ranks + 1)]
        known = [pk for pk in self.said.sites if pk in {site.pk for site in sites}]
        for place, name in enumerate(self.site_fields):
            self.fields[name] = forms.TypedChoiceField(
                label=RANKS[place],
                choices=choices,
                coerce=int,
                empty_value=None,
                required=False,
                initial=known[place] if place < len(known) else "",
            )

    def _add_half_days(self):
        self.kept = [one for one in self.said.blocked if _day_of(one) >= clock.today()]
        if self.kept:
            self.fields["blocked"] = forms.MultipleChoiceField(
                label=_("Demi-journées que vous avez écartées"),
                help_text=_("Décochez celles où vous pouvez venir."),
                choices=[(one, _in_words(one)) for one in self.kept],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=self.kept,
            )
        self.new_days = []
        for number in range(1, min(NEW_DAYS, BLOCKED_AT_MOST - len(self.kept)) + 1):
            day, half = f"day_{number}", f"half_{number}"
            self.fields[day] = DatePartsField(
                label=_now("Jour %(number)s où vous ne pouvez pas venir") % {"number": number},
                earliest=clock.today,
                latest=in_a_year,
                required=False,
            )
            self.fields[half] = forms.ChoiceField(
                label=_now("Jour %(number)s : à quel moment") % {"number": number},
                choices=HALVES,
                required=False,
                initial="day",
            )
            self.new_days.append((day, half))
        self.day_fields = ["blocked", *(name for pair in self.new_days for name in pair)]

    def clean(self):
        said = super().clean()
        sites = [said[name] for name in self.site_fields if said.get(name)]
        if len(sites) != len(set(sites)):
            self.add_error(self.site_fields[-1], _("Choisissez chaque lieu une seule fois."))
        blocked = set(said.get("blocked", []))
        for day, half in self.new_days:
            if said.get(day):
                chosen = said.get(half) or "day"
                parts = ("am", "pm") if chosen == "day" else (chosen,)
                blocked |= {f"{said[day].isoformat()}/{part}" for part in parts}
        if len(blocked) > BLOCKED_AT_MOST:
            self.add_error(
                None, _("Vous pouvez écarter dix demi-journées au plus. Retirez-en quelques-unes.")
            )
        self.wishes = Wishes(
            sites=tuple(sites),
            blocked=tuple(sorted(blocked)),
            step_free=said.get("step_free", False),
            interpreter=said.get("interpreter", ""),
            short_notice=said.get("short_notice", False),
        )
        return said


def _label(site):
    words = site.name
    if site.kind == SiteKind.UNIVERSITY:
        words = _now("%(site)s (étudiants de ses établissements seulement)") % {"site": words}
    if not site.step_free:
        words = _now("%(site)s (accès avec des marches)") % {"site": words}
    return words


def _day_of(half_day):
    return dt.date.fromisoformat(half_day.partition("/")[0])


def _in_words(half_day):
    day = date_format(_day_of(half_day), "l j F Y")
    return f"{day}, {dict(HALVES)[half_day.partition('/')[2]]}"
