"""One file for one box."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

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

    def __init__(self, *args, rule, language, **kwargs):
        super().__init__(*args, **kwargs)
        extensions = [end for mime in rule.accept for end in EXTENSIONS.get(mime, ())]
        self.fields["file"] = UploadField(
            label=_("Ajouter un fichier : %(piece)s") % {"piece": rule.label.get(language)},
            extensions=extensions,
            max_bytes=settings.EVIDENCE_MAX_BYTES,
            error_messages={"required": _("Choisissez d’abord un fichier.")},
        )
