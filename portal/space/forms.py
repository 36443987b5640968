"""What operators type to declare a downtime."""

from django import forms
from django.utils.translation import gettext_lazy as _

_TYPED = "%Y-%m-%dT%H:%M"


def _moment(label):
    return forms.DateTimeField(
        label=label,
        input_formats=[_TYPED, "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_TYPED),
        error_messages={
            "required": _("Indiquez un jour et une heure."),
            "invalid": _("Indiquez un jour et une heure, par exemple 27/11/2026 14:30."),
        },
    )


class DowntimeForm(forms.Form):
    """From when to when nobody could use the portal, at the legal hour."""

    begun_at = _moment(_("Début de la panne"))
    ended_at = _moment(_("Fin de la panne"))
