"""What is said of an organisation, of a new member, and by whoever joins."""

from django import forms
from django.core.validators import RegexValidator, validate_email
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import OrganisationKind
from portal.core.forms import PlainTextField


def _own_name():
    return PlainTextField(
        label=_("Votre prénom et votre nom"),
        help_text=_("Ils signent ce que vous faites au nom des personnes."),
        max_length=60,
    )


class MakeForm(forms.Form):
    """A law firm or an association."""

    use_required_attribute = False

    name = PlainTextField(label=_("Nom de l’organisation"), max_length=100)
    kind = forms.ChoiceField(
        label=_("C’est…"), choices=OrganisationKind.choices, widget=forms.RadioSelect
    )
    registration = PlainTextField(
        label=_("Numéro SIREN"),
        help_text=_("Neuf chiffres. Nous vérifions qu’il est le vôtre avant tout mandat."),
        max_length=20,
        dir="ltr",
    )
    own_name = _own_name()

    def clean_registration(self):
        """Nine digits, however they were spaced."""
        digits = "".join(self.cleaned_data["registration"].split())
        RegexValidator(r"^[0-9]{9}\Z", _("Un numéro SIREN compte neuf chiffres."))(digits)
        return digits


class InviteForm(forms.Form):
    """The address of a colleague."""

    use_required_attribute = False

    email = PlainTextField(
        label=_("Adresse e-mail de la personne à inviter"),
        validators=[validate_email],
        max_length=254,
        dir="ltr",
    )


class JoinForm(forms.Form):
    """The name of whoever joins."""

    use_required_attribute = False

    name = _own_name()
