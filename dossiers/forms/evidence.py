"""One file for one box."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from portal.core.forms import UploadField

EXTENSIONS = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg"),
    "image/png": ("png",),
    "image/heic": ("heic",),
}


class EvidenceForm(forms.Form):
    """The file itself; what it really is, the vault says."""

    use_required_attribute = False

    file = UploadField(label=_("Votre fichier"))

    def __init__(self, *args, rule, language, **kwargs):
        super().__init__(*args, **kwargs)
        extensions = [end for mime in rule.accept for end in EXTENSIONS.get(mime, ())]
        self.fields["file"] = UploadField(
            label=rule.label.get(language),
            extensions=extensions,
            max_bytes=settings.EVIDENCE_MAX_BYTES,
            error_messages={"required": _("Choisissez d’abord un fichier.")},
        )
