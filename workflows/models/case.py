"""The review of one filed dossier; its state is proven by its last step."""

import uuid

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.utils.translation import gettext_lazy as _

from workflows import deadlines
from workflows.enums import (
    AFTER_COMPLETENESS,
    AFTER_GRANT,
    BEFORE_DECISION,
    DECIDED,
    IN_REVIEW,
    ROUTING_DESK,
    WITH_A_CARD,
    CardOrderState,
    CaseState,
    Outcome,
)
from workflows.machine import CaseMachine
from workflows.models.card import CardOrder
from workflows.routing import RULES
from workflows.table import edges

NOBODY = Value([], output_field=ArrayField(models.BigIntegerField()))


class CaseQuerySet(models.QuerySet):
    """Which cases; the database hides the other offices' rows a second time."""

    def visible_to(self, person):
        """The one door to cases from the desk: those of the offices this person serves today."""
        return self.filter(prefecture_code__in=person.prefectures)

    def unrouted(self):
        """Cases whose competent office a supervisor has still to find."""
        return self.filter(state=CaseState.FILED, prefecture_code=ROUTING_DESK)

    def open_at_desk(self):
        """Cases in which an agent has, or will have, something to do."""
        return self.exclude(
            state__in=[
                CaseState.REFUSED,
                CaseState.CLOSED,
                CaseState.HANDED_OVER,
                CaseState.RECORDED,
                CaseState.WITHDRAWN,
                CaseState.ARCHIVED,
            ]
        )

    def in_review(self):
        """Cases that need a reviewer, whoever has the next word."""
        return self.filter(state__in=IN_REVIEW)

    def with_the_place_of_the_card(self):
        """`card_place`: the office where the card that was made is, empty on its way."""
        made = CardOrder.objects.filter(case=OuterRef("pk"), state=CardOrderState.PRODUCED)
        place = made.order_by("-ordered_at", "pk").values("place_code")[:1]
        return self.annotate(card_place=Subquery(place))

    def not_close_to(self, person):
        """Cases that this agent did not type, and whose person shares no contact with them."""
        keys = sorted(person.contact_keys)
        far = self.exclude(typists__contains=[person.pk])
        return far.exclude(contact_keys__overlap=keys) if keys else far

    def most_urgent_first(self):
        """What is due first comes first; the identifier breaks ties, so pages never overlap."""
        return self.order_by(F("due_on").asc(nulls_last=True), "id")


