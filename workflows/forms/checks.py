"""The checklist inside the proposal's form: an answer, a paper and a note for each check."""

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField
from workflows.enums import CheckAnswer
from workflows.forms.base import capitalised
from workflows.services.checking import Checked


@dataclass(frozen=True)
class CheckRow:
    """One check as the template lays it out: its words, then its three fields."""

    line: object
    answer: forms.BoundField
    paper: forms.BoundField | None
    note: forms.BoundField


class ChecklistMixin:
    """Adds the fields of a checklist to a form, and reads them back."""

    def add_checks(self, lines) -> None:
        """Three fields for each check that applies; the others are settled by the answers."""
        self.lines = [line for line in lines if line.applies]
        self.set_aside = [line for line in lines if not line.applies]
        for line in self.lines:
            self.fields[f"check_{line.code}"] = forms.ChoiceField(
                label=line.label,
                choices=capitalised(CheckAnswer.choices),
                widget=forms.RadioSelect,
                required=False,
            )
            if line.papers:
                self.fields[f"paper_{line.code}"] = forms.ChoiceField(
                    label=_("Pièce qui le prouve"),
                    choices=[("", _("Aucune pièce")), *line.papers],
                    required=False,
                )
            self.fields[f"note_{line.code}"] = PlainTextField(
                label=_("Note"), max_length=500, required=False
            )
            for part in ("check", "paper", "note"):
                if f"{part}_{line.code}" in self.fields:
                    self.fields[f"{part}_{line.code}"].hide_optional = True

    def check_rows(self) -> list[CheckRow]:
        """Each check with its fields, in the order of the procedure."""
        return [
            CheckRow(
                line=line,
                answer=self[f"check_{line.code}"],
                paper=self[f"paper_{line.code}"] if line.papers else None,
                note=self[f"note_{line.code}"],
            )
            for line in self.lines
        ]

    def refuse_unanswered(self, cleaned) -> None:
        """Every check that applies has an answer before a grant or a refusal."""
        for line in self.lines:
            name = f"check_{line.code}"
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Dites si cette condition est remplie."))

    def checks(self) -> tuple[Checked, ...]:
        """The answers given, as the service wants them."""
        cleaned = self.cleaned_data
        return tuple(
            Checked(
                code=line.code,
                answer=cleaned[f"check_{line.code}"],
                paper_id=_identifier(cleaned.get(f"paper_{line.code}")),
                note=cleaned[f"note_{line.code}"],
            )
            for line in self.lines
        )

    def unmet_as_typed(self) -> list:
        """The checks marked as not met in what was sent, before anything is validated."""
        not_met = CheckAnswer.NOT_MET.value
        return [line for line in self.lines if self.data.get(f"check_{line.code}") == not_met]


def _identifier(value) -> UUID | None:
    return UUID(value) if value else None
