"""Everything that is the same everywhere; one module a concern."""

from django.utils.translation import gettext_lazy as _

from portal.settings.accounts import *
from portal.settings.accounts import EDITING_SESSION_ENGINE
from portal.settings.completion import *
from portal.settings.database import *
from portal.settings.database import ROLE
from portal.settings.env import env
from portal.settings.jobs import *
from portal.settings.judging import *
from portal.settings.logs import *
from portal.settings.mail import *
from portal.settings.paths import *
from portal.settings.paths import ROOT, VAR
from portal.settings.security import *
from portal.settings.storage import *
from portal.settings.vault import *

DEBUG = False
DEMO = False
MOVABLE_CLOCK = False
# An absence longer than so many days sends the agent's open cases to others.
ABSENT_DAYS_BEFORE_HANDOVER = env.whole("PORTAL_ABSENT_DAYS_BEFORE_HANDOVER", default=3)
DEMO_MAIL_DIR = env.text("PORTAL_DEMO_MAIL_DIR", default=str(VAR / "demo" / "mail"))

INSTALLED_APPS = [
    "portal.core",
    "portal.territory",
    "portal.accounts",
    "portal.vault",
    "portal.correspondence",
    "dossiers",
    "workflows",
    "appointments",
    "cms",
    "portal.space",
    "portal.demo",
    "dsfr",
    "django_fsm",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail.locales",
    "wagtail.contrib.simple_translation",
    "wagtail",
    "modelcluster",
    "taggit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "portal.vault.arrival.gate.UploadGate",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.core.middleware.GZipWords",
    "portal.core.middleware.PersonalPagesAreNotStored",
    "portal.accounts.door_sessions.DoorSessionMiddleware",
    "portal.core.middleware.LanguageOfThePage",
    "django.middleware.common.CommonMiddleware",
    "portal.core.typography.FrenchSpaces",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.accounts.door_sessions.DoorUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.core.middleware.EditingPagesMiddleware",
    "portal.space.watching.FailureWatch",
    "portal.core.door.Door",
    "portal.core.policy.PolicyMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.core.context.portal",
            ],
        },
    }
]
FORM_RENDERER = "portal.core.forms.PortalFormRenderer"

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("français")), ("en", _("anglais")), ("ar", _("arabe"))]
LOCALE_PATHS = [ROOT / "portal" / "locale"]
FORMAT_MODULE_PATH = "portal.locale"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True

WAGTAIL_SITE_NAME = "Séjour en clair"
WAGTAIL_I18N_ENABLED = True
WAGTAIL_FINISH_WORKFLOW_ACTION = "cms.approval.publish_approved"
WAGTAIL_CONTENT_LANGUAGES = [("fr", "Français"), ("en", "English"), ("ar", "العربية")]
WAGTAILADMIN_BASE_URL = env.text("PORTAL_EDITING_URL", default="http://127.0.0.1:8001")
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "français"), ("en", "English")]

SILENCED_SYSTEM_CHECKS = []
IS_EDITING_PROCESS = ROLE == "editing"
if IS_EDITING_PROCESS:
    SESSION_ENGINE = EDITING_SESSION_ENGINE
