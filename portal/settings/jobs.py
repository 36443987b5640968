"""The job queue lives in the same database as the data, so that a job commits with its act."""

from portal.settings.env import env

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = None
CARD_MAKER_URL = env.text("PORTAL_CARD_MAKER_URL", default="http://127.0.0.1:9/")
CARD_MAKER_TOKEN = env.text("PORTAL_CARD_MAKER_TOKEN")
REGISTER_URL = env.text("PORTAL_REGISTER_URL")
REGISTER_TOKEN = env.text("PORTAL_REGISTER_TOKEN")
CARD_POLL_SECONDS = env.whole("PORTAL_CARD_POLL_SECONDS", default=900)
