"""What operators fill in: a downtime, a file to look at again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.forms import PlainTextField

_TYPED = "%Y-%m-%dT%H:%M"


def _moment(label):
    return forms.DateTimeField(
        label=label,
        input_formats=[_TYPED, "%d/%m/%Y %H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_TYPED),
        error_messages={
            "required": _("Indiquez un jour et une heure."),
            "invalid": _("Indiquez un jour et une heure, par exemple 27/11/2026 14:30."),
        },
    )


class DowntimeForm(forms.Form):
    """From when to when nobody could use the portal, at the legal hour."""

    begun_at = _moment(_("Début de la panne"))
    ended_at = _moment(_("Fin de la panne"))


class LookAgainForm(forms.Form):
    """One administrator's word that an infected file be scanned again."""

    file = forms.UUIDField(
        label=_("Identifiant du fichier"),
        help_text=_("Il est dans la liste ci-dessus, ou dans celle de la machine."),
        error_messages={
            "required": _("Écrivez l’identifiant du fichier."),
            "invalid": _("Cet identifiant n’est pas complet. Copiez-le en entier."),
        },
    )
    reason = PlainTextField(
        label=_("Pourquoi ce fichier ne serait pas un virus"),
        help_text=_("La première personne l’écrit. La deuxième peut laisser cette case vide."),
        max_length=200,
        rows=3,
        required=False,
    )
    confirmed = forms.BooleanField(
        label=_("Je demande, en mon nom, que ce fichier soit analysé à nouveau"),
        error_messages={"required": _("Cochez la case pour confirmer votre demande.")},
    )
