"""The forms of sign-in: allauth's for applicants in our words, one form for the other doors."""

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from portal.accounts.enums import Kind
from portal.accounts.models import LANGUAGES

MAX_PASSWORD = 1000
_EMAIL_HINT = _("Par exemple : prenom@exemple.fr")
_LABELS = {
    "login": (_("Adresse e-mail"), _EMAIL_HINT),
    "email": (_("Adresse e-mail"), _EMAIL_HINT),
    "password": (_("Mot de passe"), ""),
    "oldpassword": (_("Mot de passe actuel"), ""),
    "code": (_("Code reçu par e-mail"), _("Huit chiffres. Le code est valable 15 minutes.")),
}
_NEW_PASSWORD = _("Nouveau mot de passe")


class OurWords:
    """Labels and hints in plain words; no placeholder, which disappears when one types."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in _LABELS:
                field.label, field.help_text = _LABELS[name]
            if isinstance(field.widget, forms.PasswordInput):
                field.max_length = MAX_PASSWORD
                field.widget.attrs["maxlength"] = MAX_PASSWORD
            if name == "code":
                field.widget.attrs["inputmode"] = "numeric"
        if "password1" in self.fields:
            self.fields["password1"].label = self.password_label
            self.fields["password1"].help_text = _(
                "Au moins 12 caractères. Trois ou quatre mots sans lien entre eux sont faciles à"
                " retenir."
            )
        # typed once: it can be shown on the screen, and a code by mail repairs a mistake
        self.fields.pop("password2", None)

    password_label = _NEW_PASSWORD

    def clean(self):
        """Refuse at once a password so long that hashing it would be an attack."""
        for name in ("password", "password1", "oldpassword"):
            if len(self.data.get(name) or "") > MAX_PASSWORD:
                raise forms.ValidationError(
                    _("Ce mot de passe est trop long : 1 000 caractères au plus.")
                )
        return super().clean()


class SignUpForm(OurWords, allauth_forms.SignupForm):
    """An account needs an address and a password, nothing else."""

    password_label = _("Choisissez un mot de passe")


class SignInForm(OurWords, allauth_forms.LoginForm):
    """The applicants' door."""


class ForgottenPasswordForm(OurWords, allauth_forms.ResetPasswordForm):
    """Sends a code to applicants only; whoever asks reads the same page."""

    def clean_email(self):
        """An agent's password is never changed from the public door."""
        email = super().clean_email()
        self.users = [user for user in self.users if user.kind == Kind.APPLICANT]
        return email


class NewPasswordForm(OurWords, allauth_forms.ResetPasswordKeyForm):
    """After the code by mail."""


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):
    """The present password, then the new one."""


class FirstPasswordForm(OurWords, allauth_forms.SetPasswordForm):
    """For an account that has none."""


class ChangeAddressForm(OurWords, allauth_forms.AddEmailForm):
    """The new address counts once its code is typed."""


class OtherAddressForm(OurWords, allauth_forms.ChangeEmailForm):
    """Repairs an address mistyped at sign-up, before its code is typed."""


class ConfirmPasswordForm(OurWords, allauth_forms.ReauthenticateForm):
    """Before a change that a stranger at the keyboard could make."""


class AddressCodeForm(OurWords, allauth_forms.ConfirmEmailVerificationCodeForm):
    """Proves that the address is the person's."""


class PasswordCodeForm(OurWords, allauth_forms.ConfirmPasswordResetCodeForm):
    """Proves it again when the password is forgotten."""


class DoorForm(forms.Form):
    """Agents and counters: one sentence for every refusal, whatever its cause."""

    email = forms.EmailField(
        label=_("Adresse e-mail professionnelle"),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Mot de passe"),
        strip=False,
        max_length=MAX_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.user = None

    def clean(self):
        """Count the attempt, then ask the backend."""
        found = super().clean()
        if "email" in found and "password" in found:
            self.user = user_at_door(self.request, found["email"], found["password"])
            if self.user is None:
                raise forms.ValidationError(REFUSED)
        return found


REFUSED = _("Connexion refusée. Vérifiez l’adresse et le mot de passe, ou réessayez plus tard.")


class EditorSignInForm(AuthenticationForm):
    """The same rule and the same sentence at Wagtail's own sign-in page."""

    remember = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self):
        """Count the attempt, then ask the backend."""
        found = self.cleaned_data
        if found.get("username") and found.get("password"):
            user = user_at_door(self.request, found["username"], found["password"])
            if user is None:
                raise forms.ValidationError(REFUSED)
            self.user_cache = user
        return found


def user_at_door(request, email, password):
    """The user who may enter, or None: wrong, unknown, closed, of another door, or too often."""
    try:
        return get_adapter().authenticate(request, email=email, password=password)
    except forms.ValidationError:
        return None


class LanguageForm(forms.Form):
    """One of the portal's languages."""

    language = forms.ChoiceField(label=_("Langue"), choices=LANGUAGES)