class Case(CaseMachine):
    """The review of one filed dossier (dossier en instruction)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dossier = models.OneToOneField("dossiers.Dossier", models.PROTECT, related_name="+")
    applicant = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    last_step = models.PositiveSmallIntegerField(default=1)
    # What the queue shows, as the person filed it; renewed with each submission.
    dossier_number = models.CharField(max_length=20)
    procedure_code = models.CharField(max_length=60)
    holder_name = models.CharField(max_length=200)
    filed_at = models.DateTimeField()
    # The rule of silence, kept with the date that it gave (CESEDA R.*432-1, R.432-2).
    clock_rule = models.CharField(max_length=60)
    clock_article = models.CharField(max_length=200)
    clock_months = models.PositiveSmallIntegerField(default=0)
    clock_days = models.PositiveSmallIntegerField(default=0)
    implicit_refusal_on = models.DateField()
    implicit_refusal_flagged_on = models.DateField(null=True)
    silence_letter_id = models.UUIDField(null=True)
    # The day a decision was withdrawn or annulled: the request waits again from there.
    clock_restarted_on = models.DateField(null=True)
    # What is due next, with the rule and the article that say so (services/timing.py).
    due_on = models.DateField(null=True)
    due_rule = models.CharField(max_length=60, blank=True)
    due_article = models.CharField(max_length=200, blank=True)
    # The day given by the court that annulled the refusal, until the case is decided again.
    reexamine_by = models.DateField(null=True)
    language = models.CharField(max_length=2, default="fr")
    # Whose case it is: the agent of its open assignment, tied to it by two composite keys.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    # Digests of the person's e-mails, phone and address: no agent who shares one handles it.
    contact_keys = ArrayField(models.CharField(max_length=64), default=list)
    # Agents who typed at the counter with the person: none of them handles the case.
    typists = ArrayField(models.BigIntegerField(), default=list, db_default=NOBODY)

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_case_is_in_a_known_state", condition=Q(state__in=CaseState.values)
            ),
            models.CheckConstraint(
                name="a_case_past_filing_has_an_office",
                condition=Q(state__in=[CaseState.FILED, CaseState.WITHDRAWN, CaseState.ARCHIVED])
                | Q(prefecture_code__isnull=False) & ~Q(prefecture_code=ROUTING_DESK),
            ),
            models.CheckConstraint(
                name="a_case_with_a_service_says_which_rule_found_it",
                condition=Q(service=None, routing_rule="") | Q(routing_rule__in=RULES),
            ),
            models.CheckConstraint(
                name="a_review_starts_from_a_complete_dossier",
                condition=~Q(state__in=AFTER_COMPLETENESS) | Q(complete_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_completion_request_is_named_while_it_is_awaited",
                condition=Q(
                    state=CaseState.COMPLETION_REQUESTED, completion_request_id__isnull=False
                )
                | ~Q(state=CaseState.COMPLETION_REQUESTED) & Q(completion_request_id=None),
            ),
            models.CheckConstraint(
                name="an_opinion_is_named_while_it_is_awaited",
                condition=Q(state=CaseState.OPINION_REQUESTED, opinion_id__isnull=False)
                | ~Q(state=CaseState.OPINION_REQUESTED) & Q(opinion_id=None),
            ),
            models.CheckConstraint(
                name="a_proposal_has_an_author_and_an_outcome",
                condition=~Q(state=CaseState.DECISION_PROPOSED)
                | Q(proposed_by__isnull=False, proposed_outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="an_incomplete_dossier_is_only_closed",
                condition=Q(complete_at__isnull=False)
                | ~Q(proposed_outcome__in=[Outcome.GRANT, Outcome.REFUSE]),
            ),
            models.CheckConstraint(
                name="a_decided_case_names_two_people",
                condition=~Q(state__in=DECIDED)
                | Q(
                    proposed_by__isnull=False,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    outcome=F("proposed_outcome"),
                ),
            ),
            models.CheckConstraint(
                name="who_signs_has_not_proposed",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("La personne qui signe ne peut pas avoir proposé."),
            ),
            models.CheckConstraint(
                name="a_granted_title_has_its_dates",
                condition=~Q(state__in=AFTER_GRANT)
                | Q(outcome=Outcome.GRANT, title_ends_on__gt=F("title_starts_on")),
            ),
            models.CheckConstraint(
                name="a_card_is_made_where_the_procedure_makes_one",
                condition=Q(makes_card=True) & ~Q(state=CaseState.RECORDED)
                | Q(makes_card=False) & ~Q(state__in=WITH_A_CARD),
            ),
            models.CheckConstraint(
                name="a_grant_that_waits_for_a_supply_goes_no_further",
                condition=Q(supply_awaited=False) | Q(state=CaseState.GRANTED),
            ),
            models.CheckConstraint(
                name="silence_is_counted_in_months_or_days",
                condition=Q(clock_months__gt=0, clock_days=0) | Q(clock_months=0, clock_days__gt=0),
            ),
            models.CheckConstraint(
                name="a_due_date_says_its_rule",
                condition=Q(due_on=None, due_rule="") | Q(due_on__isnull=False) & ~Q(due_rule=""),
            ),
            models.CheckConstraint(
                name="the_day_of_a_judgment_ends_with_the_decision",
                condition=Q(reexamine_by=None) | Q(state__in=BEFORE_DECISION),
            ),
            models.CheckConstraint(
                name="only_a_case_in_review_has_a_reviewer",
                condition=Q(reviewer=None) | Q(state__in=IN_REVIEW),
            ),
            # An open assignment refers to both columns.
            models.UniqueConstraint(name="a_case_has_one_reviewer", fields=["id", "reviewer"]),
        ]
        indexes = [
            models.Index(
                "reviewer",
                "due_on",
                "id",
                name="case_queue_of_reviewer",
                condition=Q(reviewer__isnull=False),
            ),
            # How much each agent has in hand is read from here alone, at each draw; the row policy
            # asks for the applicant too.
            models.Index(
                fields=["prefecture_code", "reviewer"],
                include=["state", "applicant"],
                name="case_load_of_an_agent",
                condition=Q(reviewer__isnull=False),
            ),
            models.Index("prefecture_code", "due_on", "id", name="case_queue"),
            models.Index(
                "prefecture_code",
                "state",
                "due_on",
                "id",
                name="case_queue_of_state",
            ),
            models.Index(
                "prefecture_code",
                "due_on",
                "id",
                name="case_that_nobody_has",
                condition=Q(reviewer=None, state__in=IN_REVIEW),
            ),
            models.Index(
                "implicit_refusal_on",
                name="case_silence_to_flag",
                condition=Q(implicit_refusal_flagged_on=None),
            ),
            models.Index(
                "due_on", "id", name="case_due_somewhere", condition=Q(state__in=BEFORE_DECISION)
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="case_follows_the_machine", field="state", transitions=edges(CaseMachine)
            ),
            pgtrigger.Trigger(
                name="case_begins_at_filing",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                condition=~pgtrigger.Q(new__state=CaseState.FILED.value),
                func="RAISE EXCEPTION 'a case begins at filing, not at %', NEW.state;",
            ),
        ]

    def __str__(self):
        return f"{self.dossier_number} ({self.state})"

    def last_day_to_retract(self):
        """Until when its grant may be withdrawn (CRPA L.242-1)."""
        return deadlines.retraction_ends_on(deadlines.legal_day(self.decided_at))

    def last_day_to_reopen(self):
        """Until when its refusal or closure may be withdrawn here."""
        return deadlines.reopening_ends_on(deadlines.legal_day(self.decided_at))

    @property
    def silence_stands(self):
        """Whether silence refused it and nothing came since: no decision, no withdrawal."""
        return self.implicit_refusal_flagged_on is not None and self.state in BEFORE_DECISION

    @property
    def is_in_review(self):
        """Whether it has, or waits for, a reviewer."""
        return self.state in IN_REVIEW
