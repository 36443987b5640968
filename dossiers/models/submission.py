"""What was filed, as it was filed: answers, list of files, statement. Nobody can change it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dossiers.enums import FilingChannel
from dossiers.models.assistance import AssistedSession
from dossiers.models.dossier import Dossier
from dossiers.models.mandate import Mandate


class Submission(models.Model):
    """One filing of a dossier: number 1, then one for each completion supplied or slip corrected.

    `evidence` lists each file with its SHA-256, so that what was given can be proven later.
    `contested` is what the person says is wrong in the register: a fact for the desk, no stop.
    Only the competent office may change on this row, because a file may move to another one.
    A version that the office corrected is signed by its agent (`corrected_by`) and carries no
    sworn statement: the person swore only what they filed themselves. At the counter an agent
    typed it (`typed_by`) during one assisted session; the person checked, signed and swore. By
    `mandate`, somebody of the person's choice filed it and swore what the person told them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="submissions")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    prefecture_code = models.CharField(max_length=3, null=True, blank=True)
    number = models.PositiveSmallIntegerField()
    answers = models.JSONField()
    evidence = models.JSONField(default=list)
    contested = models.JSONField(default=list, blank=True)
    sworn_text = models.TextField(blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    channel = models.CharField(
        max_length=8,
        choices=FilingChannel.choices,
        default=FilingChannel.ONLINE,
        db_default=FilingChannel.ONLINE.value,
    )
    typed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # With the migration's composite key: a session of that agent on that dossier.
    assisted_session = models.OneToOneField(
        AssistedSession, models.PROTECT, null=True, blank=True, related_name="submission"
    )
    # With the migration's composite key: a mandate of that person; `typed_by` is who acted.
    mandate = models.ForeignKey(
        Mandate, models.PROTECT, null=True, blank=True, related_name="submissions"
    )
    language = models.CharField(max_length=2)
    filed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("dépôt")
        constraints = [
            models.UniqueConstraint(
                name="submissions_of_a_dossier_are_numbered", fields=["dossier", "number"]
            ),
            models.CheckConstraint(
                name="submissions_are_numbered_from_one", condition=Q(number__gte=1)
            ),
            models.CheckConstraint(
                name="the_register_is_contested_by_the_first_submission",
                condition=Q(number=1) | Q(contested=[]),
            ),
            models.CheckConstraint(
                name="a_submission_is_sworn_by_the_person_or_corrected_by_the_office",
                condition=Q(corrected_by=None) & ~Q(sworn_text="")
                | Q(corrected_by__isnull=False, sworn_text="", number__gt=1),
            ),
            models.CheckConstraint(
                name="a_submission_of_somebody_else_says_who_typed",
                condition=Q(channel="online", typed_by=None, assisted_session=None, mandate=None)
                | Q(
                    channel="mandate",
                    typed_by__isnull=False,
                    assisted_session=None,
                    mandate__isnull=False,
                )
                | Q(
                    channel="counter",
                    typed_by__isnull=False,
                    assisted_session__isnull=False,
                    mandate=None,
                    number=1,
                ),
            ),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.number}"

    @property
    def is_correction(self):
        """Whether the office made this version, and not the person."""
        return self.corrected_by_id is not None
