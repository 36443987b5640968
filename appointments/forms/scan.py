"""What the agent of the counter types, scans and confirms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import Purpose
from portal.core.forms import PlainTextField

DONE = {
    Purpose.BIOMETRICS: _("J’ai pris les empreintes de cette personne"),
    Purpose.COLLECTION: _("J’ai remis la carte à cette personne, en main propre"),
}


class ScanForm(forms.Form):
    """One big field: the scanner types into it like a keyboard."""

    code = PlainTextField(
        label=_("Code de la convocation"),
        help_text=_("Scannez le QR, ou tapez les 8 signes imprimés dessous."),
        max_length=400,
        autocomplete="off",
        dir="ltr",
        widget=forms.TextInput(attrs={"class": "po-code-input", "autofocus": True}),
        error_messages={"required": _("Scannez ou tapez le code de la convocation.")},
    )
    site = forms.TypedChoiceField(label=_("Site"), coerce=int)

    def __init__(self, *args, sites, **options):
        super().__init__(*args, **options)
        self.fields["site"].choices = [(site.pk, site.name) for site in sites]
        if len(sites) == 1:
            self.fields["site"].widget = forms.HiddenInput()


class ArriveForm(forms.Form):
    """The face was compared; at which counter the person is received."""

    counter = forms.TypedChoiceField(label=_("Guichet"), coerce=int)
    compared = forms.BooleanField(
        label=_("J’ai comparé le visage, la pièce d’identité et la photographie du dossier"),
        error_messages={"required": _("Comparez d’abord le visage et la pièce d’identité.")},
    )

    def __init__(self, *args, counters, **options):
        super().__init__(*args, **options)
        self.fields["counter"].choices = [(counter.pk, counter.name) for counter in counters]


class CompleteForm(forms.Form):
    """What the person came for is done."""

    done = forms.BooleanField(
        label="", error_messages={"required": _("Confirmez ce qui a été fait au guichet.")}
    )

    def __init__(self, *args, purpose, **options):
        super().__init__(*args, **options)
        self.fields["done"].label = DONE[purpose]
