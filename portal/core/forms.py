"""Form fields that speak plainly, and the renderer that lays every form out the same way."""

import datetime as dt
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.forms.renderers import TemplatesSetting
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

# Embeddings, overrides and isolates can make a text read differently from what it stores.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
ALLOWED_CONTROLS = frozenset("\n\r\t")
MEGABYTE = 1024 * 1024
FIRST_YEAR = 1880
# Further days are typing errors, and the last ones of the calendar have no day after them.
LAST_YEAR = 2199


class PortalFormRenderer(TemplatesSetting):
    """Renders every form, and every field group, with the portal's templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def refuse_unsafe_text(value):
    """Refuse characters nobody can see: NUL, control codes and direction overrides."""
    for character in value:
        if character in BIDI_CONTROLS:
            raise ValidationError(
                _(
                    "Votre texte contient un caractère invisible qui change le sens de lecture. "
                    "Effacez le texte et tapez-le de nouveau au clavier."
                ),
                code="bidi_control",
            )
        if character not in ALLOWED_CONTROLS and unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValidationError(
                _(
                    "Votre texte contient un caractère invisible qui ne peut pas être enregistré. "
                    "Effacez le texte et tapez-le de nouveau au clavier."
                ),
                code="control_character",
            )


class PlainTextField(forms.CharField):
    """Text kept as composed Unicode (NFC), within its limit and free of invisible characters.

    `rows` greater than one gives a text area. The limit is said with the count of what was typed,
    and is not cut off by the browser: a pasted text is never shortened in silence. It is shown in
    its own direction, so that a French address stays whole on an Arabic page.
    """

    def __init__(self, *, max_length=200, rows=1, autocomplete=None, dir="auto", **options):
        if rows > 1:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**options)
        self.limit = max_length
        for name, value in (("autocomplete", autocomplete), ("dir", dir)):
            if value:
                self.widget.attrs[name] = value

    def to_python(self, value):
        if isinstance(value, str):
            refuse_unsafe_text(value)
            value = unicodedata.normalize("NFC", value.replace("\r\n", "\n"))
        text = super().to_python(value)
        if len(text) > self.limit:
            raise ValidationError(
                _("Ce texte compte %(count)s caractères ; il peut en compter %(limit)s au plus."),
                code="max_length",
                params={"count": len(text), "limit": self.limit},
            )
        return text


class DatePartsWidget(forms.MultiWidget):
    """Day, month and year in three boxes: typed faster than a calendar and read by any reader."""

    template_name = "ui/widgets/date_parts.html"
    use_fieldset = True

    def __init__(self, attrs=None, *, autocomplete=None):
        widgets = {part: forms.TextInput() for part in ("day", "month", "year")}
        super().__init__(widgets, attrs)
        self.autocomplete = autocomplete

    def decompress(self, value):
        if isinstance(value, dt.date):
            return [f"{value.day:02}", f"{value.month:02}", f"{value.year:04}"]
        return ["", "", ""]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        labels = (_("Jour"), _("Mois"), _("Année"))
        parts = zip(context["widget"]["subwidgets"], labels, (2, 2, 4), strict=True)
        for part, (subwidget, label, size) in zip(("day", "month", "year"), parts, strict=True):
            subwidget["label"] = label
            subwidget["part"] = part
            subwidget["attrs"] |= {"inputmode": "numeric", "size": size, "maxlength": size}
            subwidget["attrs"]["class"] = "fr-input"
            if self.autocomplete:
                subwidget["attrs"]["autocomplete"] = f"{self.autocomplete}-{part}"
        return context

    def id_for_label(self, id_):
        """The error summary and the label lead to the first box."""
        return f"{id_}_0" if id_ else id_


class DatePartsField(forms.MultiValueField):
    """A date given as day, month, year; every refusal names the part that is wrong."""

    widget = DatePartsWidget
    default_error_messages = {"required": _("Indiquez le jour, le mois et l’année.")}

    def __init__(self, *, autocomplete=None, earliest=None, latest=None, **options):
        options.setdefault("widget", DatePartsWidget(autocomplete=autocomplete))
        super().__init__(
            fields=[forms.CharField(required=False) for _part in range(3)],
            require_all_fields=False,
            **options,
        )
        self.earliest = earliest
        self.latest = latest

    def clean(self, value):
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        if not any(parts):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        date = self._date(*parts)
        self._check_bounds(date)
        self.run_validators(date)
        return date

    def compress(self, data_list):
        return self._date(*data_list) if data_list else None

    def has_changed(self, initial, data):
        return self.widget.decompress(initial) != list(data or ["", "", ""])

    def _date(self, day, month, year):
        missing = [
            label
            for label, part in ((_("le jour"), day), (_("le mois"), month), (_("l’année"), year))
            if not part
        ]
        if missing:
            raise ValidationError(
                _("Il manque %(parts)s."),
                code="incomplete",
                params={"parts": ", ".join(str(part) for part in missing)},
            )
        try:
            numbers = [int(part) for part in (day, month, year)]
        except ValueError:
            raise ValidationError(
                _("Écrivez la date en chiffres, par exemple 27 3 2001."), code="not_numbers"
            ) from None
        if len(str(numbers[2])) != 4:
            raise ValidationError(
                _("Écrivez l’année avec quatre chiffres, par exemple 2001."), code="short_year"
            )
        try:
            return dt.date(numbers[2], numbers[1], numbers[0])
        except (ValueError, OverflowError):
            raise ValidationError(
                _("Cette date n’existe pas dans le calendrier. Vérifiez le jour et le mois."),
                code="no_such_day",
            ) from None

    def bounds(self):
        """The first and the last day that are taken."""
        return (
            _bound(self.earliest) or dt.date(FIRST_YEAR, 1, 1),
            _bound(self.latest) or dt.date(LAST_YEAR, 12, 31),
        )

    def _check_bounds(self, date):
        earliest, latest = self.bounds()
        if date < earliest:
            raise ValidationError(
                _("La date doit être le %(day)s ou après."),
                code="too_early",
                params={"day": earliest.strftime("%d/%m/%Y")},
            )
        if date > latest:
            raise ValidationError(
                _("La date doit être le %(day)s ou avant."),
                code="too_late",
                params={"day": latest.strftime("%d/%m/%Y")},
            )


def _bound(value):
    return value() if callable(value) else value


OFFICE_ENDINGS = frozenset(
    ("doc", "docx", "odp", "ods", "odt", "pages", "ppt", "pptx", "rtf", "xls", "xlsx")
)
OFFICE_ADVICE = _(
    "Ce fichier vient d’un traitement de texte ou d’un tableur. Ouvrez-le dans son logiciel, "
    "choisissez « Exporter en PDF » (ou « Imprimer », puis « Enregistrer au format PDF »), et "
    "envoyez le PDF obtenu."
)


class UploadWidget(forms.FileInput):
    """A wide drop zone; the browser's own control lies over it, so it works without script."""

    template_name = "ui/widgets/upload.html"


