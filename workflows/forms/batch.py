"""The form of each act that may be repeated for many cases, and what it gives to the act."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from workflows.forms.completion import AskCompletionForm
from workflows.forms.decision import ProposeForm
from workflows.models import BatchKind, Case


class ManyCompletionForm(AskCompletionForm):
    """The items that every chosen dossier has, asked of each person with the same reasons."""

    template = "workflows/_batch_completion.html"

    def __init__(self, *args, cases, **kwargs):
        askable = dossiers.askable_in_common([case.dossier_id for case in cases])
        super().__init__(*args, case=Case(), askable=askable, **kwargs)
        del self.fields["last_step"]

    def facts(self) -> dict:
        """What the act says to everybody, as the batch keeps it."""
        return {
            "items": self.items(),
            "message": self.cleaned_data["message"],
            "due_on": self.cleaned_data["due_on"].isoformat(),
        }

    def summary(self) -> list[dict]:
        """The same, as the agent reads it again before starting."""
        labels = {(kind, code): label for kind, code, label in self.askable}
        rows = [
            {"label": labels[item["kind"], item["code"]], "value": item["why"]}
            for item in self.items()
        ]
        due_on = date_format(self.cleaned_data["due_on"], "j F Y")
        rows.append({"label": self.fields["due_on"].label, "value": due_on})
        if self.cleaned_data["message"]:
            rows.append(
                {"label": self.fields["message"].label, "value": self.cleaned_data["message"]}
            )
        return rows


class ManyClosuresForm(forms.Form):
    """Grounds that are true of every chosen case; a second person signs each closure."""

    template = "workflows/_batch_closure.html"
    grounds_law = ProposeForm.base_fields["grounds_law"]
    grounds_fact = ProposeForm.base_fields["grounds_fact"]

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grounds_fact"].help_text = _(
            "Ce qui est vrai de chacun de ces dossiers. Chaque personne lira ce texte : "
            "n’y nommez personne."
        )

    def facts(self) -> dict:
        """What the act says to everybody, as the batch keeps it."""
        return {name: self.cleaned_data[name] for name in ("grounds_law", "grounds_fact")}

    def summary(self) -> list[dict]:
        """The same, as the agent reads it again before starting."""
        return [
            {"label": self.fields[name].label, "value": value}
            for name, value in self.facts().items()
        ]


FORMS = {
    BatchKind.ASK_COMPLETION.value: ManyCompletionForm,
    BatchKind.PROPOSE_CLOSURE.value: ManyClosuresForm,
}
"""The form of each kind of `services.batch_kinds`."""
