"""Asking that a visit comes before the others."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import UrgencyGround
from portal.core.forms import PlainTextField


class AskUrgencyForm(forms.Form):
    """The dossier, one of three grounds, and what founds it in words."""

    number = PlainTextField(label=_("Numéro du dossier"), max_length=20, dir="ltr")
    ground = forms.ChoiceField(
        label=_("Pourquoi cette visite ne peut-elle pas attendre ?"),
        choices=UrgencyGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une raison.")},
    )
    reason = PlainTextField(
        label=_("Ce qui le montre"),
        help_text=_(
            "Par exemple la date et le juge de la décision. N’écrivez pas de détail médical."
        ),
        max_length=1000,
        rows=4,
    )

    def clean_number(self):
        return self.cleaned_data["number"].replace(" ", "")
