"""What the field template needs to know about a bound field: kind, identifiers, attributes."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

GROUPED = frozenset({"date", "group", "radios", "checkboxes"})
DRAWN_ONE_BY_ONE = frozenset({"radios", "checkboxes"})
REQUIRED = {
    "text": _("Écrivez une réponse."),
    "radios": _("Choisissez une réponse."),
    "select": _("Choisissez une réponse dans la liste."),
    "checkboxes": _("Cochez au moins une case."),
    "checkbox": _("Cochez la case pour continuer."),
    "file": _("Choisissez un fichier."),
    "password": _("Écrivez le mot de passe."),
}
CLASSES = {"text": "fr-input", "select": "fr-select", "area": "fr-input", "password": "fr-input"}


@dataclass(frozen=True)
class FieldMarkup:
    """One bound field, ready to be laid out."""

    kind: str
    hint_id: str
    error_id: str
    describedby: str
    control: str
    errors: tuple[str, ...]


def kind_of(widget):
    """The layout a widget asks for by name or by its class; anything unknown is a line of text."""
    layouts = (
        ("date", forms.MultiWidget),
        ("radios", forms.RadioSelect),
        ("checkboxes", forms.CheckboxSelectMultiple),
        ("checkbox", forms.CheckboxInput),
        ("file", forms.FileInput),
        ("select", forms.Select),
        ("area", forms.Textarea),
        ("password", forms.PasswordInput),
    )
    asked = getattr(widget, "layout", None)
    return asked or next((kind for kind, cls in layouts if isinstance(widget, cls)), "text")


def describe(field):
    """Link the control to its hint and its errors, and mark it when it must be corrected."""
    kind = kind_of(field.field.widget)
    base = field.auto_id or field.html_name
    hint_id, error_id = f"{base}-hint", f"{base}-error"
    described = [hint_id] if field.help_text else []
    errors = errors_of(field)
    described += [error_id] if errors else []
    describedby = " ".join(described)
    # Radios and boxes are drawn one by one by the template, each with its own label.
    attrs = _attrs(field, kind, describedby)
    control = "" if kind in DRAWN_ONE_BY_ONE else field.as_widget(attrs=attrs)
    return FieldMarkup(
        kind=kind,
        hint_id=hint_id,
        error_id=error_id,
        describedby=describedby,
        control=control,
        errors=errors,
    )


def _attrs(field, kind, describedby):
    # A placeholder vanishes when one types, and is too pale to read: hints stay visible.
    attrs = {"placeholder": False}
    classes = f"{CLASSES.get(kind, '')} {field.field.widget.attrs.get('class', '')}".strip()
    if classes:
        attrs["class"] = classes
    if describedby and kind not in GROUPED:
        attrs["aria-describedby"] = describedby
    if field.errors:
        attrs["aria-invalid"] = "true"
    return attrs


def errors_of(field):
    """Errors in words that say what to do, also where Django only says that one must."""
    said_by_django = forms.Field.default_error_messages["required"]
    lines = []
    for error in field.errors.as_data():
        if error.code == "required" and str(error.message) == str(said_by_django):
            lines.append(REQUIRED.get(kind_of(field.field.widget), REQUIRED["text"]))
        else:
            lines += error.messages
    return tuple(lines)


def focus_id(field):
    """Where a link of the error summary puts the cursor."""
    base = field.auto_id or field.html_name
    grouped = kind_of(field.field.widget) in GROUPED
    return f"{base}_0" if grouped else (field.id_for_label or base)


def summarise(forms_given):
    """Every error of several forms, each with the identifier to reach; forms are marked as said."""
    lines = []
    for form in forms_given:  # an absent form arrives as an empty text
        if not form or not form.is_bound or not form.errors:
            continue
        form.errors_are_summarised = True
        lines += [{"href": "", "text": error} for error in form.non_field_errors()]
        for field in form.visible_fields():
            lines += [
                {"href": f"#{focus_id(field)}", "text": error, "label": field.label}
                for error in errors_of(field)
            ]
        for field in form.hidden_fields():
            lines += [{"href": "", "text": error} for error in field.errors]
    return lines
