"""What a person says of a mandate, and what a helper says in taking it."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers.enums import MandateKind, MandateLevel
from dossiers.forms.builder import MailField
from dossiers.models.mandate import LONGEST
from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField

ALL = "all"


def _tomorrow():
    return clock.today() + dt.timedelta(days=1)


def _last_day():
    return clock.today() + LONGEST - dt.timedelta(days=2)


class GiveForm(forms.Form):
    """Who helps, with what, how far and until when."""

    use_required_attribute = False

    person_name = PlainTextField(
        label=_("Votre prénom et votre nom"),
        help_text=_("Ils signent, avec le nom de la personne qui vous aide, ce qu’elle fait."),
        max_length=80,
    )
    kind = forms.ChoiceField(
        label=_("Qui vous aide ?"), choices=MandateKind.choices, widget=forms.RadioSelect
    )
    email = MailField(
        label=_("Son adresse e-mail"),
        help_text=_("Nous lui écrivons. Elle accepte avec le compte de cette adresse."),
        max_length=254,
    )
    for_organisation = forms.BooleanField(
        label=_("Toute son organisation peut m’aider (cabinet, association vérifiée)"),
        required=False,
    )
    scope = forms.ChoiceField(label=_("Pour quoi ?"), widget=forms.RadioSelect)
    level = forms.ChoiceField(
        label=_("Que peut faire cette personne ?"),
        choices=MandateLevel.choices,
        widget=forms.RadioSelect,
    )
    ends_on = DatePartsField(
        label=_("Dernier jour du mandat"),
        help_text=_("Dans un an au plus. Vous pouvez le retirer avant, à tout moment."),
        earliest=_tomorrow,
        latest=_last_day,
    )

    def __init__(self, *args, scopes, **kwargs):
        super().__init__(*args, **kwargs)
        everything = (ALL, _("Toutes mes démarches, aussi celles que je commencerai"))
        self.fields["scope"].choices = [everything, *scopes]


class AcceptForm(forms.Form):
    """A helper's own name, or the organisation for which they take the mandate."""

    use_required_attribute = False

    name = PlainTextField(
        label=_("Votre prénom et votre nom"),
        help_text=_("La personne et la préfecture les lisent à côté de ce que vous faites."),
        max_length=100,
    )
    organisation = forms.ChoiceField(
        label=_("Votre organisation"), widget=forms.RadioSelect, required=False
    )
    agreed = forms.BooleanField(
        label=_(
            "J’aide cette personne avec son accord. Je n’écris que ce qu’elle me dit, et je ne lui "
            "demande rien pour une place ou un rendez-vous."
        ),
        error_messages={"required": _("Cochez la case pour accepter.")},
    )

    def __init__(self, *args, organisations=None, **kwargs):
        super().__init__(*args, **kwargs)
        if organisations is None:
            del self.fields["organisation"]
            return
        del self.fields["name"]
        self.fields["organisation"].choices = organisations
        self.fields["organisation"].required = True
