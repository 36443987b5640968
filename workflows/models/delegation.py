"""Who may sign which decisions, under which published order; made by a command, never a page."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from workflows.enums import Family, Outcome
from workflows.models.base import portal_now


class SigningDelegationQuerySet(models.QuerySet):
    """Which powers to sign."""

    def in_force(self, day):
        """Those whose days hold this one."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)

    def covering(self, *, prefecture_code, act, family, day):
        """Those under which this act may be signed on this day, the oldest order first."""
        return (
            self.in_force(day)
            .filter(prefecture_code=prefecture_code, acts__contains=[act])
            .filter(Q(families=[]) | Q(families__contains=[family]))
            .order_by("starts_on", "made_at", "pk")
        )

    def visible_to(self, person):
        """Those of the offices that this person serves today."""
        return self.filter(prefecture_code__in=person.prefectures)


class SigningDelegation(models.Model):
    """A delegation of signature (délégation de signature), as a published order gives it.

    Nothing of it changes but its end, which is never put in the past.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    signatory = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="signing_delegations"
    )
    prefecture_code = models.CharField(max_length=3)
    acts = ArrayField(models.CharField(max_length=8, choices=Outcome.choices))
    # Empty: every family of procedures.
    families = ArrayField(
        models.CharField(max_length=12, choices=Family.choices), default=list, blank=True
    )
    quality = models.CharField(_("qualité imprimée sur la lettre"), max_length=200)
    order_reference = models.CharField(_("référence de l’arrêté"), max_length=120)
    order_on = models.DateField(_("date de l’arrêté"))
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField(db_default=portal_now(), editable=False)

    objects = SigningDelegationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_delegation_names_known_acts",
                condition=Q(acts__len__gt=0) & Q(acts__contained_by=Outcome.values),
                violation_error_message=_("Dites quels actes cette personne peut signer."),
            ),
            models.CheckConstraint(
                name="a_delegation_names_known_families",
                condition=Q(families__contained_by=Family.values),
            ),
            models.CheckConstraint(
                name="a_delegation_has_its_order_and_its_quality",
                condition=~Q(quality="") & ~Q(order_reference=""),
                violation_error_message=_("Donnez la qualité, et la référence de l’arrêté."),
            ),
            models.CheckConstraint(
                name="a_delegation_follows_its_order",
                condition=Q(starts_on__gte=F("order_on")),
                violation_error_message=_("Une délégation ne commence pas avant son arrêté."),
            ),
            models.CheckConstraint(
                name="a_delegation_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("La fin de la délégation précède son début."),
            ),
            # Decision refers to it: who signed held this delegation, for this office.
            models.UniqueConstraint(
                name="a_delegation_is_for_one_person_and_office",
                fields=["id", "signatory", "prefecture_code"],
            ),
        ]

    def __str__(self):
        return f"{self.order_reference} ({self.prefecture_code})"
