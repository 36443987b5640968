"""The reasons of a silent refusal: written by one agent, signed or sent back by another."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField
from workflows.forms.decision import SecondPersonForm


class WriteReasonsForm(forms.Form):
    """In law and in fact, as for any refusal."""

    grounds_law = PlainTextField(
        label=_("Motifs en droit"),
        help_text=_("Les articles appliqués. Ils figurent dans la lettre (CRPA, art. L. 211-5)."),
        max_length=4000,
        rows=4,
    )
    grounds_fact = PlainTextField(
        label=_("Motifs en fait"),
        help_text=_("Ce qui, dans ce dossier, explique l’absence de décision favorable."),
        max_length=8000,
        rows=8,
    )


class SignReasonsForm(SecondPersonForm):
    """The second person has read what leaves; if it changed since, nothing leaves."""

    seen = forms.DateTimeField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Cette page est incomplète : rouvrez le dossier."),
            "invalid": _("Cette page est incomplète : rouvrez le dossier."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [
            (self.SIGN, _("Je signe ces motifs : la lettre part")),
            (self.SEND_BACK, _("Je les renvoie, avec une note")),
        ]
        self.fields["read_everything"].label = _("J’ai lu ces motifs en entier")
