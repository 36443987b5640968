"""Numbers and lines copied from a paper, each proven by its own digits where it has some."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from dossiers.catalogue.mrz import MrzError, read_mrz
from dossiers.catalogue.printed import compact, is_siret
from portal.core.forms import PlainTextField

CODES = {
    "foreigner_number": (
        "[0-9]{10}",
        _("Le numéro étranger compte dix chiffres. Recopiez-le de votre titre."),
    ),
    "passport_number": (
        "[A-Z0-9]{4,20}",
        _("Le numéro de passeport ne contient que des lettres latines et des chiffres."),
    ),
    "photo_code": (
        "[A-Z0-9]{22}",
        _("Le code de la photo compte 22 lettres et chiffres. Recopiez-le de la planche."),
    ),
    "visa_number": (
        "(?:[A-Z]{3})?[A-Z0-9]{9}",
        _(
            "Le numéro de visa compte 9 signes, parfois précédés de 3 lettres. "
            "Recopiez-le de l’étiquette collée dans votre passeport."
        ),
    ),
    "stamp_number": (
        "[0-9]{16}",
        _("Le numéro du timbre fiscal compte 16 chiffres. Recopiez-le de votre reçu."),
    ),
    "siret": (
        "[0-9]{14}",
        _("Le numéro SIRET compte 14 chiffres. L’employeur l’écrit sur la fiche de paie."),
    ),
}
MRZ_PROBLEMS = {
    "form": _(
        "Ces lignes ne sont pas entières. Un passeport a 2 lignes de 44 signes, une carte "
        "3 lignes de 30 signes. Recopiez aussi les signes <."
    ),
    "number": _("Le numéro du document n’est pas bien recopié. Vérifiez-le signe par signe."),
    "born": _("La date de naissance n’est pas bien recopiée. Vérifiez-la signe par signe."),
    "ends_on": _("La date de fin n’est pas bien recopiée. Vérifiez-la signe par signe."),
    "personal": _("La fin de la deuxième ligne n’est pas bien recopiée. Vérifiez-la."),
    "whole": _("Un signe n’est pas bien recopié. Vérifiez les lignes une par une."),
}


class CodeField(PlainTextField):
    """A number printed on a paper: spaces, dots and dashes do not count, nor does the case."""

    def __init__(self, *, pattern, wrong, **options):
        super().__init__(dir="ltr", **options)
        self.widget.attrs |= {"autocapitalize": "characters", "spellcheck": "false"}
        self.validators.append(RegexValidator(rf"\A(?:{pattern})\Z", wrong, code="wrong_form"))

    def to_python(self, value):
        return compact(super().to_python(value))


class SiretField(CodeField):
    """The number of an employer's or a school's establishment, proven by its key."""

    def run_validators(self, value):
        super().run_validators(value)
        if value and not is_siret(value):
            raise ValidationError(
                _("Un chiffre de ce numéro SIRET est faux. Vérifiez-le sur la fiche de paie."),
                code="wrong_key",
            )


class MrzWidget(forms.Textarea):
    """The lines, and a button that offers to fill the other questions of the page from them."""

    template_name = "dossiers/widgets/mrz.html"


class MrzField(PlainTextField):
    """The lines at the bottom of a passport or of a card, kept whole once their digits agree."""

    def __init__(self, *, today, **options):
        super().__init__(dir="ltr", max_length=200, widget=MrzWidget(attrs={"rows": 3}), **options)
        self.widget.attrs |= {
            "autocapitalize": "characters",
            "autocomplete": "off",
            "spellcheck": "false",
        }
        self.today = today

    def to_python(self, value):
        text = super().to_python(value)
        if not re.search(r"\S", text):
            return ""
        try:
            return "\n".join(read_mrz(text, self.today).lines)
        except MrzError as error:
            raise ValidationError(MRZ_PROBLEMS[error.code], code="wrong_form") from None
