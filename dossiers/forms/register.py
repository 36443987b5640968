"""What a person gives so that the foreigners' register is asked about them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.forms import DatePartsField, PlainTextField


class RegisterForm(forms.Form):
    """A number and a birth date. A number of another form is asked too: one answer for all."""

    use_required_attribute = False

    foreigner_number = PlainTextField(
        label=_("Numéro étranger"),
        help_text=_("Dix chiffres, inscrits sur votre titre."),
        max_length=20,
        dir="ltr",
        error_messages={"required": _("Écrivez votre numéro étranger.")},
    )
    birth_date = DatePartsField(
        label=_("Date de naissance"),
        help_text=_("Telle qu’elle est inscrite sur votre titre."),
        latest=clock.today,
    )

    def clean_foreigner_number(self):
        """Spaces are how it is printed."""
        return "".join(self.cleaned_data["foreigner_number"].split())
