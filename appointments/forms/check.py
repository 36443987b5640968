"""What a person types to know whether a paper is worth anything."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField


class CheckForm(forms.Form):
    """The code printed under the QR, or the text that a scanner reads in it."""

    code = PlainTextField(
        label=_("Code imprimé sur la convocation"),
        help_text=_("Huit signes, sous le dessin carré. Vous pouvez aussi coller le texte du QR."),
        max_length=400,
        autocomplete="off",
        dir="ltr",
        error_messages={"required": _("Tapez le code imprimé sur la convocation.")},
    )
