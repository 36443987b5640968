"""What each of a couple says: a name for the other, a code, an agreement."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField

NAME_HELP = _("L’autre personne le lit, pour savoir que c’est bien vous.")


class AskLinkForm(forms.Form):
    """Who asks, as the other will read it."""

    use_required_attribute = False

    name = PlainTextField(
        label=_("Votre prénom et votre nom"),
        help_text=NAME_HELP,
        max_length=80,
        autocomplete="name",
    )


class CodeForm(forms.Form):
    """The code that the other gave."""

    use_required_attribute = False

    code = PlainTextField(
        label=_("Le code que l’autre personne vous a donné"),
        help_text=_("Douze lettres et chiffres, par exemple ABCD-2345-EFGH."),
        max_length=40,
        autocomplete="off",
        dir="ltr",
    )


class AcceptLinkForm(forms.Form):
    """The same code, kept by the page, with the person's own name and agreement."""

    use_required_attribute = False

    code = forms.CharField(max_length=40, widget=forms.HiddenInput)
    name = PlainTextField(
        label=_("Votre prénom et votre nom"),
        help_text=NAME_HELP,
        max_length=80,
        autocomplete="name",
    )
    agreed = forms.BooleanField(
        label=_(
            "Je vis en couple avec cette personne. J’accepte que nos demandes aillent ensemble."
        ),
        error_messages={"required": _("Cochez la case pour accepter.")},
    )
