"""What the field template needs to know about a bound field: kind, identifiers, attributes."""

from dataclasses import dataclass

from django import forms

CLASSES = {"text": "fr-input", "select": "fr-select", "area": "fr-input"}


@dataclass(frozen=True)
class FieldMarkup:
    """One bound field, ready to be laid out."""

    kind: str
    hint_id: str
    error_id: str
    label_id: str
    describedby: str
    control: str
    focus_id: str


def kind_of(widget):
    """The layout a widget asks for; anything unknown is a line of text."""
    layouts = (
        ("date", forms.MultiWidget),
        ("radios", forms.RadioSelect),
        ("checkboxes", forms.CheckboxSelectMultiple),
        ("checkbox", forms.CheckboxInput),
        ("file", forms.FileInput),
        ("select", forms.Select),
        ("area", forms.Textarea),
    )
    return next((kind for kind, cls in layouts if isinstance(widget, cls)), "text")


def describe(field):
    """Link the control to its hint and its errors, and mark it when it must be corrected."""
    widget = field.field.widget
    kind = kind_of(widget)
    base = field.auto_id or field.html_name
    hint_id, error_id = f"{base}-hint", f"{base}-error"
    described = [hint_id] if field.help_text else []
    described += [error_id] if field.errors else []
    grouped = kind in {"date", "radios", "checkboxes"}
    attrs = {"class": f"{CLASSES.get(kind, '')} {widget.attrs.get('class', '')}".strip()}
    if not attrs["class"]:
        del attrs["class"]
    if not grouped:
        attrs["aria-describedby"] = " ".join(described) or None
    if field.errors and kind not in {"radios", "checkboxes"}:
        attrs["aria-invalid"] = "true"
    control = "" if kind in {"radios", "checkboxes"} else field.as_widget(attrs=_kept(attrs))
    return FieldMarkup(
        kind=kind,
        hint_id=hint_id,
        error_id=error_id,
        label_id=f"{base}-label",
        describedby=" ".join(described),
        control=control,
        focus_id=focus_id(field),
    )


def focus_id(field):
    """Where a link of the error summary puts the cursor."""
    base = field.auto_id or field.html_name
    grouped = kind_of(field.field.widget) in {"date", "radios", "checkboxes"}
    return f"{base}_0" if grouped else (field.id_for_label or base)


def _kept(attrs):
    return {name: value for name, value in attrs.items() if value is not None}


def summarise(forms_given):
    """Every error of several forms, each with the identifier to reach; forms are marked as said."""
    lines = []
    for form in forms_given:
        if not form.is_bound or not form.errors:
            continue
        form.errors_are_summarised = True
        lines += [{"href": "", "text": error} for error in form.non_field_errors()]
        for field in form.visible_fields():
            lines += [
                {"href": f"#{focus_id(field)}", "text": error, "label": field.label}
                for error in field.errors
            ]
        for field in form.hidden_fields():
            lines += [{"href": "", "text": error} for error in field.errors]
    return lines
