"""Production: every key from the environment, HTTPS, no movable clock."""

from django.core.exceptions import ImproperlyConfigured

from portal.settings.base import *
from portal.settings.base import BASE_URL
from portal.settings.env import env

for _name in (
    "PORTAL_DB_HOST",
    "PORTAL_S3_ENDPOINT",
    "PORTAL_SMTP_HOST",
    "PORTAL_MAIL_FROM",
    "PORTAL_CARD_MAKER_URL",
    "PORTAL_CARD_MAKER_TOKEN",
    "PORTAL_BASE_URL",
    "PORTAL_HOSTS",
):
    env.text(_name, required=True)
env.refuse_problems()

if not BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("PORTAL_BASE_URL must begin with https://")
