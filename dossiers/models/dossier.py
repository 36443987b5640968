"""What a person asks for: the working copy of the answers, and the facts of its life."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from dossiers.models.person import Person
from dossiers.models.procedure import ProcedureVersion, published, reads_by_the_day
from portal.core import clock


class DossierQuerySet(models.QuerySet):
    def of_applicant(self, person):
        """The dossiers of this account: the only door of the applicant's pages."""
        return self.filter(applicant_id=person.pk)

    visible_to = of_applicant

    def drafts(self):
        """Neither filed nor given up."""
        return self.filter(filed_at=None, withdrawn_at=None)

    def live(self):
        """A draft, or filed and neither decided nor given up."""
        return self.filter(sealed_at=None, withdrawn_at=None)


class Dossier(models.Model):
    """A request and its working answers; what was filed is kept apart, in Submission.

    `raw_answers` keeps what was typed and could not be understood, as typed, so that
    nothing is lost between two pages; it never leaves the draft. `last_step` is where the
    person goes on, on any device. A draft left for long knows the day on which it ends, which
    of the two warnings its person had last (days before), and when.
    `set_aside` keeps which proposals the person refused, and what they contest of the register,
    until the filing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=True
    )
    procedure_code = models.CharField(max_length=60)
    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)
    raw_answers = models.JSONField(default=dict)
    set_aside = models.JSONField(default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    last_step = models.CharField(max_length=60, blank=True, default="", db_default="")
    ends_on = models.DateField(null=True, blank=True)
    last_warning = models.PositiveSmallIntegerField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="dossiers"
    )
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    department_code = models.CharField(max_length=3, blank=True)
    number = models.CharField(max_length=19, unique=True, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)
    updated_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True, blank=True)
    sealed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    # Lawfully live beside another of its procedure: about another child, or reopened after one
    # more was begun.
    is_beside = models.BooleanField(default=False, db_default=False)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        indexes = [models.Index(name="dossiers_of_a_prefecture", fields=["prefecture_code"])]
        constraints = [
            # Help at the counter refers to both columns: nobody is helped on another's dossier.
            models.UniqueConstraint(name="a_dossier_has_one_applicant", fields=["id", "applicant"]),
            models.UniqueConstraint(
                name="one_open_draft_per_procedure",
                fields=["applicant", "procedure_code"],
                condition=Q(filed_at=None, withdrawn_at=None),
                violation_error_message=_("Vous avez déjà un brouillon pour cette démarche."),
            ),
            models.UniqueConstraint(
                name="one_live_dossier_per_person_and_procedure",
                fields=["applicant", "procedure_code"],
                condition=Q(sealed_at=None, withdrawn_at=None, is_beside=False),
                violation_error_message=_(
                    "Vous avez déjà une demande en cours pour cette démarche."
                ),
            ),
            models.CheckConstraint(
                name="a_dossier_has_a_number_once_filed",
                condition=Q(filed_at=None, number=None)
                | Q(filed_at__isnull=False, number__isnull=False),
            ),
            models.CheckConstraint(
                name="a_dossier_number_has_19_digits",
                condition=Q(number=None) | Q(number__regex=r"^[0-9]{19}$"),
            ),
            models.CheckConstraint(
                name="a_filed_dossier_knows_its_person_and_its_department",
                condition=Q(filed_at=None) | Q(person__isnull=False) & ~Q(department_code=""),
            ),
            models.CheckConstraint(
                name="only_a_filed_dossier_is_sealed",
                condition=Q(sealed_at=None)
                | Q(filed_at__isnull=False, sealed_at__gte=F("filed_at")),
            ),
            models.CheckConstraint(
                name="proposals_are_set_aside_in_a_draft_alone",
                condition=Q(filed_at=None, withdrawn_at=None) | Q(set_aside={}),
            ),
            models.CheckConstraint(
                name="only_a_filed_dossier_has_an_office",
                condition=Q(prefecture_code=None) | Q(filed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_draft_ends_only_after_its_person_was_warned",
                condition=Q(ends_on=None, last_warning=None, warned_at=None)
                | Q(ends_on__isnull=False, last_warning__in=[15, 3], warned_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.number or str(self.pk)

    @property
    def procedure(self):
        """The text it keeps to, as it reads on the day of its filing, or today for a draft."""
        if not reads_by_the_day(self.version_id):
            return published(self.version_id)
        return published(self.version_id, clock.legal_day(self.filed_at or clock.now()))

    @property
    def is_draft(self):
        return self.filed_at is None and self.withdrawn_at is None
