"""Make the accounts that nobody makes for themselves."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.accounts.enums import POST_ROLES, Kind
from portal.accounts.models import Post, User, written_one_way
from portal.core.constraints import refusing


@transaction.atomic
def create_applicant(email: str, password: str, *, language: str = "fr") -> User:
    """An applicant whose address is already proven, as at a help point or in a demonstration."""
    user = User.objects.create_user(email, password, kind=Kind.APPLICANT, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def invite_applicant(email: str, *, language: str = "fr") -> User:
    """An applicant who has no password yet and whose address nobody has proven.

    Made at a counter. “Forgotten password” sends a code to the address, which proves it.
    """
    user = User.objects.create_user(email, None, kind=Kind.APPLICANT, language=language)
    EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    return user


@transaction.atomic
def appoint(
    user: User, *, prefecture_code: str, role: str, starts_on: date, ends_on: date | None = None
) -> Post:
    """Give an agent a post. Raises DomainRefusal where the posts would contradict each other.

    Needs the worker's or the owner's role: the web process cannot write a post.
    """
    sentences = {
        "an_agent_serves_one_prefecture_at_a_time": _(
            "Cet agent est déjà affecté à une autre préfecture à ces dates."
        ),
        "an_agent_holds_a_role_once_at_a_time": _("Cet agent a déjà cette fonction à ces dates."),
        "a_post_ends_after_it_starts": _("La fin de l’affectation précède son début."),
        "a_post_is_held_by_an_agent": _("Seul un agent peut être affecté à une préfecture."),
    }
    if role not in POST_ROLES:
        raise ValueError(f"{role} is not a role of a post")
    with refusing(sentences):
        post = Post.objects.create(
            user=user,
            prefecture_id=prefecture_code,
            role=role,
            starts_on=starts_on,
            ends_on=ends_on,
        )
    user.__dict__.pop("posts_today", None)
    return post


@transaction.atomic
def number_agent(user: User, staff_number: str) -> None:
    """Write an agent's own number (matricule). Needs the worker's or the owner's role.

    Raises IntegrityError when another account has it: one human has one agent account.
    """
    user.staff_number = written_one_way(staff_number)
    user.save(update_fields=["staff_number"])


@transaction.atomic
def close_account(user: User, *, on: date) -> None:
    """End an account of the administration: its next request is refused, its posts end.

    The account stays, for the acts that name it. Needs the worker's or the owner's role.
    """
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.posts.filter(Q(ends_on=None) | Q(ends_on__gt=on), starts_on__lte=on).update(ends_on=on)
