"""A person across dossiers and accounts, known by a number only: no name is kept here."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _


class Person(models.Model):
    """Who asks, found again at the next request by the foreigner number, else by a keyed digest.

    `passport_key` is an HMAC of passport number, country and birth date: it finds the same
    person again and tells nothing to someone who reads the table without the key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    foreigner_number = models.CharField(max_length=20, unique=True, null=True, blank=True)
    passport_key = models.CharField(max_length=64, unique=True, null=True, blank=True)
    first_seen_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        verbose_name = _("personne")
        constraints = [
            models.CheckConstraint(
                name="a_person_is_known_by_a_number_or_a_key",
                condition=Q(foreigner_number__isnull=False) | Q(passport_key__isnull=False),
            ),
            models.CheckConstraint(
                name="a_passport_key_is_a_sha256",
                condition=Q(passport_key=None) | Q(passport_key__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self):
        return str(self.pk)


class PersonAccount(models.Model):
    """An account that filed for a person. Nothing of one account is shown to another by it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="accounts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="an_account_is_linked_to_a_person_once", fields=["person", "user"]
            ),
        ]

    def __str__(self):
        return f"{self.person_id} {self.user_id}"
