"""Everything missing, listed once, with the reason of each item and a deadline."""

import datetime as dt

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows import deadlines
from workflows.forms.acts import tomorrow
from workflows.forms.base import ActForm

LONGEST_DAYS = 180


def latest_deadline() -> dt.date:
    return clock.today() + dt.timedelta(days=LONGEST_DAYS)


class AskCompletionForm(ActForm):
    """Each answer and each box of the procedure may be asked again, with the reason why."""

    message = PlainTextField(
        label=_("Message à la personne"),
        help_text=_("Facile à lire, sans jargon. Les motifs de chaque élément suivent."),
        max_length=2000,
        rows=3,
        required=False,
    )
    due_on = DatePartsField(
        label=_("À envoyer au plus tard le"),
        help_text=_("Le délai de rejet implicite est suspendu jusque-là (CRPA, art. L. 114-5)."),
        earliest=tomorrow,
        latest=latest_deadline,
    )

    def __init__(self, *args, askable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["due_on"].initial = clock.today() + dt.timedelta(days=deadlines.COMPLETION_DAYS)
        self.askable = list(askable)
        for kind, code, label in self.askable:
            self.fields[f"pick_{kind}_{code}"] = forms.BooleanField(label=label, required=False)
            why = PlainTextField(
                label=_("Motif : %(item)s") % {"item": label},
                max_length=500,
                required=False,
            )
            self.fields[f"pick_{kind}_{code}"].hide_optional = why.hide_optional = True
            self.fields[f"why_{kind}_{code}"] = why

    def rows(self, kind):
        """The item and its reason, side by side, for one kind of item."""
        return [
            (self[f"pick_{kind}_{code}"], self[f"why_{kind}_{code}"])
            for found, code, _label in self.askable
            if found == kind
        ]

    def evidence_rows(self):
        return self.rows("evidence")

    def field_rows(self):
        return self.rows("field")

    def clean(self):
        cleaned = super().clean()
        picked = [
            (kind, code) for kind, code, _l in self.askable if cleaned.get(f"pick_{kind}_{code}")
        ]
        if not picked:
            self.add_error(None, _("Cochez au moins une pièce ou une réponse à demander."))
        for kind, code in picked:
            if not cleaned.get(f"why_{kind}_{code}") and f"why_{kind}_{code}" not in self.errors:
                self.add_error(
                    f"why_{kind}_{code}", _("Dites à la personne ce qui manque ou ne va pas.")
                )
        return cleaned

    def items(self) -> list[dict]:
        """What is asked, as `dossiers` wants it."""
        return [
            {"kind": kind, "code": code, "why": self.cleaned_data[f"why_{kind}_{code}"]}
            for kind, code, _label in self.askable
            if self.cleaned_data[f"pick_{kind}_{code}"]
        ]
