"""Production: every key from the environment, HTTPS, no movable clock."""

from portal.settings.base import *
from portal.settings.base import BASE_URL
from portal.settings.env import env
from portal.settings.storage import S3_ENDPOINT

env.text("PORTAL_DB_HOST", required=True)
env.text("PORTAL_S3_ENDPOINT", required=True)
env.text("PORTAL_SMTP_HOST", required=True)
env.text("PORTAL_CARD_MAKER_URL", required=True)
env.text("PORTAL_CARD_MAKER_TOKEN", required=True)
env.text("PORTAL_BASE_URL", required=True)
env.refuse_problems()

assert S3_ENDPOINT, "evidence is never kept on a web server's disk"  # noqa: S101
assert BASE_URL.startswith("https://"), "PORTAL_BASE_URL must begin with https://"  # noqa: S101
