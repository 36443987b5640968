"""Official geography and the offices that answer for it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class Prefecture(models.Model):
    """An office competent for residence permits; its code is its département's.

    "75" is the police prefecture (CESEDA R.431-20).
    """

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=80, unique=True)

    def __str__(self):
        return self.name


class Department(models.Model):
    """Département (or overseas territory): where a person lives, and who answers for it."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=60)
    zone = models.CharField(max_length=5)
    number_prefix = models.CharField(max_length=3, unique=True)
    law_applies = models.BooleanField()
    prefecture = models.ForeignKey(Prefecture, models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_territory_of_the_law_has_an_office_and_no_other_has",
                condition=Q(law_applies=True, prefecture__isnull=False)
                | Q(law_applies=False, prefecture__isnull=True),
            ),
            models.CheckConstraint(
                name="a_number_prefix_is_three_digits", condition=Q(number_prefix__regex=r"^\d{3}$")
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"


class Commune(models.Model):
    """Commune or municipal arrondissement, by its INSEE code: never by its postcode."""

    insee = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=24)
    postcodes = ArrayField(models.CharField(max_length=5))
    department = models.ForeignKey(Department, models.PROTECT)
    arrondissement_code = models.CharField(max_length=4, blank=True)
    population = models.PositiveIntegerField(null=True)
    search = models.CharField(max_length=60)

    class Meta:
        indexes = [
            GinIndex(fields=["postcodes"], name="commune_by_postcode"),
            models.Index(
                fields=["search"], name="commune_by_name", opclasses=["varchar_pattern_ops"]
            ),
            GinIndex(fields=["search"], name="commune_by_likeness", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self):
        return self.name


class SiteKind(models.TextChoices):
    PREFECTURE = "prefecture"
    SUBPREFECTURE = "subprefecture"
    UNIVERSITY = "university"
    MOBILE = "mobile"


class Site(models.Model):
    """A place where people are received."""

    prefecture = models.ForeignKey(Prefecture, models.PROTECT)
    name = models.CharField(max_length=80)
    address = models.TextField()
    access = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=SiteKind.choices)
    step_free = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_site_has_one_name_in_its_prefecture", fields=["prefecture", "name"]
            ),
            models.UniqueConstraint(
                name="a_site_is_referred_to_with_its_prefecture", fields=["id", "prefecture"]
            ),
        ]

    def __str__(self):
        return self.name


class Counter(models.Model):
    """Guichet: one place at a site where one person is served."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="counters")
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_counter_has_one_name_at_its_site", fields=["site", "name"]
            ),
            models.UniqueConstraint(
                name="a_counter_is_referred_to_with_its_site", fields=["id", "site"]
            ),
        ]

    def __str__(self):
        return f"{self.site} · {self.name}"
