"""What a supervisor says of the team: days of absence, and why a case changes hands."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows.forms.base import ActForm


class AbsenceForm(forms.Form):
    """One colleague and whole days, both included."""

    agent = forms.TypedChoiceField(
        label=_("Agent"),
        coerce=int,
        empty_value=None,
        error_messages={"required": _("Choisissez l’agent absent.")},
    )
    first_day = DatePartsField(label=_("Premier jour d’absence"))
    last_day = DatePartsField(label=_("Dernier jour d’absence"), earliest=clock.today)

    def __init__(self, *args, colleagues, **options):
        super().__init__(*args, **options)
        people = [(one.pk, str(one)) for one in colleagues]
        self.fields["agent"].choices = [("", _("Choisissez un agent")), *people]

    def clean(self):
        facts = super().clean()
        first, last = facts.get("first_day"), facts.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("Le dernier jour est avant le premier."))
        return facts


class GiveAwayForm(ActForm):
    """Why the case leaves its agent; there is no field for the name of another."""

    holder = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Cette page est incomplète : rouvrez le dossier."),
            "invalid": _("Cette page est incomplète : rouvrez le dossier."),
        },
    )
    reason = PlainTextField(
        label=_("Motif"),
        help_text=_("Inscrit au dossier. Visible des agents seulement."),
        max_length=500,
        rows=3,
    )

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.fields["holder"].initial = self.case.reviewer_id
