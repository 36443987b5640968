"""A slip of form: every answer that may hold one, as it is now, and what shows the right one."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core.forms import DatePartsField, PlainTextField
from portal.core.partial_dates import PartialDateField
from workflows.forms.base import ActForm

SWAP = "swap_names"


class CorrectForm(ActForm):
    """What is changed in the boxes is corrected; the rest stays as the person wrote it.

    `version` is the filing that the page shows: a page that has aged corrects nothing.

    `slips` are the questions with their present answers, `papers` the files of the last filing.
    """

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Cette page est incomplète : rouvrez le dossier."),
            "invalid": _("Cette page est incomplète : rouvrez le dossier."),
        },
    )

    def __init__(self, *args, slips, papers, **kwargs):
        super().__init__(*args, **kwargs)
        self.slips = slips
        self.fields["version"].initial = self.case.submission_number
        if {slip.field.means for slip in slips}.issuperset(dossiers.NAMES):
            self.fields[SWAP] = forms.BooleanField(
                label=_("Le nom et les prénoms sont écrits l’un à la place de l’autre"),
                required=False,
            )
            self.fields[SWAP].hide_optional = True
        for slip in slips:
            self.fields[f"new_{slip.field.name}"] = _control(slip)
        self.fields["proof"] = forms.ChoiceField(
            label=_("Le document qui le montre"),
            help_text=_("Nécessaire pour l’état civil : le nom, les prénoms, la naissance."),
            choices=[("", _("Aucun : ce n’est pas l’état civil")), *papers],
            required=False,
        )
        self.fields["reason"] = PlainTextField(
            label=_("Ce qui était faux, en une phrase"),
            help_text=_("La personne lit cette phrase. Par exemple : deux lettres inversées."),
            max_length=500,
            rows=2,
        )

    def swap(self):
        """The box for inverted names, when both are asked."""
        return self[SWAP] if SWAP in self.fields else None

    def boxes(self):
        return [self[f"new_{slip.field.name}"] for slip in self.slips]

    def changes(self) -> dict:
        """The answers that differ from those filed, as they are kept."""
        said = {s.field.name: _kept(self.cleaned_data[f"new_{s.field.name}"]) for s in self.slips}
        before = {slip.field.name: _kept(slip.answer) for slip in self.slips}
        changed = {name: value for name, value in said.items() if value != before[name]}
        if self.cleaned_data.get(SWAP):
            first, second = (self._named(means) for means in dossiers.NAMES)
            changed |= {first: before[second], second: before[first]}
        return changed

    def _named(self, means):
        return next(slip.field.name for slip in self.slips if slip.field.means == means)


def _control(slip):
    field = slip.field
    answer = None if isinstance(slip.answer, dict) else slip.answer  # one name only: no text
    must_stay = field.required and bool(answer)
    common = {"label": field.label.fr, "required": must_stay, "initial": answer}
    if field.kind == "date":
        return PartialDateField(**common) if field.partial else DatePartsField(**common)
    control = PlainTextField(max_length=field.max_length or 200, **common)
    if field.pattern:
        wrong = _("Cette réponse n’a pas la forme attendue.")
        control.validators.append(RegexValidator(rf"\A(?:{field.pattern})\Z", wrong))
    return control


def _kept(value):
    """What is kept of a value: a day as ISO text, nothing as nothing, "one name only" too."""
    if isinstance(value, dict):
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value or None


class SettleForm(ActForm):
    """The answer to a person who says that a correction is not right."""

    note = PlainTextField(
        label=_("Votre réponse à la personne"),
        help_text=_("Dites ce que vous avez vérifié, et ce qui est écrit maintenant."),
        max_length=1000,
        rows=4,
    )
