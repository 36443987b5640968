"""Answers as people read them, and the fingerprints by which two tabs recognise a change."""

import hashlib
import json

from django.utils import formats
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dossiers.catalogue import conditions
from dossiers.catalogue.comparing import is_none
from dossiers.catalogue.days import span
from dossiers.queries.countries import country_name
from dossiers.queries.phones import show_phone
from portal.territory import api as territory


def short_language() -> str:
    """The two letters of the page's language; French when none is active."""
    return (get_language() or "fr").split("-")[0]


def stored_state(dossier, name):
    """What the dossier holds for one field: the answer, or what was typed when not understood."""
    if name in dossier.raw_answers:
        return {"raw": dossier.raw_answers[name]}
    return dossier.answers.get(name)


def fingerprint(state) -> str:
    """A short mark of a stored state, put in the page so that a later change is recognised."""
    text = json.dumps(state, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def show(field, value, language: str) -> str:
    """One answer in words; an empty text when there is none."""
    if not conditions.is_answered(value):
        return ""
    if is_none(value):
        return field.none.get(language) if field.none else ""
    writer = WRITERS.get(field.kind)
    return writer(field, value, language) if writer else str(value)


def show_date(day) -> str:
    """A date in full, with its month in words."""
    return formats.date_format(day, "j F Y")


def commune_label(commune) -> str:
    """A commune with a postcode, because several share a name."""
    return f"{commune.name} ({commune.postcodes[0]})" if commune.postcodes else commune.name


def _show_date(_field, value, _language):
    day = conditions.as_date(value)
    if day is not None:
        return show_date(day)
    days = span(value)
    if days is None:
        return str(value)
    if len(value) == 4:
        return _("%(year)s (jour et mois inconnus)") % {"year": value}
    return _("%(month)s (jour inconnu)") % {"month": formats.date_format(days[0], "F Y")}


def _show_list(field, value, language):
    """Every entry on one line; the pages that have room show them one by one."""
    return " ; ".join(
        f"{title} : {text}" for title, text in entries_in_words(field, value, language)
    )


def entries_in_words(field, value, language: str) -> list[tuple[str, str]]:
    """Each entry of a list with its number, and its answers in words."""
    entry = field.entry.get(language)
    found = []
    for number, answers in enumerate(conditions.entries_of(field, {field.name: value}), start=1):
        said = (
            f"{part.label.get(language)} : {show(part, answers[part.name], language)}"
            for part in field.fields
            if conditions.is_answered(answers.get(part.name))
        )
        found.append((f"{entry} {number}", ", ".join(said)))
    return found


def _show_choice(field, value, language):
    label = field.label_of(value)
    return label.get(language) if label else str(value)


def _show_yes_no(_field, value, _language):
    return _("Oui") if value else _("Non")


def _show_commune(_field, value, _language):
    try:
        return commune_label(territory.commune(value))
    except territory.Commune.DoesNotExist:
        return str(value)


def _show_money(_field, value, _language):
    return _("%(euros)s euros") % {"euros": formats.number_format(value, force_grouping=True)}


WRITERS = {
    "date": _show_date,
    "choice": _show_choice,
    "yes_no": _show_yes_no,
    "country": lambda _field, value, language: country_name(value, language),
    "commune": _show_commune,
    "money": _show_money,
    "phone": lambda _field, value, _language: show_phone(value),
    "list": _show_list,
}
