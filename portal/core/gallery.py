"""The gallery: every component in every tone, for people who build pages and for the axe test."""

import datetime as dt

from django import forms
from django.core.paginator import Paginator
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from portal.core import tones
from portal.core.forms import DatePartsField, PlainTextField, UploadField

NOON = dt.datetime(2026, 11, 2, 12, 0, tzinfo=dt.UTC)


class GalleryForm(forms.Form):
    """One field of each kind; sent empty, it shows every error."""

    full_name = PlainTextField(
        label=_("Nom de naissance"), help_text=_("Comme sur votre passeport.")
    )
    foreigner_number = PlainTextField(
        label=_("Numéro étranger"),
        max_length=10,
        help_text=_("10 chiffres, au dos de votre carte. Exemple : 7503012345"),
    )
    born_on = DatePartsField(label=_("Date de naissance"), help_text=_("Exemple : 27 3 2001"))
    country = forms.ChoiceField(
        label=_("Nationalité"),
        choices=[("", _("Choisir dans la liste")), ("MA", _("Maroc")), ("SN", _("Sénégal"))],
    )
    employed = forms.ChoiceField(
        label=_("Êtes-vous salarié aujourd’hui ?"),
        widget=forms.RadioSelect,
        choices=[("yes", _("Oui, en CDI")), ("term", _("Oui, en CDD")), ("no", _("Non"))],
    )
    reasons = forms.MultipleChoiceField(
        label=_("Ce qui a changé"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        choices=[("address", _("Mon adresse")), ("family", _("Ma famille"))],
    )
    passport = UploadField(
        label=_("Passeport, page d’identité"), help_text=_("Photo ou PDF, 20 Mo au plus.")
    )
    story = PlainTextField(
        label=_("Ce que vous voulez ajouter"), rows=4, max_length=2000, required=False
    )
    sworn = forms.BooleanField(label=_("Je déclare que ces réponses sont exactes"))


def gallery(request):
    """Show each component in each tone; `?errors=1` shows the form after a refusal."""
    form = GalleryForm(data={}, files={}) if "errors" in request.GET else GalleryForm()
    context = {
        "gallery_form": form,
        "callout_tones": tones.CALLOUT_TONES,
        "badge_tones": tones.BADGE_TONES,
        "card_tones": tones.CARD_TONES,
        "button_tones": tones.BUTTON_TONES,
        "file_states": tones.FILE_STATES,
        "tasks": _tasks(),
        "lines": _timeline(),
        "rows": _rows(),
        "page": Paginator(range(200), 10).page(4),
        "crumbs": [(_("Accueil"), "/"), (_("Composants"), "")],
    }
    return render(request, "ui/gallery.html", context)


def _tasks():
    titles = {
        "done": _("Votre identité"),
        "started": _("Votre adresse"),
        "todo": _("Vos ressources"),
        "problem": _("Vos documents"),
        "blocked": _("Vérifier et déposer"),
    }
    return [
        {
            "title": title,
            "state": state,
            "href": "" if state == "blocked" else "#taches",
            "hint": _("Possible quand tout le reste est fait.") if state == "blocked" else "",
        }
        for state, title in titles.items()
    ]


def _timeline():
    return [
        {
            "at": NOON,
            "title": _("Nous vous demandons un document"),
            "who": _("Préfecture de l’Hérault, service du séjour"),
            "body": _("Votre dernier bulletin de salaire, avant le jeudi 12 novembre 2026."),
            "href": "#frise",
            "link": _("Ajouter le document"),
            "tone": "warning",
        },
        {
            "at": NOON - dt.timedelta(days=6),
            "title": _("Votre dossier est complet"),
            "who": _("Préfecture de l’Hérault, service du séjour"),
            "tone": "success",
        },
        {"at": NOON - dt.timedelta(days=14), "title": _("Vous avez déposé votre dossier")},
    ]


def _rows():
    return [
        {"label": _("Nom de naissance"), "value": "EXEMPLE", "change_url": "#reponses"},
        {"label": _("Prénoms"), "value": "Awa Fictive", "change_url": "#reponses"},
        {"label": _("Numéro de dossier"), "value": "26-DEMO-0001"},
    ]
