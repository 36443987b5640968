"""Filling a page from the lines of a passport: what is empty is proposed, what is typed stays."""

from datetime import date

from django.utils.translation import gettext as _

from dossiers.catalogue.comparing import is_none
from dossiers.catalogue.mrz import Mrz, MrzError, read_mrz
from dossiers.forms.posting import as_posted, to_answer
from dossiers.queries.answers import short_language, show
from dossiers.queries.countries import country_of_passport
from portal.territory.api import fold

FILL = "fill"
"""The key of the button."""


def read_by_passport(mrz: Mrz) -> dict[str, str]:
    """What the lines say, by meaning; nothing for a country that has no name here."""
    said = {
        "passport_number": mrz.number,
        "birth_name": mrz.surname,
        "given_names": mrz.given_names,
        "birth_date": mrz.born,
        "nationality": country_of_passport(mrz.country),
        "passport_ends_on": mrz.ends_on,
        "sex": mrz.sex,
    }
    return {meaning: value for meaning, value in said.items() if value}


def filled(page, today: date):
    """The page with what its lines say, the labels filled, and a sentence for each difference.

    None when the button was not pressed, or when the lines are not read: their own error says
    why. Nothing that was typed is written over.
    """
    name = page.data.get(FILL)
    lines = next((q for q in page.questions if q.name == name and q.kind == "mrz"), None)
    if lines is None:
        return None
    try:
        said = read_by_passport(read_mrz(page.data.get(name) or "", today))
    except MrzError:
        return None
    data = {key: page.data.get(key) for key in page.data}
    labels, differences = [], {}
    for question in page.questions:
        value = said.get(question.means)
        if value is None or not _fits(question, value):
            continue
        if _is_empty(page, question):
            data |= as_posted(question, value)
            labels.append(question.label.get(short_language()))
        elif not _same(page, question, value):
            differences[question.name] = _(
                "Les lignes de votre document disent : %(value)s. "
                "Vérifiez ; ce que vous avez écrit n’a pas changé."
            ) % {"value": show(question, value, short_language())}
    return data, labels, differences


def _fits(question, value) -> bool:
    """A choice that offers it, a whole date where a whole one is asked."""
    if question.kind == "choice":
        return question.label_of(value) is not None
    return question.kind != "date" or question.partial or len(value) == 10


def _is_empty(page, question) -> bool:
    return not any(str(page.data.get(key) or "").strip() for key in as_posted(question, None))


def _same(page, question, value) -> bool:
    """Whether the person wrote the same, accents and signs aside; the lines have none."""
    typed = to_answer(page.form.cleaned_data.get(question.name))
    if is_none(typed):
        return False
    return fold(str(typed or "")) == fold(value)
