"""What every act of the desk carries: the step that the agent had before them."""

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from workflows.models import Case


def capitalised(choices):
    """Options of a list begin with a capital; the labels themselves serve inside sentences."""
    return [(value, capfirst(label)) for value, label in choices]


class ActForm(forms.Form):
    """An act on a case as it was shown; if it has moved since, the act is refused."""

    last_step = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Cette page est incomplète : rouvrez le dossier."),
            "invalid": _("Cette page est incomplète : rouvrez le dossier."),
        },
    )

    def __init__(self, *args, case: Case, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["last_step"].initial = case.last_step

    @property
    def seen(self) -> int:
        return self.cleaned_data["last_step"]
