"""Withdrawing a granted title: the proposal, the person's answer, the signature."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows import deadlines
from workflows.forms.base import ActForm
from workflows.forms.decision import SignForm


def first_answer_day() -> dt.date:
    return deadlines.first_answer_due_on(clock.today())


class ProposeRetractionForm(ActForm):
    """Why the grant seems unlawful, and until when the person may answer."""

    grounds_law = PlainTextField(label=_("Motifs en droit"), max_length=4000, rows=4)
    grounds_fact = PlainTextField(
        label=_("Motifs en fait"),
        help_text=_("La personne lira ce texte et pourra y répondre avant toute décision."),
        max_length=8000,
        rows=8,
    )
    due_on = DatePartsField(
        label=_("La personne peut répondre jusqu’au"),
        help_text=_("Quinze jours au moins (règle du portail ; CRPA, art. L. 122-1)."),
        earliest=first_answer_day,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = first_answer_day()


class SignRetractionForm(SignForm):
    """Sign the withdrawal, or leave the title granted with a note."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [
            (self.SIGN, _("Je signe le retrait du titre")),
            (self.SEND_BACK, _("Je ne retire pas : le titre reste accordé")),
        ]
        self.fields["read_everything"].label = _("J’ai lu les motifs et la réponse de la personne")


class ObservationsForm(forms.Form):
    """What the person answers, and with whose help."""

    text = PlainTextField(
        label=_("Votre réponse"),
        help_text=_("Avec vos mots. Vous répondez une fois : relisez avant d’envoyer."),
        max_length=8000,
        rows=10,
    )
    assisted_by = PlainTextField(
        label=_("Qui vous a aidé ?"),
        help_text=_("Un avocat, une association, une personne de votre choix."),
        max_length=200,
        required=False,
    )
