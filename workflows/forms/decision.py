"""What the first person proposes and what the second one answers."""

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from dossiers import api as dossiers
from portal.core.forms import DatePartsField, PlainTextField
from workflows.enums import Outcome
from workflows.forms.base import ActForm, capitalised
from workflows.forms.checks import ChecklistMixin
from workflows.models.decision import UNWRITTEN
from workflows.services.deciding import Draft


def months_label(months: int) -> str:
    """A duration as people say it."""
    if months % 12 == 0:
        return ngettext_lazy("%(years)s an", "%(years)s ans", months // 12) % {
            "years": months // 12
        }
    return _("%(months)s mois") % {"months": months}


class ProposeForm(ChecklistMixin, ActForm):
    """A decision with its checklist and its grounds; the machine checks the case."""

    outcome = forms.ChoiceField(
        label=_("Décision proposée"), choices=capitalised(Outcome.choices), widget=forms.RadioSelect
    )
    ground = forms.ChoiceField(
        label=_("Motif type"),
        help_text=_(
            "Un texte de la bibliothèque, à adapter : chaque « […] » est à remplacer. "
            "Obligatoire pour un classement sans suite."
        ),
        required=False,
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
    title_reason = PlainTextField(
        label=_("Motif d’une autre durée"),
        help_text=_("Seulement si la durée choisie n’est pas celle que donne la règle."),
        max_length=1000,
        rows=2,
        required=False,
    )

    def __init__(self, *args, checklist, grounds, title_rules, law, starts_on, **kwargs):
        super().__init__(*args, **kwargs)
        self.library = {ground.code: ground for ground in grounds}
        self.fields["ground"].choices = [("", _("Aucun")), *_by_outcome(grounds)]
        self.fields["grounds_law"].initial = law
        self.fields["title_starts_on"].initial = starts_on
        self.computed = dossiers.title_end_of(self.case.dossier, starts_on)
        self._offer_lengths(title_rules)
        for name in ("ground", "title_starts_on", "title_months", "title_reason"):
            if name in self.fields:
                self.fields[name].hide_optional = True
        self.add_checks(checklist if self.case.complete_at else ())
        if self.case.complete_at is None:
            self.fields["outcome"].choices = capitalised(
                [(Outcome.CLOSE.value, Outcome.CLOSE.label)]
            )

    def _offer_lengths(self, rules):
        if rules.same_end_date:
            del self.fields["title_months"], self.fields["title_reason"]
            return
        first = _("Durée que donne la règle") if self.computed else _("Choisissez une durée")
        self.fields["title_months"].choices = [
            ("", first),
            *[(months, months_label(months)) for months in rules.offered],
        ]

    def title_fields(self):
        """The fields of the title, whichever the procedure leaves to choose."""
        names = ("title_starts_on", "title_months", "title_reason")
        return [self[name] for name in names if name in self.fields]

    def fill(self) -> None:
        """Put the chosen text, and those of the checks not met, in what was typed.

        What was written stays; nothing is proposed and nothing is validated yet.
        """
        data = self.data.copy()
        wanted = [self.library.get(data.get("ground", ""))]
        if data.get("outcome") == Outcome.REFUSE:
            wanted += [self.library.get(line.ground) for line in self.unmet_as_typed()]
        for name, part in (("grounds_law", "law"), ("grounds_fact", "fact")):
            typed = data.get(name, "").replace("\r\n", "\n").strip()
            if typed == str(self.fields[name].initial or "").strip():
                typed = ""
            texts = dict.fromkeys([typed, *(getattr(one, part) for one in wanted if one)])
            kept = [text for text in texts if text and (text == typed or text not in typed)]
            data[name] = "\n\n".join(kept) or self.fields[name].initial or ""
        self.data = data
        self._errors, self.cleaned_data = ErrorDict(), {}

    def clean(self):
        cleaned = super().clean()
        outcome = cleaned.get("outcome")
        for name in ("grounds_law", "grounds_fact"):
            if UNWRITTEN in cleaned.get(name, ""):
                self.add_error(name, _("Remplacez chaque « […] » par ce qui est demandé."))
        if outcome == Outcome.CLOSE and self._ground_outcome(cleaned) != Outcome.CLOSE:
            self.add_error("ground", _("Choisissez le motif du classement sans suite."))
        if outcome == Outcome.GRANT:
            self._refuse_without_dates(cleaned)
        if outcome in (Outcome.GRANT, Outcome.REFUSE):
            self.refuse_unanswered(cleaned)
        return cleaned

    def _ground_outcome(self, cleaned):
        return getattr(self.library.get(cleaned.get("ground", "")), "outcome", "")

    def _refuse_without_dates(self, cleaned):
        needed = {"title_starts_on": _("Indiquez le premier jour du titre.")}
        if not self.computed:
            needed["title_months"] = _("Choisissez la durée du titre.")
        for name, sentence in needed.items():
            if name in self.fields and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, sentence)

    def draft(self) -> Draft:
        """The proposal, without title dates for anything but a grant."""
        cleaned = self.cleaned_data
        grant = cleaned["outcome"] == Outcome.GRANT
        close = cleaned["outcome"] == Outcome.CLOSE
        return Draft(
            outcome=cleaned["outcome"],
            grounds_law=cleaned["grounds_law"],
            grounds_fact=cleaned["grounds_fact"],
            title_starts_on=cleaned["title_starts_on"] if grant else None,
            title_months=cleaned.get("title_months") if grant else None,
            title_reason=cleaned.get("title_reason", "") if grant else "",
            closure_code=cleaned["ground"] if close else "",
            checks=() if close else self.checks(),
        )


def _by_outcome(grounds):
    """The library in the lists of its three outcomes, in the reader's language."""
    language = (get_language() or "fr").split("-")[0]
    for value, label in capitalised(Outcome.choices):
        listed = [(one.code, one.label.get(language)) for one in grounds if one.outcome == value]
        if listed:
            yield label, listed


class SecondPersonForm(forms.Form):
    """What a second person says of what another wrote: signed, or sent back with a note."""

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


class SignForm(SecondPersonForm, ActForm):
    """Sign the whole proposal, or send it back with a note."""
