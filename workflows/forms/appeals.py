"""An appeal as it is filed by the person, noted by the office, and accepted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows.enums import DECIDED_ELSEWHERE, AppealKind, AppealOutcome
from workflows.forms.base import ActForm, capitalised


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


class RecordAnswerForm(ActForm):
    """What was decided elsewhere, its date and number; the days that a court gives."""

    outcome = forms.ChoiceField(label=_("Ce qui a été décidé"), widget=forms.RadioSelect)
    answered_on = DatePartsField(label=_("Date de cette réponse"), latest=clock.today)
    answer_number = PlainTextField(label=_("Numéro ou référence"), max_length=40, dir="ltr")
    days = forms.IntegerField(
        label=_("Jours donnés par le tribunal pour réexaminer"),
        help_text=_("Comptés ici depuis la date du jugement, pour ne jamais être en retard."),
        min_value=1,
        max_value=365,
        required=False,
    )

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [(one.value, one.label) for one in DECIDED_ELSEWHERE]
        if kind != AppealKind.CONTENTIOUS:
            choices = [one for one in choices if one[0] != AppealOutcome.STRUCK_OUT]
            del self.fields["days"]
        self.fields["outcome"].choices = capitalised(choices)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("days") and cleaned.get("outcome") != AppealOutcome.ANNULLED:
            self.add_error("days", _("Seule une annulation donne des jours pour réexaminer."))
        return cleaned

    def facts(self) -> dict:
        """What the service keeps, besides who, when and the step seen."""
        names = ("outcome", "answered_on", "answer_number", "days")
        return {name: self.cleaned_data.get(name) for name in names}
