"""The form of each act that may be repeated for many cases, and what it gives to the act."""

from django import forms
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core.forms import PlainTextField
from workflows.enums import Outcome
from workflows.forms.completion import AskCompletionForm
from workflows.forms.decision import ProposeForm
from workflows.models import BatchKind, Case
from workflows.models.decision import UNWRITTEN


class ManyCompletionForm(AskCompletionForm):
    """The items that every chosen dossier has, asked of each person with the same reasons."""

    template = "workflows/_batch_completion.html"

    def __init__(self, *args, cases, **kwargs):
        askable = dossiers.askable_in_common([case.dossier_id for case in cases])
        super().__init__(*args, case=Case(), askable=askable, asked_before=1, **kwargs)
        del self.fields["last_step"]
        self.fields["round_reason"].required = False
        self.fields["round_reason"].help_text = _(
            "Pour les dossiers qui ont déjà reçu une demande. Sans cette raison, ils ne seront "
            "pas demandés une nouvelle fois. Le signataire la lira."
        )

    def facts(self) -> dict:
        """What the act says to everybody, as the batch keeps it."""
        return {
            "items": self.items(),
            "message": self.cleaned_data["message"],
            "due_on": self.cleaned_data["due_on"].isoformat(),
            "round_reason": self.cleaned_data["round_reason"],
        }

    def summary(self) -> list[dict]:
        """The same, as the agent reads it again before starting."""
        labels = {(one.kind, one.code): one.label for one in self.askable}
        rows = [
            {"label": labels[item["kind"], item["code"]], "value": _said(item)}
            for item in self.items()
        ]
        due_on = date_format(self.cleaned_data["due_on"], "j F Y")
        rows.append({"label": self.fields["due_on"].label, "value": due_on})
        rows += [
            {"label": self.fields[name].label, "value": self.cleaned_data[name]}
            for name in ("message", "round_reason")
            if self.cleaned_data[name]
        ]
        return rows


def _said(item) -> str:
    """The ready reason and the agent's own words, as the person will read them."""
    ready = dossiers.reason_words(item["reason_code"], "fr") if item["reason_code"] else ""
    return " ".join(part for part in (ready, item["why"]) if part)


class ManyClosuresForm(forms.Form):
    """A legal reason and grounds true of every chosen case; a second person signs each closure."""

    template = "workflows/_batch_closure.html"
    ground = forms.ChoiceField(
        label=_("Motif du classement sans suite"),
        error_messages={"required": _("Choisissez le motif du classement sans suite.")},
    )
    grounds_law = ProposeForm.base_fields["grounds_law"]
    grounds_fact = ProposeForm.base_fields["grounds_fact"]

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)
        language = (get_language() or "fr").split("-")[0]
        offered = [(one.code, one.label.get(language)) for one in closures_in_common(cases)]
        self.fields["ground"].choices = [("", _("Choisissez un motif")), *offered]
        self.fields["grounds_fact"].help_text = _(
            "Ce qui est vrai de chacun de ces dossiers. Chaque personne lira ce texte : "
            "n’y nommez personne."
        )

    def clean(self):
        cleaned = super().clean()
        for name in ("grounds_law", "grounds_fact"):
            if UNWRITTEN in cleaned.get(name, ""):
                self.add_error(name, _("Remplacez chaque « […] » par ce qui est demandé."))
        return cleaned

    def facts(self) -> dict:
        """What the act says to everybody, as the batch keeps it."""
        said = self.cleaned_data
        return {
            "closure_code": said["ground"],
            "grounds_law": said["grounds_law"],
            "grounds_fact": said["grounds_fact"],
        }

    def summary(self) -> list[dict]:
        """The same, as the agent reads it again before starting."""
        reasons = dict(self.fields["ground"].choices)
        return [
            {"label": self.fields["ground"].label, "value": reasons[self.cleaned_data["ground"]]},
            *[
                {"label": self.fields[name].label, "value": self.cleaned_data[name]}
                for name in ("grounds_law", "grounds_fact")
            ],
        ]


def closures_in_common(cases) -> list:
    """The coded reasons of closure that the procedure of each of these cases has."""
    libraries = {case.dossier.version_id: dossiers.grounds_of(case.dossier) for case in cases}
    lists = [[one for one in found if one.outcome == Outcome.CLOSE] for found in libraries.values()]
    if not lists:
        return []
    shared = set.intersection(*({one.code for one in found} for found in lists))
    return [one for one in lists[0] if one.code in shared]


class ManyHandoversForm(forms.Form):
    """Why these cases leave their agents; who receives them is left to chance."""

    template = "workflows/_batch_handover.html"
    reason = PlainTextField(
        label=_("Motif"),
        help_text=_("Par exemple : une charge trop lourde. Visible des agents seulement."),
        max_length=500,
        rows=3,
    )

    def __init__(self, *args, cases, **kwargs):
        super().__init__(*args, **kwargs)

    def facts(self) -> dict:
        """What the batch keeps of it."""
        return {"reason": self.cleaned_data["reason"]}

    def summary(self) -> list[dict]:
        """The same, as the supervisor reads it again before starting."""
        return [{"label": self.fields["reason"].label, "value": self.cleaned_data["reason"]}]


FORMS = {
    BatchKind.ASK_COMPLETION.value: ManyCompletionForm,
    BatchKind.PROPOSE_CLOSURE.value: ManyClosuresForm,
    BatchKind.GIVE_AWAY.value: ManyHandoversForm,
}
"""The form of each kind of `services.batch_kinds`."""
