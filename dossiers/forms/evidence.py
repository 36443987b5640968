"""One file for one box, or several photographs of one document."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dossiers.catalogue.validity import is_too_old
from portal.core import clock
from portal.core.forms import DatePartsField, UploadField

EXTENSIONS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/heic": ("heic", "heif"),
}
PHOTOGRAPHS = ("image/jpeg", "image/png", "image/heic")


class EvidenceForm(forms.Form):
    """The file itself; what it really is, the vault says."""

    use_required_attribute = False

    def __init__(self, *args, rule, language, today=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.rule, self.today = rule, today or clock.today()
        extensions = [end for mime in rule.accept for end in EXTENSIONS.get(mime, ())]
        self.fields["file"] = UploadField(
            label=_("Ajouter un fichier : %(piece)s") % {"piece": rule.label.get(language)},
            extensions=extensions,
            types=[mime for mime in rule.accept if mime in EXTENSIONS],
            max_bytes=settings.EVIDENCE_MAX_BYTES,
            error_messages={"required": _("Choisissez d’abord un fichier.")},
        )
        if rule.max_age_months:
            self.fields["dated_on"] = dated_field(self.today, required=False)
            self.order_fields(["dated_on", "file"])

    def clean_dated_on(self):
        """A document that is already too old is told at once."""
        return refuse_too_old(self.rule, self.cleaned_data["dated_on"], self.today)


class ReuseForm(forms.Form):
    """The date of a document given before, when its rule sets how old it may be."""

    use_required_attribute = False

    def __init__(self, *args, rule, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.rule, self.today = rule, today
        if rule.max_age_months:
            self.fields["dated_on"] = dated_field(today, required=True)

    def clean_dated_on(self):
        """The same as for a new file."""
        return refuse_too_old(self.rule, self.cleaned_data["dated_on"], self.today)


def dated_field(today, *, required):
    """The day that the document itself bears."""
    return DatePartsField(
        label=_("Date écrite sur le document"),
        help_text=_("Nous vous disons tout de suite s’il est trop ancien."),
        latest=today,
        required=required,
    )


def refuse_too_old(rule, day, today):
    """The day, unless the rule no longer takes a document of it. Raises ValidationError."""
    if day is not None and is_too_old(rule, day, today):
        raise ValidationError(
            ngettext(
                "Ce document est trop ancien : il doit avoir moins de %(months)s mois.",
                "Ce document est trop ancien : il doit avoir moins de %(months)s mois.",
                rule.max_age_months,
            ),
            code="too_old",
            params={"months": rule.max_age_months},
        )
    return day


class PhotographsField(UploadField):
    """One photograph or several of the same document, each checked alone."""

    def clean(self, data, initial=None):
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(PhotographsField, self).clean(one, initial) for one in given or [None]]


class PhotographsForm(forms.Form):
    """The next photographs of a document."""

    use_required_attribute = False

    file = PhotographsField(
        label=gettext_lazy("Ajouter une photo"),
        extensions=[end for mime in PHOTOGRAPHS for end in EXTENSIONS[mime]],
        types=PHOTOGRAPHS,
        max_bytes=settings.EVIDENCE_MAX_BYTES,
        error_messages={"required": gettext_lazy("Choisissez d’abord une photo.")},
    )
    file.widget.allow_multiple_selected = True
