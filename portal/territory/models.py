"""Official geography and the offices that answer for it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Coalesce


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
            models.UniqueConstraint(
                name="a_department_is_referred_to_with_its_office", fields=["code", "prefecture"]
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
        constraints = [
            models.UniqueConstraint(
                name="a_commune_is_referred_to_with_its_department",
                fields=["insee", "department"],
            ),
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
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_site_is_on_the_globe_or_unplaced",
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
            models.UniqueConstraint(
                name="a_site_has_one_name_in_its_prefecture", fields=["prefecture", "name"]
            ),
            models.UniqueConstraint(
                name="a_site_is_referred_to_with_its_prefecture", fields=["id", "prefecture"]
            ),
        ]

    def __str__(self):
        return self.name


class Landmark(models.Model):
    """What one looks for on the way to a site: a stop, a car park, a door."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="landmarks")
    name = models.CharField(max_length=80)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_landmark_has_one_name_at_its_site", fields=["site", "name"]
            ),
            models.CheckConstraint(
                name="a_landmark_is_on_the_globe",
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
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


class ServiceKind(models.TextChoices):
    """Whom a service receives: those who live there, some students, everybody."""

    RESIDENCE = "residence"
    STUDENT_COUNTER = "student_counter"
    NATIONAL = "national"


DAYS = Func("starts_on", "ends_on", RangeBoundary(inclusive_upper=True), function="daterange")


class DatedQuerySet(models.QuerySet):
    """Rows that begin on a day and may end on another, both included."""

    def in_force(self, day):
        """What had begun and had not ended on this day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Service(models.Model):
    """A service of an office, and how to reach it (CRPA R.112-5 2°). It ends; it never goes away.

    Nothing but its name, its contacts and its last day may change: a case keeps the service
    that it was given, and the database refuses to delete it.
    """

    prefecture = models.ForeignKey(Prefecture, models.PROTECT, related_name="services")
    code = models.SlugField(max_length=40, db_index=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=ServiceKind.choices)
    address = models.TextField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_service_is_of_a_known_kind", condition=Q(kind__in=ServiceKind.values)
            ),
            models.CheckConstraint(
                name="a_service_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.UniqueConstraint(
                name="a_service_has_one_code_in_its_office", fields=["prefecture", "code"]
            ),
            models.UniqueConstraint(
                name="a_service_is_referred_to_with_its_office", fields=["id", "prefecture"]
            ),
            models.UniqueConstraint(
                name="a_service_is_referred_to_with_its_kind", fields=["id", "prefecture", "kind"]
            ),
        ]

    def __str__(self):
        return self.name


class Remit(models.Model):
    """What a service takes, where, from a day to a day: its territory and its procedures.

    A residence service takes a whole département, one arrondissement or one commune of its own
    office; a student counter and a national service have no territory. An empty `procedure`
    means all of them; procedures are codes of the catalogue, which this room does not know.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="remits")
    # The same as the service's, proven by a composite key written in the migration.
    prefecture = models.ForeignKey(Prefecture, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=ServiceKind.choices)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    arrondissement_code = models.CharField(max_length=4, blank=True)
    commune = models.ForeignKey(Commune, models.PROTECT, null=True, related_name="+")
    procedure = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_remit_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="a_residence_service_has_a_territory_and_no_other_has",
                condition=Q(kind=ServiceKind.RESIDENCE, department__isnull=False)
                | Q(
                    kind__in=[ServiceKind.STUDENT_COUNTER, ServiceKind.NATIONAL],
                    department=None,
                    arrondissement_code="",
                    commune=None,
                ),
            ),
            models.CheckConstraint(
                name="a_remit_is_an_arrondissement_or_a_commune_not_both",
                condition=Q(arrondissement_code="") | Q(commune=None),
            ),
            models.CheckConstraint(
                name="an_arrondissement_is_of_its_department",
                condition=Q(arrondissement_code="")
                | Q(arrondissement_code__startswith=F("department_id")),
            ),
            ExclusionConstraint(
                name="one_residence_service_for_a_place_a_procedure_and_a_day",
                expressions=[
                    ("department", RangeOperators.EQUAL),
                    ("arrondissement_code", RangeOperators.EQUAL),
                    (Coalesce("commune", Value("")), RangeOperators.EQUAL),
                    ("procedure", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=ServiceKind.RESIDENCE),
            ),
            ExclusionConstraint(
                name="one_national_service_for_a_procedure_and_a_day",
                expressions=[
                    ("procedure", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
                condition=Q(kind=ServiceKind.NATIONAL),
            ),
        ]

    def __str__(self):
        place = self.commune_id or self.arrondissement_code or self.department_id or self.kind
        return f"{self.service_id} {place}"


class Affiliation(models.Model):
    """One way of writing the name of an institution whose students a counter receives.

    `written` is folded (`loaders.fold`): a name is compared whole, never guessed.
    """

    service = models.ForeignKey(Service, models.PROTECT, related_name="affiliations")
    prefecture = models.ForeignKey(Prefecture, models.PROTECT, related_name="+")
    # Always "student_counter": with the composite key written in the migration, the database
    # refuses to affiliate an institution to a service that is no counter.
    kind = models.GeneratedField(
        expression=Value("student_counter"),
        output_field=models.CharField(max_length=16),
        db_persist=True,
    )
    institution = models.CharField(max_length=160)
    written = models.CharField(max_length=160)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_affiliation_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="the_name_of_an_institution_is_folded",
                condition=Q(written__regex=r"^[a-z0-9]+( [a-z0-9]+)*$"),
            ),
            ExclusionConstraint(
                name="an_institution_has_one_counter_in_an_office_at_a_time",
                expressions=[
                    ("prefecture", RangeOperators.EQUAL),
                    ("written", RangeOperators.EQUAL),
                    (DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.institution} → {self.service_id}"
