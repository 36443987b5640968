"""What the first person proposes and what the second one answers."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from portal.core.forms import DatePartsField, PlainTextField
from workflows.enums import Outcome
from workflows.forms.base import ActForm, capitalised
from workflows.services.deciding import Draft


def months_label(months: int) -> str:
    """A duration as people say it."""
    if months % 12 == 0:
        return ngettext_lazy("%(years)s an", "%(years)s ans", months // 12) % {
            "years": months // 12
        }
    return _("%(months)s mois") % {"months": months}


class ProposeForm(ActForm):
    """A decision with its grounds in law and in fact; the machine checks the case."""

    outcome = forms.ChoiceField(
        label=_("Décision proposée"), choices=capitalised(Outcome.choices), widget=forms.RadioSelect
    )
    grounds_law = PlainTextField(
        label=_("Motifs en droit"),
        help_text=_("Les articles appliqués. Ils figurent dans la lettre (CRPA, art. L. 211-5)."),
        max_length=4000,
        rows=4,
    )
    grounds_fact = PlainTextField(
        label=_("Motifs en fait"),
        help_text=_("Ce qui, dans ce dossier, fonde la décision. La personne lira ce texte."),
        max_length=8000,
        rows=8,
    )
    title_starts_on = DatePartsField(
        label=_("Titre valable à partir du"),
        help_text=_("Pour une décision favorable seulement."),
        required=False,
    )
    title_months = forms.TypedChoiceField(
        label=_("Durée du titre"),
        help_text=_("Pour une décision favorable seulement."),
        required=False,
        coerce=int,
        empty_value=None,
    )

    def __init__(self, *args, title_rules, law, starts_on, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grounds_law"].initial = law
        self.fields["title_starts_on"].initial = starts_on
        self.same_end_date = title_rules.same_end_date
        if self.same_end_date:
            del self.fields["title_months"]
        else:
            self.fields["title_months"].choices = [
                ("", _("Choisissez une durée")),
                *[(months, months_label(months)) for months in title_rules.offered],
            ]
        for name in ("title_starts_on", "title_months"):
            if name in self.fields:
                self.fields[name].hide_optional = True
        if self.case.complete_at is None:
            self.fields["outcome"].choices = capitalised(
                [(Outcome.CLOSE.value, Outcome.CLOSE.label)]
            )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == Outcome.GRANT:
            needed = {
                "title_starts_on": _("Indiquez le premier jour du titre."),
                "title_months": _("Choisissez la durée du titre."),
            }
            for name, sentence in needed.items():
                if name in self.fields and not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, sentence)
        return cleaned

    def draft(self) -> Draft:
        """The proposal, without title dates for anything but a grant."""
        grant = self.cleaned_data["outcome"] == Outcome.GRANT
        return Draft(
            outcome=self.cleaned_data["outcome"],
            grounds_law=self.cleaned_data["grounds_law"],
            grounds_fact=self.cleaned_data["grounds_fact"],
            title_starts_on=self.cleaned_data["title_starts_on"] if grant else None,
            title_months=self.cleaned_data.get("title_months") if grant else None,
        )


class SignForm(ActForm):
    """Sign the whole proposal, or send it back with a note."""

    SIGN, SEND_BACK = "sign", "send_back"
    answer = forms.ChoiceField(
        label=_("Votre réponse"),
        choices=[
            (SIGN, _("Je signe cette décision")),
            (SEND_BACK, _("Je la renvoie à l’instruction")),
        ],
        widget=forms.RadioSelect,
    )
    note = PlainTextField(
        label=_("Note à la personne qui instruit"),
        help_text=_("Obligatoire si vous renvoyez. Elle ne figure pas dans la lettre."),
        max_length=2000,
        rows=3,
        required=False,
    )
    read_everything = forms.BooleanField(
        label=_("J’ai lu la proposition entière et vu les pièces utiles"), required=False
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("note", "read_everything"):
            self.fields[name].hide_optional = True

    def clean(self):
        cleaned = super().clean()
        answer = cleaned.get("answer")
        if answer == self.SEND_BACK and not cleaned.get("note"):
            self.add_error("note", _("Dites ce qui doit être revu."))
        if answer == self.SIGN and not cleaned.get("read_everything"):
            self.add_error("read_everything", _("Confirmez que vous avez tout lu."))
        return cleaned

    @property
    def signs(self) -> bool:
        return self.cleaned_data["answer"] == self.SIGN
