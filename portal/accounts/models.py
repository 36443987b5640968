"""Accounts and posts: who may sign in, and for which prefecture on which days."""

import unicodedata
from datetime import timedelta
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import POST_ROLES, ContactKind, Kind, Role
from portal.accounts.organisation import Membership, Organisation  # noqa: F401 -- one app
from portal.core import clock

LANGUAGES = [("fr", "Français"), ("en", "English"), ("ar", "العربية")]


def composed(password: str | None) -> str | None:
    """A password in composed Unicode (NFC): telephones and computers compose accents apart."""
    return None if password is None else unicodedata.normalize("NFC", password)


def written_one_way(staff_number: str) -> str:
    """A staff number without spaces, in capitals: typed twice, it is the same number."""
    return "".join(staff_number.split()).upper()


class UserManager(BaseUserManager):
    """Makes accounts; an address is always kept in lower case."""

    @classmethod
    def normalize_email(cls, email):
        return (email or "").strip().lower()

    def get_by_natural_key(self, email):
        return self.get(email=self.normalize_email(email))

    def create_user(self, email, password=None, *, kind="applicant", **facts):
        """Create an account. Without a password, nobody can sign in with it."""
        if not email:
            raise ValueError("an account needs an e-mail address")
        if facts.get("staff_number"):
            facts["staff_number"] = written_one_way(facts["staff_number"])
        user = self.model(email=self.normalize_email(email), kind=kind, **facts)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **facts):
        """Create an administrator, the only kind that may hold every Wagtail permission."""
        facts |= {"kind": "administrator", "is_superuser": True}
        facts.setdefault("display_name", self.normalize_email(email))
        return self.create_user(email, password, **facts)


class User(AbstractBaseUser, PermissionsMixin):
    """An account. An applicant's civil status lives in the dossier, never here."""

    email = models.EmailField(
        _("adresse e-mail"),
        unique=True,
        error_messages={"unique": _("Un compte existe déjà avec cette adresse.")},
    )
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.APPLICANT)
    language = models.CharField(_("langue"), max_length=2, choices=LANGUAGES, default="fr")
    display_name = models.CharField(_("nom affiché"), max_length=120, blank=True)
    # Matricule: one human, one agent account, so that nobody signs under a second one.
    staff_number = models.CharField(_("matricule"), max_length=20, null=True, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()

    class Meta:
        verbose_name = _("compte")
        verbose_name_plural = _("comptes")
        constraints = [
            models.CheckConstraint(
                name="an_address_is_kept_in_lower_case", condition=Q(email=Lower("email"))
            ),
            models.CheckConstraint(
                name="an_account_has_a_known_kind", condition=Q(kind__in=Kind.values)
            ),
            models.CheckConstraint(
                name="an_account_speaks_one_of_our_languages",
                condition=Q(language__in=[code for code, _label in LANGUAGES]),
            ),
            models.CheckConstraint(
                name="an_applicant_has_no_name_in_the_account",
                condition=~Q(kind="applicant") | Q(display_name=""),
            ),
            models.CheckConstraint(
                name="only_an_administrator_is_a_superuser",
                condition=Q(is_superuser=False) | Q(kind="administrator"),
            ),
            models.CheckConstraint(
                name="an_agent_has_a_staff_number",
                condition=~Q(kind="agent") | Q(staff_number__isnull=False),
                violation_error_message=_("Un agent a un matricule."),
            ),
            models.CheckConstraint(
                name="a_staff_number_is_written_one_way",
                condition=Q(staff_number=None) | Q(staff_number__regex="^[A-Z0-9-]{1,20}$"),
            ),
            models.UniqueConstraint(
                name="one_human_has_one_agent_account",
                fields=["staff_number"],
                violation_error_message=_("Un compte existe déjà avec ce matricule."),
            ),
            # A post refers to both columns, so that it can only be an agent's.
            models.UniqueConstraint(name="an_account_has_one_kind", fields=["id", "kind"]),
        ]

    def __str__(self):
        return self.display_name or self.email

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)

    def set_password(self, raw_password):
        """The same password typed on another keyboard is the same password."""
        super().set_password(composed(raw_password))

    def check_password(self, raw_password):
        """Whether this is the password, however its accents were composed."""
        return super().check_password(composed(raw_password))

    @property
    def is_staff(self):
        """Wagtail's door: only editors and administrators work on the public pages."""
        return self.kind in {Kind.EDITOR, Kind.ADMINISTRATOR}

    @cached_property
    def posts_today(self):
        """The posts this agent holds on today's legal day, read once per instance."""
        if self.kind != Kind.AGENT or not self.is_active:
            return ()
        return tuple(self.posts.held_on(clock.today()).order_by("prefecture_id", "role", "pk"))

    @cached_property
    def contact_keys(self) -> frozenset[str]:
        """Digests of the agent's own address, phone, e-mail; row security hides them from others.

        For anybody else the set is empty, and the database itself refuses the act.
        """
        if self.kind != Kind.AGENT:
            return frozenset()
        known = self.contacts.filter(forgotten_at=None).order_by("pk")
        return frozenset(known.values_list("digest", flat=True))

    @property
    def roles(self) -> frozenset[str]:
        """Values of `Role`: the agent's posts of today, or what the kind of account gives."""
        if not self.is_active:
            return frozenset()
        if self.kind == Kind.AGENT:
            return frozenset(post.role for post in self.posts_today)
        return frozenset({Role(self.kind).value})

    @property
    def prefectures(self) -> tuple[str, ...]:
        """Codes of the prefectures whose dossiers this person may see today."""
        return tuple(sorted({post.prefecture_id for post in self.posts_today}))


