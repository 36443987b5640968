"""The questions of the public finder, and what a case says before a request is begun."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import DatePartsField
from portal.territory import api as territory

NEXT = "suite"
"""The button of the finder, with the question it is pressed on: without an answer, that is said."""


class QuestionForm(forms.Form):
    """One question of the finder, with what was answered before it."""

    def __init__(self, *args, walk, language, **options):
        super().__init__(*args, **options)
        question = walk.question
        self.fields[question.code] = forms.ChoiceField(
            label=question.text.get(language),
            help_text=question.hint.get(language) if question.hint else "",
            choices=[(one.value, one.label.get(language)) for one in question.choices],
            widget=forms.RadioSelect,
            error_messages={
                "required": _("Choisissez une réponse."),
                "invalid_choice": _("Choisissez une réponse de la liste."),
            },
        )


class CaseForm(forms.Form):
    """Where the person lives and the date their window counts from; both may be left empty."""

    def __init__(self, *args, question, by_department, language, **options):
        super().__init__(*args, **options)
        if by_department:
            names = territory.departments().values_list("code", "name")
            self.fields["departement"] = forms.ChoiceField(
                label=_("Dans quel département habitez-vous ?"),
                choices=[("", _("Choisir")), *((c, f"{name} ({c})") for c, name in names)],
                required=False,
            )
        if question is not None:
            self.fields["date"] = DatePartsField(label=question.label.get(language), required=False)

    @property
    def is_useful(self):
        """Whether anything depends on what the person would say."""
        return bool(self.fields)

    def said(self, name):
        """What was understood of one answer, None otherwise; the other may be wrong."""
        if not self.is_bound or name in self.errors:
            return None
        return self.cleaned_data.get(name) or None

    @classmethod
    def was_sent(cls, data):
        """Whether an address holds the answers of this form."""
        return "departement" in data or "date_day" in data
