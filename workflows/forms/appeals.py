"""An appeal as it is filed by the person, noted by the office, and accepted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField
from workflows.enums import AppealKind
from workflows.forms.base import ActForm


class FileAppealForm(forms.Form):
    """To whom, and why: no article of law is asked of the person."""

    kind = forms.ChoiceField(
        label=_("À qui vous adressez-vous ?"),
        choices=[
            (
                AppealKind.GRACIOUS.value,
                _("À la préfecture, pour qu’elle revoie sa réponse (recours gracieux)"),
            ),
            (
                AppealKind.HIERARCHICAL.value,
                _("Au ministre de l’intérieur, au-dessus de la préfecture (recours hiérarchique)"),
            ),
        ],
        widget=forms.RadioSelect,
    )
    text = PlainTextField(
        label=_("Pourquoi contestez-vous ce refus ?"),
        help_text=_("Dites avec vos mots ce qui n’est pas juste ou ce qui a changé."),
        max_length=8000,
        rows=10,
    )


class RecordContentiousForm(forms.Form):
    """The number that the court gave."""

    court_number = PlainTextField(label=_("Numéro donné par le tribunal"), max_length=40, dir="ltr")
    text = PlainTextField(
        label=_("Note"),
        help_text=_("Par exemple : le tribunal saisi. Visible de la personne et des agents."),
        max_length=1000,
        rows=3,
        required=False,
    )


class AcceptAppealForm(ActForm):
    """Why the decision is withdrawn."""

    reason = PlainTextField(
        label=_("Motif du retrait de la décision"),
        help_text=_("Le dossier garde sa date de dépôt. La lettre ne vaudra plus."),
        max_length=1000,
        rows=4,
    )
