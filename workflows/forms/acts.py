"""The short acts of the desk: acknowledge, consult, transmit, reopen."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows import deadlines
from workflows.enums import OpinionAnswer, OpinionKind
from workflows.forms.base import ActForm, capitalised


def tomorrow() -> dt.date:
    return clock.today() + dt.timedelta(days=1)


class AcknowledgeForm(ActForm):
    """The reviewer states that nothing is missing."""

    read_everything = forms.BooleanField(
        label=_("J’ai vérifié les réponses et ouvert chaque pièce de ce dossier"),
        error_messages={"required": _("Confirmez que vous avez ouvert chaque pièce.")},
    )


class AskOpinionForm(ActForm):
    """One question to one service, with a day."""

    kind = forms.ChoiceField(
        label=_("Service consulté"),
        choices=capitalised(OpinionKind.choices),
        widget=forms.RadioSelect,
    )
    question = PlainTextField(label=_("Question posée"), max_length=2000, rows=4)
    due_on = DatePartsField(
        label=_("Réponse attendue avant le"),
        help_text=_("Le délai légal continue de courir pendant la consultation."),
        earliest=tomorrow,
    )
    hearing_on = DatePartsField(
        label=_("Jour où la commission entend la personne"),
        help_text=_(
            "Pour la commission du titre de séjour seulement : quinze jours au moins après la "
            "convocation, qui part aussitôt à la personne."
        ),
        required=False,
    )
    hearing_place = PlainTextField(
        label=_("Heure et lieu de la séance"),
        help_text=_("Pour la commission seulement. La convocation les donne mot pour mot."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = clock.today() + dt.timedelta(days=deadlines.OPINION_DAYS)
        for name in ("hearing_on", "hearing_place"):
            self.fields[name].hide_optional = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") != OpinionKind.RESIDENCE_BOARD:
            return cleaned | {"hearing_on": None, "hearing_place": ""}
        needed = {
            "hearing_on": _("Indiquez le jour où la commission entend la personne."),
            "hearing_place": _("Indiquez l’heure et le lieu : la personne doit pouvoir venir."),
        }
        for name, sentence in needed.items():
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)
        return cleaned


class ReceiveOpinionForm(ActForm):
    """What the service answered, or that it did not."""

    answer = forms.ChoiceField(
        label=_("Avis rendu"), choices=capitalised(OpinionAnswer.choices), widget=forms.RadioSelect
    )
    text = PlainTextField(label=_("Texte de l’avis"), max_length=5000, rows=6, required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") not in (None, OpinionAnswer.NONE) and not cleaned.get("text"):
            self.add_error("text", _("Recopiez l’avis, ou résumez-le."))
        return cleaned


class OfficeForm(ActForm):
    """Which office is competent, and why; said to nobody but the agents."""

    prefecture = forms.ChoiceField(label=_("Préfecture compétente"))
    reason = PlainTextField(
        label=_("Motif"),
        help_text=_("Par exemple : la personne a déménagé. Visible des agents seulement."),
        max_length=500,
        rows=3,
    )

    def __init__(self, *args, offices, named=None, **kwargs):
        super().__init__(*args, **kwargs)
        if named is None:
            self.fields["prefecture"].choices = [("", _("Choisissez une préfecture")), *offices]
            return
        first = (named.code, _("%(office)s (désignée par la règle)") % {"office": named.name})
        self.fields["prefecture"].choices = [
            first,
            *(office for office in offices if office[0] != named.code),
        ]
        self.fields["prefecture"].initial = named.code
        self.fields["reason"].initial = named.reason


class ReopenForm(ActForm):
    """Why a refusal or a closure is withdrawn."""

    reason = PlainTextField(
        label=_("Motif du retrait de la décision"),
        help_text=_("Le dossier garde sa date de dépôt. La lettre ne vaudra plus."),
        max_length=1000,
        rows=4,
    )
