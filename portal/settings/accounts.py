"""Sign-in: applicants through allauth, agents and editors at their own doors.

Counters of attempts live in the database: they hold for every process and survive a
restart, and an installation has no further server to run for them.
"""

from portal.settings.env import env

AUTHENTICATION_BACKENDS = ["portal.accounts.sign_in.DoorBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "space:home"
LOGOUT_REDIRECT_URL = "/"


def _cache(table):
    return {
        "BACKEND": "portal.core.json_cache.JsonDatabaseCache",
        "LOCATION": table,
    }


CACHES = {"default": _cache("portal_cache"), "editing": _cache("portal_editing_cache")}
SESSION_ENGINE = "portal.accounts.sessions"
# Wagtail is the widest door of all: its process can neither read nor forge anyone's session.
EDITING_SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_CACHE_ALIAS = "editing"

ACCOUNT_ADAPTER = "portal.accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "signup": "portal.accounts.forms.SignUpForm",
    "login": "portal.accounts.forms.SignInForm",
    "reset_password": "portal.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.NewPasswordForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "set_password": "portal.accounts.forms.FirstPasswordForm",
    "add_email": "portal.accounts.forms.ChangeAddressForm",
    "change_email": "portal.accounts.forms.OtherAddressForm",
    "reauthenticate": "portal.accounts.forms.ConfirmPasswordForm",
    "confirm_email_verification_code": "portal.accounts.forms.AddressCodeForm",
    "confirm_password_reset_code": "portal.accounts.forms.PasswordCodeForm",
}
WAGTAILADMIN_USER_LOGIN_FORM = "portal.accounts.forms.EditorSignInForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# One password field: the person may show it, and a code by mail repairs a mistake.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code works when the mail is read on another device, and no mail scanner can use it up.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# The library offers to change a mistyped address to new accounts alone, and so tells which
# addresses have one: the page leads back to sign-up instead.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = False  # many applicants use a shared computer
ACCOUNT_LOGOUT_ON_GET = False
# Failures per network address and per account, at every door; allauth's own limits for the rest.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/5m/ip,5/5m/key",
    # anyone may check a paper; nobody may try codes by the thousand
    "check_appointment": "10/m/ip,60/h/ip",
    "check_certificate": "10/m/ip,60/h/ip",
}
# Digits only: they are typed alike on every keyboard. Eight, so that trying them is hopeless.
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": True, "length": 8}

# Without these, the address of the proxy would be counted as everybody's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.whole("PORTAL_TRUSTED_PROXIES", default=0)
