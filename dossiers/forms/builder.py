"""From the catalogue's questions to form fields, and back to answers that can be kept."""

import datetime as dt
import re

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.conditions import as_date
from dossiers.forms.commune import CommuneField, known_commune
from dossiers.queries.countries import STATELESS, country_choices, country_name
from portal.core.forms import DatePartsField, PlainTextField

RADIOS_AT_MOST = 8
LARGEST_NUMBER = 999_999_999
LATEST_DAY = dt.date(2200, 12, 31)
CODE_SIGNS = re.compile(r"[\s.\-/]+")


class CodeField(PlainTextField):
    """A number printed on a paper: spaces, dots and dashes do not count, nor does the case."""

    def __init__(self, *, pattern, wrong, **options):
        super().__init__(dir="ltr", **options)
        self.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
        self.validators.append(RegexValidator(rf"\A(?:{pattern})\Z", wrong, code="wrong_form"))

    def to_python(self, value):
        return CODE_SIGNS.sub("", super().to_python(value)).upper()


class PhoneField(PlainTextField):
    """A telephone number in any usual writing, with or without a country code."""

    def __init__(self, **options):
        super().__init__(dir="ltr", **options)
        self.widget.input_type = "tel"
        wrong = _(
            "Écrivez un numéro de téléphone, par exemple 06 12 34 56 78 ou +212 6 12 34 56 78."
        )
        self.validators.append(RegexValidator(r"\A\+?[0-9]{6,15}\Z", wrong, code="wrong_form"))

    def to_python(self, value):
        return re.sub(r"[\s.\-()/]+", "", super().to_python(value))


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


def form_field(field, *, today, language):
    """The form field of one question."""
    return BUILDERS[field.kind](field, _common(field, language), today, language)


def to_answer(value):
    """What is kept of a cleaned value: plain JSON, dates as ISO text."""
    return value.isoformat() if isinstance(value, dt.date) else value


def from_answer(field, answer):
    """What a form field shows of a kept answer."""
    if field.kind == "date":
        return as_date(answer)
    if field.kind == "yes_no":
        return {True: "yes", False: "no"}.get(answer, "")
    return answer


def posted_names(field):
    """The keys under which a page posts this question."""
    suffixes = {"date": ("_day", "_month", "_year"), "commune": ("", "_choice")}
    return [f"{field.name}{suffix}" for suffix in suffixes.get(field.kind, ("",))]


def as_posted(field, answer):
    """The keys a page would post for a kept answer left untouched."""
    if field.kind == "date":
        day = as_date(answer)
        parts = (f"{day.day:02}", f"{day.month:02}", f"{day.year:04}") if day else ("", "", "")
        return dict(zip(posted_names(field), parts, strict=True))
    if field.kind == "commune":
        known = known_commune(answer)
        return {field.name: known["text"], f"{field.name}_choice": known["choice"]}
    shown = from_answer(field, answer)
    return {field.name: "" if shown is None else str(shown)}


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
    return DatePartsField(
        earliest=earliest, latest=latest, autocomplete=field.autocomplete, **common
    )


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


def _country(field, common, _today, language):
    choices = list(country_choices(language))
    if field.means == "nationality":
        choices.append((STATELESS, country_name(STATELESS, language)))
    return _one_of(choices, common, autocomplete="country" if field.autocomplete else None)


def _one_of(choices, common, autocomplete=None):
    common["error_messages"] |= {"invalid_choice": _("Choisissez une réponse de la liste.")}
    if len(choices) <= RADIOS_AT_MOST:
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
    built = forms.ChoiceField(choices=[("", _("Choisir")), *choices], **common)
    if autocomplete:
        built.widget.attrs["autocomplete"] = autocomplete
    return built


def _commune(_field, common, _today, _language):
    del common["error_messages"]
    return CommuneField(**common)


def _whole(field, common, _today, _language):
    common["error_messages"] |= {"invalid": _("Écrivez un nombre entier, en chiffres.")}
    return WholeNumberField(minimum=field.minimum, maximum=field.maximum, **common)


def _code(pattern, wrong):
    def build(field, common, _today, _language):
        return CodeField(pattern=field.pattern or pattern, wrong=wrong, max_length=40, **common)

    return build


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
    "foreigner_number": _code(
        "[0-9]{10}", _("Le numéro étranger compte dix chiffres. Recopiez-le de votre titre.")
    ),
    "passport_number": _code(
        "[A-Z0-9]{4,20}",
        _("Le numéro de passeport ne contient que des lettres latines et des chiffres."),
    ),
    "photo_code": _code(
        "[A-Z0-9]{22}",
        _("Le code de la photo compte 22 lettres et chiffres. Recopiez-le de la planche."),
    ),
}
