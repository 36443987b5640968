"""From the catalogue's questions to form fields."""

import datetime as dt
import re
from functools import cache, partial

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dossiers.forms.commune import CommuneField
from dossiers.forms.lists import ListField
from dossiers.forms.long_select import LongSelect, ReadyChoices
from dossiers.forms.nothing import OrNothingField
from dossiers.forms.printed import CODES, CodeField, MrzField, SiretField
from dossiers.queries.countries import STATELESS, country_choices, country_name
from dossiers.queries.phones import read_phone
from portal.core.forms import DatePartsField, PlainTextField
from portal.core.partial_dates import PartialDateField

RADIOS_AT_MOST = 8
LARGEST_NUMBER = 999_999_999
LATEST_DAY = dt.date(2200, 12, 31)
OUT_OF_LIST = {"invalid_choice": _("Choisissez une réponse de la liste.")}


class PhoneField(PlainTextField):
    """A telephone number in any usual writing; kept with the code of its country."""

    def __init__(self, **options):
        super().__init__(dir="ltr", **options)
        self.widget.input_type = "tel"

    def to_python(self, value):
        text = super().to_python(value)
        number = read_phone(text) if text else ""
        if number is None:
            raise ValidationError(
                _(
                    "Écrivez un numéro de téléphone entier, par exemple 06 12 34 56 78 ou "
                    "+212 6 12 34 56 78."
                ),
                code="wrong_form",
            )
        return number


class MailField(PlainTextField):
    """An e-mail address."""

    default_validators = [forms.EmailField.default_validators[0]]

    def __init__(self, **options):
        super().__init__(dir="ltr", **options)
        self.widget.input_type = "email"


class WholeNumberField(forms.IntegerField):
    """A whole number typed as text, so that no browser changes it by scrolling."""

    def __init__(self, *, minimum, maximum, **options):
        super().__init__(
            min_value=0 if minimum is None else minimum,
            max_value=LARGEST_NUMBER if maximum is None else maximum,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
            **options,
        )

    def to_python(self, value):
        if isinstance(value, str):
            value = re.sub(r"[\s€]+", "", value[:40])
        return super().to_python(value)


def form_field(field, *, today, language, around=None):
    """The form field of one question; `around` are the answers that a list's conditions read."""
    if field.kind == "list":
        return _list(field, _common(field, language), today, language, around)
    built = BUILDERS[field.kind](field, _common(field, language), today, language)
    if field.none:
        built = OrNothingField(built, box=field.none.get(language))
    built.disabled = field.filled_from is not None
    return built


def _common(field, language):
    return {
        "label": field.label.get(language),
        "help_text": field.hint.get(language) if field.hint else "",
        "required": field.required,
        "error_messages": {"required": _("Répondez à cette question.")},
    }


def _text(field, common, _today, language):
    built = PlainTextField(
        max_length=field.max_length or 200, autocomplete=field.autocomplete, **common
    )
    if field.pattern:
        wrong = _("Cette réponse n’a pas la forme attendue.")
        if field.wrong:
            wrong = field.wrong.get(language)
        built.validators.append(RegexValidator(rf"\A(?:{field.pattern})\Z", wrong))
    return built


def _long_text(field, common, _today, _language):
    return PlainTextField(max_length=field.max_length or 2000, rows=5, **common)


def _date(field, common, today, _language):
    del common["error_messages"]
    earliest, latest = field.minimum, field.maximum or LATEST_DAY
    if field.must_be == "past":
        latest = min(latest, today)
    if field.must_be == "future":
        earliest = max(earliest or today, today)
    kind = PartialDateField if field.partial else DatePartsField
    return kind(earliest=earliest, latest=latest, autocomplete=field.autocomplete, **common)


def _email(field, common, _today, _language):
    return MailField(max_length=field.max_length or 254, autocomplete=field.autocomplete, **common)


def _phone(field, common, _today, _language):
    return PhoneField(max_length=field.max_length or 30, autocomplete=field.autocomplete, **common)


def _choice(field, common, _today, language):
    choices = [(option.value, option.label.get(language)) for option in field.options]
    return _one_of(choices, common)


def _yes_no(_field, common, _today, _language):
    return forms.TypedChoiceField(
        choices=[("yes", _("Oui")), ("no", _("Non"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        **common,
    )


@cache
def _countries(language, *, of_a_person):
    choices = country_choices(language)
    if of_a_person:
        choices = (*choices, (STATELESS, country_name(STATELESS, language)))
    return ReadyChoices(choices)


def _country(field, common, _today, language):
    choices = _countries(language, of_a_person=field.means == "nationality")
    built = _select(choices, common)
    if field.autocomplete:
        built.widget.attrs["autocomplete"] = "country"
    return built


def _one_of(choices, common):
    if len(choices) > RADIOS_AT_MOST:
        return _select(ReadyChoices(choices), common)
    common["error_messages"] |= OUT_OF_LIST
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)


def _select(choices, common):
    common["error_messages"] |= OUT_OF_LIST
    return forms.ChoiceField(choices=choices, widget=LongSelect, **common)


def _commune(_field, common, _today, _language):
    del common["error_messages"]
    return CommuneField(**common)


def _whole(field, common, _today, _language):
    common["error_messages"] |= {"invalid": _("Écrivez un nombre entier, en chiffres.")}
    return WholeNumberField(minimum=field.minimum, maximum=field.maximum, **common)


def _code(field, common, _today, _language):
    pattern, wrong = CODES[field.kind]
    kind = SiretField if field.kind == "siret" else CodeField
    return kind(pattern=field.pattern or pattern, wrong=wrong, max_length=40, **common)


def _mrz(_field, common, today, _language):
    return MrzField(today=today, **common)


def _list(field, common, today, language, around=None):
    del common["error_messages"]

    build = partial(form_field, today=today, language=language)
    return ListField(field, build=build, language=language, around=around or {}, **common)


BUILDERS = {
    "text": _text,
    "long_text": _long_text,
    "date": _date,
    "email": _email,
    "phone": _phone,
    "choice": _choice,
    "yes_no": _yes_no,
    "country": _country,
    "commune": _commune,
    "integer": _whole,
    "money": _whole,
    "mrz": _mrz,
    "list": _list,
    **dict.fromkeys(CODES, _code),
}