class UploadField(forms.FileField):
    """One file, refused with a sentence when empty, too heavy or of a kind we cannot read.

    The name's extension is only a courtesy check: what the file really is belongs to the vault.
    """

    widget = UploadWidget
    default_error_messages = {
        "required": _("Choisissez un fichier."),
        "empty": _("Ce fichier est vide. Choisissez-en un autre."),
        "missing": _("Aucun fichier n’est arrivé. Choisissez-le de nouveau."),
        "invalid": _("Le fichier n’est pas arrivé en entier. Choisissez-le de nouveau."),
    }

    def __init__(
        self,
        *,
        extensions=("pdf", "jpg", "jpeg", "png", "heic"),
        types=(),
        max_bytes=None,
        **opts,
    ):
        super().__init__(**opts)
        self.extensions = tuple(extension.lower() for extension in extensions)
        self.max_bytes = max_bytes or 20 * MEGABYTE
        # A telephone offers its camera for a type, never for the end of a name.
        self.widget.attrs["accept"] = ",".join([*(f".{end}" for end in self.extensions), *types])

    def to_python(self, data):
        uploaded = super().to_python(data)
        if uploaded is None:
            return None
        if uploaded.size > self.max_bytes:
            raise ValidationError(
                _(
                    "Ce fichier pèse %(size)s ; la limite est %(limit)s. "
                    "Prenez une photo moins lourde."
                ),
                code="too_heavy",
                params={
                    "size": filesizeformat(uploaded.size),
                    "limit": filesizeformat(self.max_bytes),
                },
            )
        extension = uploaded.name.rpartition(".")[2].lower()
        if extension in OFFICE_ENDINGS:
            raise ValidationError(OFFICE_ADVICE, code="office_document")
        if extension not in self.extensions:
            raise ValidationError(
                ngettext_lazy(
                    "Nous ne savons pas lire ce fichier. Format accepté : %(kinds)s.",
                    "Nous ne savons pas lire ce fichier. Formats acceptés : %(kinds)s.",
                    len(self.extensions),
                ),
                code="unknown_kind",
                params={"kinds": ", ".join(self.extensions)},
            )
        return uploaded
