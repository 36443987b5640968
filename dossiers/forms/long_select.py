"""Lists of hundreds of answers, such as the countries, drawn once for each language."""

from django import forms
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class ReadyChoices(BaseChoiceIterator):
    """Choices in the shape that Django makes of any others, for each form anew."""

    def __init__(self, choices):
        self.choices = (("", _("Choisir")), *choices)
        self._lines = {}

    def __iter__(self):
        return iter(self.choices)

    def lines(self):
        """Every line of the list, none of them chosen, in the language of the page."""
        language = get_language()
        if language not in self._lines:
            self._lines[language] = format_html_join(
                "\n", '<option value="{}">{}</option>', self.choices
            )
        return self._lines[language]


class LongSelect(forms.Select):
    """Django's list, without a template for each of its lines: it was a third of a page's cost."""

    def render(self, name, value, attrs=None, renderer=None):
        """Mark what was chosen among lines that are drawn already."""
        lines = self.choices.lines()
        for chosen in self.format_value(value):
            line = f'<option value="{escape(chosen)}">'
            lines = lines.replace(line, f"{line[:-1]} selected>", 1)
        return format_html(
            '<select name="{}"{}>\n{}\n</select>',
            name,
            flatatt(self.build_attrs(self.attrs, attrs)),
            mark_safe(lines),  # noqa: S308 -- escaped line by line above
        )
