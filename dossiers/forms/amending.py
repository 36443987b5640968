"""What a person adds to a filed request, or states of it, unasked."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from dossiers.enums import StatementKind
from dossiers.forms.evidence import EXTENSIONS
from portal.core.forms import PlainTextField, UploadField


class OtherDocumentForm(forms.Form):
    """A document that nobody asked for, and what it is."""

    use_required_attribute = False

    note = PlainTextField(
        label=_("Ce qu’est ce document, en une phrase"),
        help_text=_("L’agent lit cette phrase. Par exemple : la lettre de mon école."),
        max_length=200,
        rows=2,
        error_messages={"required": _("Dites en une phrase ce qu’est ce document.")},
    )
    file = UploadField(
        label=_("Ajouter un fichier"),
        extensions=[end for ends in EXTENSIONS.values() for end in ends],
        types=list(EXTENSIONS),
        max_bytes=settings.EVIDENCE_MAX_BYTES,
        error_messages={"required": _("Choisissez d’abord un fichier.")},
    )


class StatementForm(forms.Form):
    """What went wrong, in the person's words."""

    use_required_attribute = False

    text = PlainTextField(label=_("Ce que vous savez"), max_length=1000, rows=4, required=False)

    def __init__(self, *args, kind, **kwargs):
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        if kind == StatementKind.CIVIL_STATUS:
            text.label = _("Ce qui est faux, et ce qu’il faut écrire")
            text.help_text = _("Dites aussi quel document de votre demande le montre.")
            text.required = True
            text.error_messages["required"] = _("Dites ce qui est faux, et ce qu’il faut écrire.")
        else:
            text.help_text = _(
                "Par exemple : le guichet où vous deviez venir, la date, ce qu’on vous a répondu."
            )
