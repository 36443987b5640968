"""Who may enter by which door: one backend for all doors, and allauth's choices for applicants."""

import functools

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib.auth.backends import ModelBackend
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Kind
from portal.accounts.models import LANGUAGES, User
from portal.core import rows
from portal.core.policy import door_of

KINDS_AT = {
    "public": frozenset({Kind.APPLICANT}),
    "agent": frozenset({Kind.AGENT, Kind.AUDITOR, Kind.ADMINISTRATOR}),
    "counter": frozenset({Kind.AGENT}),
    "edit": frozenset({Kind.EDITOR, Kind.ADMINISTRATOR}),
}


def admits(door: str, user) -> bool:
    """Whether an account of this kind may enter by this door."""
    return user.is_active and user.kind in KINDS_AT[door]


class DoorBackend(ModelBackend):
    """Passwords, at the door of the request only. Permissions are Django's, for Wagtail.

    An unknown address, a wrong password, a closed account and a wrong door cost the same
    time and give the same answer: nothing.
    """

    def authenticate(self, request, username=None, password=None, email=None, **_credentials):
        """The user whose password this is, if this door is theirs."""
        address = User.objects.normalize_email(email or username)
        if request is None or not address or password is None:
            return None
        user = User.objects.filter(email=address).first()
        if user is None:
            User().set_password(password)
            return None
        right = user.check_password(password)
        return user if right and admits(door_of(request.path), user) else None

    def get_user(self, user_id):
        """The user of a session, while the account is open: asked at every request."""
        user = rows.read(User, _user_by_key(), [user_id])
        return user if user is not None and self.user_can_authenticate(user) else None


@functools.cache
def _user_by_key():
    columns = rows.selected(User, "u")
    return f"select {columns} from {User._meta.db_table} u where u.id = %s"  # noqa: S608 -- our names


class AccountAdapter(DefaultAccountAdapter):
    """Applicants make their own account; nobody else comes by the public door."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("L’adresse e-mail ou le mot de passe n’est pas le bon."),
        "too_many_login_attempts": _(
            "Trop d’essais. Attendez cinq minutes, ou choisissez un nouveau mot de passe."
        ),
        "incorrect_code": _("Ce code n’est pas le bon. Vérifiez le dernier message reçu."),
        "incorrect_password": _("Ce mot de passe n’est pas le bon."),
        "enter_current_password": _("Tapez votre mot de passe actuel."),
        "email_taken": _("Un compte existe déjà avec cette adresse."),
        "duplicate_email": _("C’est déjà l’adresse de votre compte."),
        "same_as_current": _("C’est déjà l’adresse de votre compte."),
        "rate_limited": _("Trop de demandes en peu de temps. Attendez une minute."),
    }

    def new_user(self, request):
        """An applicant, in the language in which they signed up."""
        known = {code for code, _label in LANGUAGES}
        language = (get_language() or "fr")[:2]
        return User(kind=Kind.APPLICANT, language=language if language in known else "fr")

    def clean_email(self, email):
        """Addresses are kept in lower case."""
        return User.objects.normalize_email(email)
