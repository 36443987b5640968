"""People for tests: an applicant, or an agent with a post, or someone of another kind."""

import contextlib
import itertools
from datetime import date

import factory
from allauth.account.models import EmailAddress
from django.db import connection, transaction
from factory.django import DjangoModelFactory

from portal.accounts.enums import POST_ROLES
from portal.accounts.models import Post, User

PASSWORD = "un mot de passe de test"
PREFECTURE = "69"
_staff_numbers = itertools.count(1)
KINDS = ("agent", "editor", "auditor", "administrator")


@contextlib.contextmanager
def as_worker():
    """Agents and posts are written by the worker's role: no page can give itself a role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select current_setting('role')")
        (before,) = cursor.fetchone()
        cursor.execute("set local role portal_worker")
        yield
        if not connection.needs_rollback:
            cursor.execute(f"set local role {before}")


class PostFactory(DjangoModelFactory):
    """A post of an existing agent, open since 2020 unless said otherwise."""

    class Meta:
        model = Post

    prefecture_id = PREFECTURE
    role = "reviewer"
    starts_on = date(2020, 1, 1)

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        with as_worker():
            return super()._create(model_class, *args, **kwargs)


class UserFactory(DjangoModelFactory):
    """`UserFactory()` is an applicant with a proven address.

    `UserFactory(reviewer=True, prefecture="75")` is an agent with that post; several roles may
    be given at once. `agent=True` alone has no post. `editor`, `auditor` and `administrator`
    are kinds of account. `verified=False` leaves an applicant's address unproven.
    """

    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"personne{number}@exemple.fr")
    password = PASSWORD

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        roles = [role.value for role in POST_ROLES if kwargs.pop(role.value, False)]
        kinds = [kind for kind in KINDS if kwargs.pop(kind, False)]
        prefecture = kwargs.pop("prefecture", PREFECTURE)
        verified = kwargs.pop("verified", True)
        if kwargs.pop("applicant", False) and (roles or kinds):
            raise ValueError("an applicant has no role of the administration")
        if roles and kinds not in ([], ["agent"]) or len(kinds) > 1:
            raise ValueError(f"one person cannot be {roles + kinds}")
        if roles or kinds:
            kwargs["kind"] = kinds[0] if kinds else "agent"
            kwargs.setdefault("display_name", kwargs["email"].partition("@")[0])
            if kwargs["kind"] == "agent":
                kwargs.setdefault("staff_number", f"TEST-{next(_staff_numbers)}")
        with as_worker() if roles or kinds else contextlib.nullcontext():
            user = model_class.objects.create_user(*args, **kwargs)
        for role in roles:
            PostFactory(user=user, prefecture_id=prefecture, role=role)
        if user.kind == "applicant" and verified:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        return user
