"""What the office found of what a person stated."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField
from workflows.models import Case


class SettleStatementForm(forms.Form):
    """The outcome, and the sentence that the person reads."""

    outcome = forms.ChoiceField(
        label=_("Ce que vous avez trouvé"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce que vous avez trouvé.")},
    )
    note = PlainTextField(
        label=_("Votre réponse à la personne"),
        help_text=_("Dites ce que vous avez vérifié, et ce qu’elle doit faire, s’il y a lieu."),
        max_length=1000,
        rows=4,
    )

    def __init__(self, *args, case: Case, outcomes, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["outcome"].choices = outcomes
