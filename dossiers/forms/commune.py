"""The commune: a postcode or a name is typed, then one place is chosen; its INSEE code is kept."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dossiers.queries.answers import commune_label
from portal.core.forms import refuse_unsafe_text
from portal.territory import api as territory

LONGEST = 100
OFFERED = 20


class CommuneWidget(forms.TextInput):
    """One line to type in and, once it was read, the communes it may mean. Works without script."""

    template_name = "dossiers/widgets/commune.html"
    # Filled by the field when the text may mean several places.
    candidates = ()

    def value_from_datadict(self, data, files, name):
        return {
            "text": (data.get(name) or "").strip(),
            "choice": (data.get(f"{name}_choice") or "").strip(),
        }

    def value_omitted_from_data(self, data, files, name):
        return name not in data

    def get_context(self, name, value, attrs):
        typed = value if isinstance(value, dict) else known_commune(value)
        context = super().get_context(name, typed["text"], attrs)
        context["widget"]["choice"] = typed["choice"]
        candidates = self.candidates
        if not candidates and typed["choice"] and not isinstance(value, dict):
            candidates = [(typed["choice"], typed["text"])]
        context["widget"]["candidates"] = candidates
        return context


class CommuneField(forms.Field):
    """Gives an INSEE code; a place is never guessed when several bear the name."""

    widget = CommuneWidget
    default_error_messages = {
        "required": _("Indiquez votre commune, par son code postal ou par son nom."),
        "unknown": _(
            "Nous ne trouvons pas cette commune. Écrivez son code postal, par exemple 69003, "
            "ou son nom complet."
        ),
        "choose": _("Plusieurs communes correspondent : choisissez la vôtre dans la liste."),
        "alike": _(
            "Nous ne trouvons pas exactement cette commune. Choisissez la vôtre dans la liste, "
            "ou écrivez son code postal."
        ),
        "too_long": _("Écrivez seulement un code postal ou un nom de commune."),
    }

    def clean(self, value):
        text, choice = value["text"], value["choice"]
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        refuse_unsafe_text(text)
        if len(text) > LONGEST:
            raise ValidationError(self.error_messages["too_long"], code="too_long")
        return choice if self._confirms(choice, text) else self._chosen(text, choice)

    def _chosen(self, text, choice):
        """The place among those the text may mean; raises what must be said otherwise."""
        found = territory.search_communes(text, limit=OFFERED)
        by_code = {commune.insee: commune_label(commune) for commune in found[: OFFERED * 3]}
        self.widget.candidates = list(by_code.items())
        if choice in by_code:
            return choice
        if not by_code:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if not any(_begins_with(commune, text) for commune in found):
            raise ValidationError(self.error_messages["alike"], code="alike")
        chosen = next(iter(by_code)) if len(by_code) == 1 else _only_bearer(text, found)
        if chosen is None:
            raise ValidationError(self.error_messages["choose"], code="choose")
        return chosen

    def _confirms(self, choice, text):
        """The page showed this very commune and nothing was retyped."""
        if not choice or len(choice) > 5:
            return False
        known = known_commune(choice)
        if known["choice"] and known["text"] == text:
            self.widget.candidates = [(known["choice"], known["text"])]
            return True
        return False


def _begins_with(commune, text):
    """Whether the place was really named, and not merely something that sounds alike."""
    return text in commune.postcodes or _plain(commune.name).startswith(_plain(text))


def _plain(text):
    decomposed = unicodedata.normalize("NFKD", text.replace("œ", "oe"))
    return "".join(sign for sign in decomposed if sign.isalnum()).casefold()


def _only_bearer(text, found):
    """The one commune of France whose whole name was typed; None when there are two, or none."""
    exact = [commune for commune in found if commune.name.casefold() == text.casefold()]
    if len(exact) != 1:
        return None
    namesakes = territory.Commune.objects.filter(search=exact[0].search).count()
    return exact[0].insee if namesakes == 1 else None


def known_commune(insee):
    """What the page shows for a kept INSEE code: its name and itself; nothing for no code."""
    if not insee or "\x00" in insee:
        return {"text": "", "choice": ""}
    try:
        return {"text": commune_label(territory.commune(insee)), "choice": insee}
    except territory.Commune.DoesNotExist:
        return {"text": "", "choice": ""}
