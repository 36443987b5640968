"""Everything missing, listed once, with the reason of each item and a deadline."""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField
from workflows import deadlines
from workflows.enums import ItemVerdict
from workflows.forms.acts import tomorrow
from workflows.forms.base import ActForm, capitalised

LONGEST_DAYS = 180
PARTS = ("pick", "reason", "why", "example", "essential")
UNWANTED = {"csrfmiddlewaretoken", "send", "edit", "check"}


def latest_deadline() -> dt.date:
    return clock.today() + dt.timedelta(days=LONGEST_DAYS)


@dataclass(frozen=True)
class Row:
    """One item that may be asked again, with its controls."""

    item: dossiers.Askable
    pick: forms.BoundField
    reason: forms.BoundField
    why: forms.BoundField
    example: forms.BoundField
    essential: forms.BoundField | None


class AskCompletionForm(ActForm):
    """Each answer and each box of the procedure may be asked again, with the reason why.

    `prefill` is {(kind, code): note}: what the last answers did not settle. A round after the
    first one asks the agent why.
    """

    message = PlainTextField(
        label=_("Message à la personne"),
        help_text=_("Facile à lire, sans jargon. Les motifs de chaque élément suivent."),
        max_length=2000,
        rows=3,
        required=False,
    )
    due_on = DatePartsField(
        label=_("À envoyer au plus tard le"),
        help_text=_(
            "Si vous demandez un élément indispensable, l’examen attend et le délai de rejet "
            "implicite est suspendu jusque-là (CRPA, art. L. 114-5). Sinon tout continue."
        ),
        earliest=tomorrow,
        latest=latest_deadline,
    )
    round_reason = PlainTextField(
        label=_("Pourquoi un nouveau complément"),
        help_text=_("Un complément a déjà été demandé. Le signataire lira cette raison."),
        max_length=500,
        rows=2,
    )

    def __init__(self, *args, askable, asked_before=0, prefill=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.askable, self.asked_before = list(askable), asked_before
        self.fields["due_on"].initial = clock.today() + dt.timedelta(days=deadlines.COMPLETION_DAYS)
        if not asked_before:
            del self.fields["round_reason"]
        reasons = {kind: _choices(kind) for kind in ("field", "evidence")}
        for item in self.askable:
            self._add(item, reasons[item.kind], (prefill or {}).get((item.kind, item.code)))

    def _add(self, item, reasons, note):
        key = f"{item.kind}_{item.code}"
        self.fields[f"pick_{key}"] = forms.BooleanField(
            label=item.label, required=False, initial=note is not None
        )
        self.fields[f"reason_{key}"] = forms.ChoiceField(
            label=_("Motif prêt : %(item)s") % {"item": item.label}, choices=reasons, required=False
        )
        self.fields[f"why_{key}"] = PlainTextField(
            label=_("Motif : %(item)s") % {"item": item.label},
            help_text=_("À la place du motif prêt, ou en plus."),
            max_length=500,
            required=False,
            initial=note,
        )
        self.fields[f"example_{key}"] = PlainTextField(
            label=_("Ce qui convient : %(item)s") % {"item": item.label},
            max_length=500,
            rows=2,
            required=False,
            initial=item.example,
        )
        self.fields[f"essential_{key}"] = forms.TypedChoiceField(
            label=_("Sans cet élément, l’examen : %(item)s") % {"item": item.label},
            choices=_essential_choices(item),
            coerce=_ESSENTIAL.get,
            empty_value=None,
            required=False,
        )
        for part in PARTS:
            self.fields[f"{part}_{key}"].hide_optional = True

    def _row(self, item):
        key = f"{item.kind}_{item.code}"
        return Row(item, **{part: self[f"{part}_{key}"] for part in PARTS})

    def expected_rows(self):
        """The pieces that the answers call for, or that were given."""
        return [self._row(i) for i in self.askable if i.kind == "evidence" and i.is_expected]

    def other_rows(self):
        """The pieces of the procedure that this situation does not call for."""
        return [self._row(i) for i in self.askable if i.kind == "evidence" and not i.is_expected]

    def field_rows(self):
        """The answers that were filed."""
        return [self._row(i) for i in self.askable if i.kind == "field"]

    def clean(self):
        cleaned = super().clean()
        picked = [f"{i.kind}_{i.code}" for i in self.askable if cleaned.get(_pick(i))]
        if not picked:
            self.add_error(None, _("Cochez au moins une pièce ou une réponse à demander."))
        for key in picked:
            said = cleaned.get(f"why_{key}") or cleaned.get(f"reason_{key}")
            if not said and f"why_{key}" not in self.errors:
                self.add_error(f"why_{key}", _("Dites à la personne ce qui manque ou ne va pas."))
        return cleaned

    def picked(self) -> list[dossiers.Askable]:
        """The items asked for, in the order of the page."""
        return [item for item in self.askable if self.cleaned_data[_pick(item)]]

    def items(self) -> list[dict]:
        """What is asked, as `dossiers` wants it."""
        said = self.cleaned_data
        return [
            {
                "kind": item.kind,
                "code": item.code,
                "why": said[f"why_{item.kind}_{item.code}"],
                "reason_code": said[f"reason_{item.kind}_{item.code}"],
                "example": said[f"example_{item.kind}_{item.code}"],
                "essential": self.is_essential(item),
            }
            for item in self.picked()
        ]

    def is_essential(self, item) -> bool:
        """Whether the review waits for it (CRPA L.114-5-1): the agent's word, or the default."""
        said = self.cleaned_data[f"essential_{item.kind}_{item.code}"]
        return item.essential if said is None else said

    def kept(self) -> list[tuple[str, str]]:
        """Everything typed, to be carried from the check to the sending."""
        return [
            (name, value)
            for name, values in self.data.lists()
            if name not in UNWANTED
            for value in values
            if value
        ]


class AskSupplyForm(AskCompletionForm):
    """What a grant waits for, asked again: nothing of it is essential any more."""

    def _add(self, item, reasons, note):
        super()._add(item, reasons, note)
        field = self.fields[f"essential_{item.kind}_{item.code}"]
        field.initial, field.disabled = "no", True


class ConfirmSupplyForm(ActForm):
    """What the office has received of what a grant waits for; a note when it came otherwise."""

    def __init__(self, *args, awaited, **kwargs):
        super().__init__(*args, **kwargs)
        self.awaited = awaited
        for row in awaited:
            self.fields[f"received_{row.pk}"] = forms.BooleanField(
                label=_("Reçu : %(item)s") % {"item": row.label}, required=False
            )
            self.fields[f"note_{row.pk}"] = PlainTextField(
                label=_("Comment c’est arrivé : %(item)s") % {"item": row.label},
                help_text=_("Nécessaire si ce n’est pas venu par le portail."),
                max_length=500,
                rows=2,
                required=False,
            )
            for part in ("received", "note"):
                self.fields[f"{part}_{row.pk}"].hide_optional = True

    def rows(self):
        """Each awaited thing beside its two controls."""
        return [(row, self[f"received_{row.pk}"], self[f"note_{row.pk}"]) for row in self.awaited]

    def clean(self):
        cleaned = super().clean()
        for row in self.awaited:
            note = f"note_{row.pk}"
            is_ticked = cleaned.get(f"received_{row.pk}")
            if is_ticked and row.sent_on is None and not cleaned.get(note):
                self.add_error(note, _("Dites comment la préfecture l’a reçu."))
        if not self.errors and not self.received():
            self.add_error(None, _("Cochez ce que la préfecture a reçu."))
        return cleaned

    def received(self) -> dict:
        """{supply: note} for what was ticked."""
        said = self.cleaned_data
        return {
            row.pk: said[f"note_{row.pk}"] for row in self.awaited if said.get(f"received_{row.pk}")
        }


_ESSENTIAL = {"yes": True, "no": False}


def _essential_choices(item):
    """What the procedure says is chosen when the agent says nothing."""
    waits, goes_on = _("Selon la démarche : attend"), _("Selon la démarche : continue")
    default = waits if item.essential else goes_on
    return [("", default), ("yes", _("Attend")), ("no", _("Continue"))]


def _pick(item):
    return f"pick_{item.kind}_{item.code}"


def _choices(kind):
    ready = [(reason.code, reason.text.fr) for reason in dossiers.reasons_about(kind)]
    return [("", _("Choisissez un motif, ou écrivez le vôtre")), *ready]


class ReviewItemsForm(ActForm):
    """For each answer: accepted, or not enough and why. What is left blank is for later."""

    def __init__(self, *args, answers, **kwargs):
        super().__init__(*args, **kwargs)
        self.answers = answers
        for answer in answers:
            key, label = answer.item.pk, answer.words.label
            self.fields[f"verdict_{key}"] = forms.ChoiceField(
                label=_("Votre lecture : %(item)s") % {"item": label},
                choices=capitalised(ItemVerdict.choices),
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"note_{key}"] = PlainTextField(
                label=_("Ce qui manque encore : %(item)s") % {"item": label},
                help_text=_("Nécessaire si ce n’est pas suffisant : la personne le lira."),
                max_length=500,
                rows=2,
                required=False,
            )
            for part in ("verdict", "note"):
                self.fields[f"{part}_{key}"].hide_optional = True

    def rows(self):
        """Each answer beside its two controls."""
        return [
            (answer, self[f"verdict_{answer.item.pk}"], self[f"note_{answer.item.pk}"])
            for answer in self.answers
        ]

    def clean(self):
        cleaned = super().clean()
        for answer in self.answers:
            key = answer.item.pk
            not_enough = cleaned.get(f"verdict_{key}") == ItemVerdict.NOT_ENOUGH
            if not_enough and not cleaned.get(f"note_{key}") and f"note_{key}" not in self.errors:
                self.add_error(f"note_{key}", _("Expliquez ce qui manque encore."))
        if not self.errors and not self.verdicts():
            self.add_error(None, _("Donnez votre lecture d’au moins une réponse."))
        return cleaned

    def verdicts(self) -> dict:
        """{item: (verdict, note)} for the answers that were read."""
        said = self.cleaned_data
        return {
            answer.item.pk: (said[f"verdict_{answer.item.pk}"], said[f"note_{answer.item.pk}"])
            for answer in self.answers
            if said.get(f"verdict_{answer.item.pk}")
        }
