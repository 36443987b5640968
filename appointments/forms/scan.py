"""What the agent of the counter types, scans and confirms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from appointments.enums import REASONS, OldCard, Purpose, VisitOutcome, VisitReason
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


class CounterForm(forms.Form):
    """The counter where the next person is called."""

    counter = forms.TypedChoiceField(label=_("Guichet"), coerce=int)

    def __init__(self, *args, counters, **options):
        super().__init__(*args, **options)
        self.fields["counter"].choices = [(counter.pk, counter.name) for counter in counters]


class CompleteForm(forms.Form):
    """What the person came for is done; at the collection, what became of the old card."""

    done = forms.BooleanField(
        label="", error_messages={"required": _("Confirmez ce qui a été fait au guichet.")}
    )
    old_card = forms.ChoiceField(
        label=_("Ancienne carte"),
        choices=[("", _("Choisissez")), *OldCard.choices],
        error_messages={"required": _("Dites ce qu’est devenue l’ancienne carte.")},
    )

    def __init__(self, *args, purpose, **options):
        super().__init__(*args, **options)
        self.fields["done"].label = DONE[purpose]
        if purpose != Purpose.COLLECTION:
            del self.fields["old_card"]


class UnfulfilledForm(forms.Form):
    """Why the visit stops here: one list, an outcome and its reason at once."""

    ending = forms.ChoiceField(
        label=_("Pourquoi la visite s’arrête"),
        error_messages={"required": _("Choisissez une raison de la liste.")},
    )

    def __init__(self, *args, outcomes, **options):
        super().__init__(*args, **options)
        groups = [
            (
                VisitOutcome(outcome).label,
                [(f"{outcome}:{reason}", _worded(outcome, reason)) for reason in REASONS[outcome]],
            )
            for outcome in outcomes
        ]
        self.fields["ending"].choices = [("", _("Choisissez")), *groups]

    def clean_ending(self):
        """The outcome and its reason."""
        outcome, _colon, reason = self.cleaned_data["ending"].partition(":")
        return outcome, reason


def _worded(outcome, reason):
    return VisitReason(reason).label if reason else VisitOutcome(outcome).label


class FindForm(forms.Form):
    """A name, looked for among the people of the day alone; it is never put in an address."""

    name = PlainTextField(
        label=_("Nom d’une personne attendue aujourd’hui"),
        max_length=80,
        error_messages={"required": _("Tapez un nom.")},
    )
