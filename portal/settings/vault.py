"""The keys of the vault, and how long what it keeps is kept."""

from portal.settings.database import ROLE
from portal.settings.env import env

# The issuing run, the editors and the migrations open no file: they get no key.
_OPENS_FILES = ROLE not in {"issuer", "editing", "owner"}
# Generation → secret. The highest generation closes; the others only open what they closed.
VAULT_KEYS = env.keyring("PORTAL_VAULT_KEYS", required=_OPENS_FILES)
