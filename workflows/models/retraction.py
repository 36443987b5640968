"""A granted title withdrawn by two people, after the person could answer (CRPA L.242-1)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.models.base import PersonalRecord, portal_now
from workflows.models.decision import UNWRITTEN


class Retraction(PersonalRecord):
    """What a supervisor proposes to withdraw and why; a signatory signs it or drops it."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="retractions")
    decision = models.ForeignKey("workflows.Decision", models.PROTECT, related_name="retractions")
    grounds_law = models.TextField()
    grounds_fact = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=portal_now(), editable=False)
    settled_at = models.DateTimeField(null=True)
    settled_how = models.CharField(
        max_length=10, blank=True, choices=[("signed", _("signé")), ("dropped", _("abandonné"))]
    )
    dropped_note = models.TextField(blank=True)
    signer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    signer_name = models.CharField(max_length=120, blank=True)
    signer_quality = models.CharField(max_length=200, blank=True)
    delegation = models.ForeignKey(
        "workflows.SigningDelegation", models.PROTECT, null=True, related_name="+"
    )
    step = models.OneToOneField("workflows.Step", models.PROTECT, null=True, related_name="+")
    letter_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_case_has_one_open_retraction",
                fields=["case"],
                condition=Q(settled_at=None),
                violation_error_message=_("Un retrait attend déjà une signature."),
            ),
            models.CheckConstraint(
                name="a_retraction_gives_its_grounds",
                condition=~Q(grounds_law="")
                & ~Q(grounds_fact="")
                & ~Q(grounds_law__contains=UNWRITTEN)
                & ~Q(grounds_fact__contains=UNWRITTEN),
            ),
            models.CheckConstraint(
                name="two_people_make_a_retraction",
                condition=Q(signer=None) | ~Q(signer=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="a_signed_retraction_has_its_signature",
                condition=~Q(settled_how="signed")
                | Q(signer__isnull=False, delegation__isnull=False, step__isnull=False),
            ),
            models.CheckConstraint(
                name="a_dropped_retraction_says_why",
                condition=~Q(settled_how="dropped") | ~Q(dropped_note=""),
            ),
            models.CheckConstraint(
                name="a_settled_retraction_says_how",
                condition=Q(settled_at=None, settled_how="")
                | Q(settled_at__isnull=False) & ~Q(settled_how=""),
            ),
        ]

    def __str__(self):
        return f"retraction ({self.case_id})"


class ObservationInvitation(PersonalRecord):
    """The person is told what is envisaged and why, and may answer first (CRPA L.122-1)."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="invitations")
    retraction = models.OneToOneField(Retraction, models.PROTECT, related_name="invitation")
    due_on = models.DateField()
    invited_at = models.DateTimeField(db_default=portal_now(), editable=False)
    letter_id = models.UUIDField()
    answered_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    assisted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_answered_invitation_has_its_text",
                condition=Q(answered_at=None, text="", assisted_by="")
                | Q(answered_at__isnull=False) & ~Q(text=""),
            ),
        ]

    def __str__(self):
        return f"invitation ({self.case_id})"

    def is_over(self, today) -> bool:
        """Answered, or the last day to answer is past."""
        return self.answered_at is not None or self.due_on < today
