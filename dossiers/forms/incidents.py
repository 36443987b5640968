"""What is typed to check a certificate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField


class CertificateForm(forms.Form):
    """The number and the day, as they are printed."""

    number = PlainTextField(
        label=_("Numéro de l’attestation"),
        help_text=_("Douze signes, par exemple 7K3M-9QXA-2BCD."),
        max_length=40,
        autocomplete="off",
        dir="ltr",
        error_messages={"required": _("Tapez le numéro écrit sur l’attestation.")},
    )
    day = forms.DateField(
        label=_("Jour de l’incident"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Indiquez le jour écrit sur l’attestation."),
            "invalid": _("Indiquez un jour, par exemple 27/11/2026."),
        },
    )

    def clean_number(self):
        """The same number, however its signs are grouped."""
        signs = [one for one in self.cleaned_data["number"].upper() if one.isalnum()]
        groups = ("".join(signs[place : place + 4]) for place in range(0, len(signs), 4))
        return "-".join(groups)
