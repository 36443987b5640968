"""A date of which only the year, or the month and the year, may be known."""

import datetime as dt
from calendar import monthrange

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portal.core.forms import DatePartsField, DatePartsWidget

UNKNOWN = frozenset({"", "0", "00", "?", "??"})


class PartialDateWidget(DatePartsWidget):
    """The same three boxes; those of what is not known stay empty."""

    def decompress(self, value):
        if not isinstance(value, str):
            return super().decompress(value)
        year, month, day = (value.split("-") + ["", ""])[:3]
        return [day, month, year]


class PartialDateField(DatePartsField):
    """Gives ISO text: "2001-04-12", "2001-04" or "2001"; nothing is invented for the rest.

    Papers that write 00 for an unknown day may be copied as they are.
    """

    default_error_messages = {
        "required": _("Indiquez la date, ou seulement l’année si vous ne savez pas le reste."),
        "day_alone": _("Indiquez le mois, ou laissez aussi le jour vide."),
        "year": _("Écrivez l’année avec quatre chiffres, par exemple 2001."),
        "month": _("Écrivez le mois en chiffres, de 1 à 12."),
    }

    def __init__(self, *, autocomplete=None, **options):
        super().__init__(widget=PartialDateWidget(autocomplete=autocomplete), **options)

    def clean(self, value):
        parts = [str(part or "").strip() for part in (value or ["", "", ""])]
        day, month, year = ("" if part in UNKNOWN else part for part in parts)
        if day and month or not (day or month or year):
            whole = super().clean([day, month, year])
            return whole.isoformat() if whole else None
        if day:
            raise ValidationError(self.error_messages["day_alone"], code="incomplete")
        return self._known(month, year)

    def _known(self, month, year):
        if not (year.isascii() and year.isdigit() and len(year) == 4 and int(year)):
            raise ValidationError(self.error_messages["year"], code="short_year")
        is_month = month.isascii() and month.isdigit() and len(month) < 3 and 0 < int(month) < 13
        if month and not is_month:
            raise ValidationError(self.error_messages["month"], code="no_such_day")
        first, last = (int(month), int(month)) if month else (1, 12)
        self._check_span(
            dt.date(int(year), first, 1),
            dt.date(int(year), last, monthrange(int(year), last)[1]),
        )
        return f"{year}-{first:02}" if month else year

    def _check_span(self, first, last):
        """Within the bounds when one of the days that the date may be is."""
        earliest, latest = self.bounds()
        if last < earliest:
            self._check_bounds(last)
        if first > latest:
            self._check_bounds(first)
