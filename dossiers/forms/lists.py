"""A question asked once for each child or each address: entries come and go without script."""

from collections import ChainMap

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext_lazy

from dossiers.forms.posting import as_posted_entries, posted_names, to_answer
from dossiers.forms.turns import shown_in_turn

EDIT = "list"
"""The key of the buttons that add an entry or take one out."""


class EntryForm(forms.Form):
    """The questions of one entry."""

    use_required_attribute = False

    def __init__(self, data, *, prefix, fields, **options):
        super().__init__(data, prefix=prefix, **options)
        self.fields.update(fields)

    def say_nothing(self):
        """Show what was typed without a word on it."""
        self._errors = forms.utils.ErrorDict()


class Entry:
    """One entry as it was posted: which questions it shows, what it says, what is wrong."""

    def __init__(self, field, number, data, *, build, around):
        self.field, self.number, self.data = field, number, data
        self.under = f"{field.name}-{number}-"
        self.seen = set(str(data.get(f"{self.under}seen", "")).split())
        kept: dict = {}
        blank = dict.fromkeys(part.name for part in field.fields)
        parts = shown_in_turn(
            field.fields,
            data,
            ChainMap(kept, blank, around),
            build=build,
            was_shown=lambda part: part.name in self.seen,
            under=self.under,
        )
        self.form = EntryForm(
            data,
            prefix=self.under.removesuffix("-"),
            fields={part.name: build(part) for part in parts},
        )
        self.opened = [part for part in parts if part.name not in self.seen]

    @property
    def is_blank(self):
        """Nothing was typed in it: an entry that was added and left alone."""
        return not any(
            str(self.data.get(name, "")).strip()
            for part in self.field.fields
            for name in posted_names(part, self.under)
        )

    def check(self):
        """Clean every question; those that this very answer has opened are not wrong yet."""
        self.form.full_clean()
        for part in self.opened:
            self.form.errors.pop(part.name, None)

    @property
    def said(self):
        """The understood answers of the entry."""
        return {
            name: to_answer(value)
            for name, value in self.form.cleaned_data.items()
            if value not in (None, "")
        }


class ListWidget(forms.Widget):
    """The entries one under the other, each with its own errors."""

    template_name = "dossiers/widgets/list.html"
    layout = "group"
    use_fieldset = True
    # Set by the field once it has read the entries.
    entries = None

    def __init__(self, field, *, build, language, around):
        super().__init__()
        self.field, self.build, self.language, self.around = field, build, language, around

    def value_from_datadict(self, data, files, name):
        return {key: data.get(key) for key in data if str(key).startswith(f"{name}-")}

    def value_omitted_from_data(self, data, files, name):
        return f"{name}-count" not in data

    def read(self, value):
        """The entries of a posted page, or of a kept answer."""
        data = value if isinstance(value, dict) else as_posted_entries(self.field, value)
        return [
            Entry(self.field, number, data, build=self.build, around=self.around)
            for number in range(count_of(self.field, data))
        ]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        entries = self.entries
        if entries is None:
            entries = self.read(value)
            for entry in entries:
                entry.form.say_nothing()
        context["widget"] |= {
            "entries": [
                {
                    "title": f"{self.field.entry.get(self.language)} {entry.number + 1}",
                    "form": entry.form,
                    "seen": " ".join(entry.form.fields),
                    "number": entry.number,
                }
                for entry in entries
            ],
            "may_add": len(entries) < self.field.most,
            "entry": self.field.entry.get(self.language),
        }
        return context


class ListField(forms.Field):
    """Gives a list of answers by name. What was understood stays in `understood` when it fails.

    An entry in which nothing was typed is none.
    """

    def __init__(self, field, *, build, language, around, **options):
        widget = ListWidget(field, build=build, language=language, around=around)
        super().__init__(widget=widget, **options)
        self.question, self.language = field, language
        self.understood = None
        self.has_opened = False

    def clean(self, value):
        entries = self.widget.entries = self.widget.read(value)
        written = [entry for entry in entries if not entry.is_blank]
        for entry in written:
            entry.check()
        for entry in entries:
            if entry.is_blank:
                entry.form.say_nothing()
        self.understood = [entry.said for entry in written]
        self.has_opened = any(entry.opened for entry in written)
        errors = [error for entry in written for error in self._errors(entry)]
        errors += self._number(len(written))
        if errors:
            raise ValidationError(errors)
        return self.understood

    def _errors(self, entry):
        title = f"{self.question.entry.get(self.language)} {entry.number + 1}"
        for name, errors in entry.form.errors.as_data().items():
            for error in errors:
                for message in error.messages:
                    label = entry.form.fields[name].label
                    yield ValidationError(f"{title}, {label} : {message}", code=error.code)

    def _number(self, count):
        least = self.question.least
        if count < least:
            yield ValidationError(
                ngettext_lazy(
                    "Remplissez au moins une réponse de cette liste.",
                    "Remplissez au moins %(least)s réponses de cette liste.",
                    least,
                ),
                code="required",
                params={"least": least},
            )

    def say_nothing(self):
        """Show the entries without a word on them."""
        for entry in self.widget.entries or ():
            entry.form.say_nothing()


def count_of(field, data) -> int:
    """How many entries the page has shown; noise is none, and never more than allowed."""
    text = str(data.get(f"{field.name}-count", ""))
    return min(int(text), field.most) if text.isascii() and text.isdigit() and len(text) < 4 else 0


def edited(data, questions):
    """The posted page with one entry added or taken out, as its button asks; else the page."""
    verb, _sign, rest = str(data.get(EDIT, "")).partition(":")
    name, _sign, place = rest.partition(":")
    field = next((q for q in questions if q.name == name and q.kind == "list"), None)
    if field is None or verb not in ("add", "remove"):
        return data
    page = {key: data.get(key) for key in data}
    count = count_of(field, page)
    if verb == "add":
        return page | {f"{name}-count": str(min(count + 1, field.most))}
    gone = int(place) if place.isascii() and place.isdigit() and len(place) < 4 else count
    return page if gone >= count else _without(field, page, gone, count)


def _without(field, page, gone, count):
    """Entry `gone` taken out, those after it moved up by one."""
    kept = {k: v for k, v in page.items() if not str(k).startswith(f"{field.name}-")}
    kept[f"{field.name}-count"] = str(count - 1)
    for number in range(count):
        if number == gone:
            continue
        under, place = f"{field.name}-{number}-", number - (number > gone)
        for key, value in page.items():
            if str(key).startswith(under):
                kept[f"{field.name}-{place}-{key.removeprefix(under)}"] = value
    return kept
