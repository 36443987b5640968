"""A line of text with a box beside it, for who has nothing to write: one name only, no number."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.comparing import NONE, is_none


class OrNothingWidget(forms.TextInput):
    """The line, then the box. Works without script."""

    template_name = "dossiers/widgets/or_nothing.html"

    def __init__(self, *, box, attrs=None):
        super().__init__(attrs)
        self.box = box

    def value_from_datadict(self, data, files, name):
        return {"text": data.get(name) or "", "none": bool(data.get(f"{name}_none"))}

    def value_omitted_from_data(self, data, files, name):
        return name not in data and f"{name}_none" not in data

    def get_context(self, name, value, attrs):
        if is_none(value):
            value = {"text": "", "none": True}
        said = value if isinstance(value, dict) else {"text": value or "", "none": False}
        context = super().get_context(name, said.get("text", ""), attrs)
        context["widget"] |= {"box": self.box, "ticked": said.get("none", False)}
        return context


class OrNothingField(forms.Field):
    """Gives what `inner` gives, or `NONE`; both at once is refused, and nothing is guessed."""

    def __init__(self, inner, *, box):
        super().__init__(
            required=inner.required,
            label=inner.label,
            help_text=inner.help_text,
            widget=OrNothingWidget(box=box, attrs=inner.widget.attrs),
        )
        self.inner = inner

    def clean(self, value):
        if not value["none"]:
            return self.inner.clean(value["text"])
        if value["text"].strip():
            raise ValidationError(
                _("Effacez ce que vous avez écrit, ou décochez la case."), code="both"
            )
        return dict(NONE)
