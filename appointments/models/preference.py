"""What a person says of their visit before it is given: where, when not, what they need."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

SITES_AT_MOST = 3
BLOCKED_AT_MOST = 10


class Preference(models.Model):
    """One for each dossier, its person's own: it moves nobody forward, it spares a wasted trip.

    `blocked`: half-days when the person cannot come, as "2026-12-03/am" or "2026-12-03/pm".
    `interpreter`: a language code (ISO 639), empty without need. `short_notice`: the person accepts
    to be offered a freed place less than ten days ahead, one at a time, and to answer yes or no.
    """

    dossier = models.OneToOneField(
        "dossiers.Dossier", models.PROTECT, primary_key=True, related_name="+"
    )
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    person = models.ForeignKey("dossiers.Person", models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    blocked = ArrayField(models.CharField(max_length=13), default=list, blank=True)
    step_free = models.BooleanField(default=False, db_default=False)
    interpreter = models.CharField(max_length=3, blank=True, default="", db_default="")
    short_notice = models.BooleanField(default=False, db_default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="at_most_ten_half_days_are_blocked",
                condition=Q(blocked__len__lte=BLOCKED_AT_MOST),
            ),
        ]

    def __str__(self):
        return f"preference of {self.dossier_id}"


class PreferredSite(models.Model):
    """A site that the person would rather go to, in order from 1."""

    preference = models.ForeignKey(Preference, models.PROTECT, related_name="sites")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3)
    rank = models.PositiveSmallIntegerField()
    site = models.ForeignKey("territory.Site", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_preferred_site_is_one_of_three",
                condition=Q(rank__gte=1, rank__lte=SITES_AT_MOST),
            ),
            models.UniqueConstraint(
                name="a_rank_of_preference_is_one_site", fields=["preference", "rank"]
            ),
            models.UniqueConstraint(name="a_site_is_preferred_once", fields=["preference", "site"]),
        ]

    def __str__(self):
        return f"{self.rank}: {self.site_id}"
