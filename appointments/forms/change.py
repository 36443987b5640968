"""What a person says when they cannot come."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import ChangeReason


class CannotComeForm(forms.Form):
    """A reason, and the understanding that this appointment is lost for good."""

    reason = forms.ChoiceField(
        label=_("Pourquoi ne pouvez-vous pas venir ?"),
        help_text=_(
            "La raison ne change rien à votre rang. Elle nous aide à mieux vous convoquer."
        ),
        choices=ChangeReason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une raison.")},
    )
    sure = forms.BooleanField(
        label=_("J’ai compris que ce rendez-vous sera donné à une autre personne"),
        error_messages={"required": _("Confirmez que vous rendez ce rendez-vous.")},
    )
