"""What the portal publishes of its visits: counts by month, of nobody in particular."""

from django.db import models
from django.db.models import F, Q

PUBLISHED_FROM = 11
"""Fewer titles than this in a month could be recognised: such a month is not published."""


class VisitFigure(models.Model):
    """The visits of the titles handed over in a month, at one prefecture or in all ("").

    `visits`: every check-in of the dossiers whose card was handed over that month. `missed` and
    `honoured`: appointments whose day fell in it. `waited_days`: the median from the end of the
    review to the visit, for those honoured.
    """

    prefecture_code = models.CharField(max_length=3, blank=True)
    month = models.DateField(help_text="its first day")
    titles = models.PositiveIntegerField()
    visits = models.PositiveIntegerField()
    honoured = models.PositiveIntegerField()
    missed = models.PositiveIntegerField()
    waited_days = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_month_is_counted_once_for_a_prefecture", fields=["prefecture_code", "month"]
            ),
            models.CheckConstraint(name="a_figure_is_of_a_whole_month", condition=Q(month__day=1)),
            models.CheckConstraint(
                name="a_title_took_at_least_one_visit", condition=Q(visits__gte=F("titles"))
            ),
            models.CheckConstraint(
                name="a_figure_hides_who_could_be_recognised",
                condition=Q(titles__gte=PUBLISHED_FROM),
            ),
        ]

    def __str__(self):
        return f"{self.prefecture_code or 'France'} {self.month}"

    @property
    def visits_per_title(self) -> float:
        return self.visits / self.titles

    @property
    def missed_share(self) -> float:
        """Percent of the appointments of the month that nobody came to."""
        ended = self.honoured + self.missed
        return 100 * self.missed / ended if ended else 0.0
