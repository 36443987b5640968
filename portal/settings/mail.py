"""Outgoing mail: written as a row with the act, sent by the worker over SMTP."""

from portal.settings.env import env

EMAIL_BACKEND = "portal.correspondence.mail.QueueBackend"
SMTP_HOST = env.text("PORTAL_SMTP_HOST", default="127.0.0.1")
SMTP_PORT = env.whole("PORTAL_SMTP_PORT", default=25)
SMTP_USER = env.text("PORTAL_SMTP_USER")
SMTP_PASSWORD = env.text("PORTAL_SMTP_PASSWORD")
SMTP_TLS = env.flag("PORTAL_SMTP_TLS")
SMTP_TIMEOUT_SECONDS = 20
DEFAULT_FROM_EMAIL = env.text("PORTAL_MAIL_FROM", default="ne-pas-repondre@portail.invalid")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
