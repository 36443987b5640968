"""The same act asked for many cases at once: one batch, and one row with its own result a case."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.models.base import PersonalRecord, portal_now

MOST_ROWS = 200


class BatchKind(models.TextChoices):
    """Which act a batch repeats; `services.batch_kinds` says how each one is made."""

    ASK_COMPLETION = "ask_completion", _("demander le même complément")
    PROPOSE_CLOSURE = "propose_closure", _("proposer le même classement sans suite")
    GIVE_AWAY = "give_away", _("confier à d’autres agents")


class RowState(models.TextChoices):
    """What became of one case of a batch; only `waiting` is ever left."""

    WAITING = "waiting", _("en attente")
    DONE = "done", _("fait")
    REFUSED = "refused", _("refusé")
    FAILED = "failed", _("en panne")


class BatchQuerySet(models.QuerySet):
    """Which batches; the database hides the other offices' rows a second time."""

    def visible_to(self, person):
        """The batches of the offices this person serves today, whoever started them."""
        return self.filter(prefecture_code__in=person.prefectures)


class Batch(models.Model):
    """What one agent asked once for several cases of one office. Never changed afterwards.

    `facts` holds what the act says to everybody alike, and nothing of one person's dossier.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=BatchKind.choices)
    prefecture_code = models.CharField(max_length=3)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # Made with the form: a form that is sent twice starts one batch.
    idempotency_key = models.UUIDField()
    size = models.PositiveSmallIntegerField()
    facts = models.JSONField()
    made_at = models.DateTimeField(db_default=portal_now(), editable=False)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_batch_is_of_a_known_kind", condition=Q(kind__in=BatchKind.values)
            ),
            models.CheckConstraint(
                name="a_batch_has_at_most_two_hundred_rows",
                condition=Q(size__gte=1, size__lte=MOST_ROWS),
            ),
            models.UniqueConstraint(
                name="a_batch_is_started_once", fields=["made_by", "idempotency_key"]
            ),
            # BatchRow(batch, office_code) refers to it: a row is of its batch's office.
            models.UniqueConstraint(
                name="a_batch_has_one_office", fields=["id", "prefecture_code"]
            ),
        ]
        indexes = [
            models.Index(fields=["made_by", "-made_at", "id"], name="batches_of_an_agent"),
        ]

    def __str__(self):
        return f"{self.kind} ({self.size})"


class BatchRow(PersonalRecord):
    """One case of a batch, the step that the agent had before them, and the result.

    `prefecture_code` follows the case; `office_code` is the batch's office, and stays. `holder`
    is who had the case when the batch was confirmed: the database writes it, nobody changes it.
    """

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="batch_rows")
    number = models.PositiveSmallIntegerField()
    office_code = models.CharField(max_length=3)
    seen = models.PositiveSmallIntegerField()
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    state = models.CharField(max_length=8, choices=RowState.choices, default=RowState.WAITING)
    reasons = models.JSONField(default=list)
    tries = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="a_case_comes_once_in_a_batch", fields=["batch", "case"]),
            models.UniqueConstraint(
                name="rows_of_a_batch_are_numbered", fields=["batch", "number"]
            ),
            models.CheckConstraint(
                name="a_batch_numbers_two_hundred_rows_at_most",
                condition=Q(number__gte=1, number__lte=MOST_ROWS),
            ),
            models.CheckConstraint(
                name="a_settled_row_says_its_result",
                condition=Q(state=RowState.WAITING, settled_at=None, reasons=[])
                | Q(state=RowState.DONE, settled_at__isnull=False, reasons=[])
                | Q(state__in=[RowState.REFUSED, RowState.FAILED], settled_at__isnull=False)
                & ~Q(reasons=[]),
            ),
        ]

    def __str__(self):
        return f"{self.number}. {self.state}"