class PostQuerySet(models.QuerySet):
    def held_on(self, day):
        """Posts that have begun and not ended on this day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


DAYS_HELD = Func("starts_on", "ends_on", RangeBoundary(inclusive_upper=True), function="daterange")


class Post(models.Model):
    """A role held by an agent in one prefecture, from a day to a day, both included."""

    user = models.ForeignKey(User, models.PROTECT, related_name="posts")
    # Always "agent": with the composite key written in the migration, the database
    # refuses a post to an applicant or an editor, and refuses to change its holder's kind.
    user_kind = models.GeneratedField(
        expression=Value("agent"),
        output_field=models.CharField(max_length=16),
        db_persist=True,
    )
    prefecture = models.ForeignKey("territory.Prefecture", models.PROTECT, related_name="+")
    role = models.CharField(
        max_length=16, choices=[(role.value, role.label) for role in POST_ROLES]
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_post_is_one_of_the_four_roles",
                condition=Q(role__in=[role.value for role in POST_ROLES]),
            ),
            models.CheckConstraint(
                name="a_post_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="an_agent_serves_one_prefecture_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("prefecture", RangeOperators.NOT_EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="an_agent_holds_a_role_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()} ({self.prefecture_id})"


class AboutAgent(models.Model):
    """What is known of one agent; with the migration's composite key, of nobody else."""

    user_kind = models.GeneratedField(
        expression=Value("agent"),
        output_field=models.CharField(max_length=16),
        db_persist=True,
    )

    class Meta:
        abstract = True


class AgentSkill(AboutAgent):
    """A procedure that an agent handles, from a day to a day; without any row ever, all of them."""

    user = models.ForeignKey(User, models.PROTECT, related_name="skills")
    procedure_code = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_skill_ends_after_it_starts",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
            ExclusionConstraint(
                name="an_agent_has_a_skill_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("procedure_code", RangeOperators.EQUAL),
                    (DAYS_HELD, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self):
        return self.procedure_code


class AbsenceQuerySet(models.QuerySet):
    def lasting_on(self, day):
        """Absences that cover this day."""
        return self.filter(starts_on__lte=day, back_on__gt=day)

    def not_over(self, day):
        """Absences of this day and of the days to come; one that was called off is neither."""
        return self.filter(back_on__gt=day).exclude(back_on=F("starts_on"))


class Absence(AboutAgent):
    """Days on which an agent receives no new case, from the first to the eve of their return."""

    user = models.ForeignKey(User, models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    # The first day of work again; the first day of absence when it was called off.
    back_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Func(function="portal_now"), editable=False)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_absence_ends_after_it_starts",
                condition=Q(back_on__gte=F("starts_on")),
            ),
            models.CheckConstraint(
                name="nobody_records_their_own_absence", condition=~Q(recorded_by=F("user"))
            ),
            ExclusionConstraint(
                name="an_agent_is_absent_once_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (
                        Func("starts_on", "back_on", RangeBoundary(), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self):
        return f"{self.starts_on} – {self.ends_on}"

    @property
    def ends_on(self):
        """The last day of absence."""
        return self.back_on - timedelta(days=1)


class AgentContact(AboutAgent):
    """A keyed digest of an agent's own address, phone or e-mail; the clear value is not kept.

    It proves that a dossier is close to the agent, and says nothing else of either.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="contacts")
    kind = models.CharField(max_length=8, choices=ContactKind.choices)
    digest = models.CharField(max_length=64)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_contact_is_of_a_known_kind", condition=Q(kind__in=ContactKind.values)
            ),
            models.CheckConstraint(
                name="a_contact_is_kept_as_a_digest", condition=Q(digest__regex="^[0-9a-f]{64}$")
            ),
            models.UniqueConstraint(
                name="a_contact_of_an_agent_is_known_once",
                fields=["user", "digest"],
                condition=Q(forgotten_at=None),
            ),
        ]
        indexes = [models.Index("digest", name="contact_digest", condition=Q(forgotten_at=None))]

    def __str__(self):
        return self.kind


class CacheTable(models.Model):
    """What Django's database cache expects of a table."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.cache_key


class CacheEntry(CacheTable):
    """The table of Django's database cache, declared here so that migrations and rights see it.

    It holds the counters of sign-in attempts; nothing in it would be missed.
    """

    class Meta:
        db_table = "portal_cache"


class EditingCacheEntry(CacheTable):
    """The same table for the sessions of the editing process, which no other process reads.

    Whoever writes a session is whoever they say in it: editors' sessions are kept apart.
    """

    class Meta:
        db_table = "portal_editing_cache"
