"""What one person proposes and another signs."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.enums import Outcome
from workflows.models.base import PersonalRecord, portal_now

UNWRITTEN = "[…"
"""What stands in the texts of the library for what the reviewer must write."""


class Proposal(PersonalRecord):
    """A reviewer's proposal with its grounds in law and in fact (CRPA L.211-5)."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="proposals")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    grounds_law = models.TextField()
    grounds_fact = models.TextField()
    title_starts_on = models.DateField(null=True)
    title_ends_on = models.DateField(null=True)
    title_months = models.PositiveSmallIntegerField(null=True)
    # What the rule of the procedure gives, kept beside what is proposed.
    title_computed_on = models.DateField(null=True)
    title_article = models.CharField(max_length=200, blank=True)
    title_category = models.CharField(max_length=200, blank=True)
    title_reason = models.TextField(blank=True)
    # Why a dossier is closed, as a code of the library of grounds.
    closure_code = models.CharField(max_length=60, blank=True)
    submission_number = models.PositiveSmallIntegerField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=portal_now(), editable=False)
    settled_at = models.DateTimeField(null=True)
    settled_how = models.CharField(
        max_length=10,
        blank=True,
        choices=[
            ("signed", _("signée")),
            ("sent_back", _("renvoyée")),
            ("void", _("devenue sans objet")),
        ],
    )
    sent_back_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="a_case_has_one_open_proposal",
                fields=["case"],
                condition=Q(settled_at=None),
                violation_error_message=_("Une proposition attend déjà une signature."),
            ),
            models.UniqueConstraint(
                name="a_proposal_has_one_author_and_outcome",
                fields=["id", "case", "proposed_by", "outcome"],
            ),
            models.CheckConstraint(
                name="a_proposal_gives_its_grounds",
                condition=~Q(grounds_law="") & ~Q(grounds_fact=""),
            ),
            models.CheckConstraint(
                name="what_a_ground_leaves_to_write_is_written",
                condition=~Q(grounds_law__contains=UNWRITTEN)
                & ~Q(grounds_fact__contains=UNWRITTEN),
                violation_error_message=_("Remplacez chaque « […] » par ce qui est demandé."),
            ),
            models.CheckConstraint(
                name="a_closure_has_its_coded_reason",
                condition=Q(outcome=Outcome.CLOSE) & ~Q(closure_code="")
                | ~Q(outcome=Outcome.CLOSE) & Q(closure_code=""),
                violation_error_message=_("Choisissez le motif du classement sans suite."),
            ),
            models.CheckConstraint(
                name="a_title_of_another_length_says_why",
                condition=~Q(outcome=Outcome.GRANT)
                | Q(title_computed_on=None)
                | Q(title_ends_on=F("title_computed_on"))
                | ~Q(title_reason=""),
                violation_error_message=_("Dites pourquoi la durée n’est pas celle de la règle."),
            ),
            models.UniqueConstraint(name="a_proposal_is_about_one_case", fields=["id", "case"]),
            models.CheckConstraint(
                name="a_proposed_grant_has_its_dates",
                condition=Q(outcome=Outcome.GRANT, title_ends_on__gt=F("title_starts_on"))
                | ~Q(outcome=Outcome.GRANT) & Q(title_starts_on=None, title_ends_on=None),
            ),
            models.CheckConstraint(
                name="a_settled_proposal_says_how",
                condition=Q(settled_at=None, settled_how="")
                | Q(settled_at__isnull=False) & ~Q(settled_how=""),
            ),
            models.CheckConstraint(
                name="a_proposal_sent_back_says_why",
                condition=~Q(settled_how="sent_back") | ~Q(sent_back_note=""),
            ),
        ]

    def __str__(self):
        return f"{self.outcome} ({self.case_id})"


class Decision(PersonalRecord):
    """A proposal signed by another person, by delegation; composite keys prove both people."""

    case = models.ForeignKey("workflows.Case", models.PROTECT, related_name="decisions")
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision")
    step = models.OneToOneField("workflows.Step", models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    proposer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signer_name = models.CharField(max_length=120)
    signer_quality = models.CharField(max_length=200)
    # The power to sign, for the office of that day: a composite key and a trigger prove it.
    delegation = models.ForeignKey(
        "workflows.SigningDelegation", models.PROTECT, null=True, related_name="+"
    )
    office_code = models.CharField(max_length=3, db_default="", editable=False)
    letter_id = models.UUIDField(null=True)
    # What was still missing when it was granted, as the letter says it, and until when it was
    # asked: the grant takes effect once all is received (CRPA L.114-5-1).
    granted_subject_to = ArrayField(models.CharField(max_length=300), null=True)
    supply_due_on = models.DateField(null=True)
    signed_at = models.DateTimeField(db_default=portal_now(), editable=False)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="two_people_make_a_decision",
                condition=~Q(signer=F("proposer")),
                violation_error_message=_("La personne qui signe ne peut pas avoir proposé."),
            ),
            models.CheckConstraint(
                name="a_grant_subject_to_a_supply_names_it_and_its_day",
                condition=Q(granted_subject_to=None, supply_due_on=None)
                | Q(
                    outcome=Outcome.GRANT,
                    granted_subject_to__len__gte=1,
                    supply_due_on__isnull=False,
                ),
            ),
            models.UniqueConstraint(
                name="a_case_has_one_decision_in_force",
                fields=["case"],
                condition=Q(revoked_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.outcome} ({self.case_id})"
