"""Yes or no to a near place."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import OfferAnswer


class AnswerForm(forms.Form):
    """One of two buttons."""

    answer = forms.TypedChoiceField(
        choices=OfferAnswer.choices,
        coerce=OfferAnswer,
        error_messages={
            "required": _("Acceptez ou refusez cette place."),
            "invalid_choice": _("Acceptez ou refusez cette place."),
        },
    )
