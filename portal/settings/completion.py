"""How much more time a person may ask for; a practice of the office, no text sets it."""

from portal.settings.env import env

COMPLETION_EXTENSION_DAYS = env.whole("PORTAL_COMPLETION_EXTENSION_DAYS", default=15)
