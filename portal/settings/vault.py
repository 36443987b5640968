"""The keys of the vault, and how long what it keeps is kept."""

from portal.settings.database import ROLE
from portal.settings.env import env

# The issuing run, the editors and the migrations open no file: they get no key.
_OPENS_FILES = ROLE not in {"issuer", "editing", "owner"}
# Generation → secret. The highest generation closes; the others only open what they closed.
VAULT_KEYS = env.keyring("PORTAL_VAULT_KEYS", required=_OPENS_FILES)
# The end of files: `no` stops it at once; never more dossiers in a day than this.
VAULT_EXPIRES = env.flag("PORTAL_VAULT_EXPIRES", default=True)
VAULT_EXPIRED_A_DAY = env.whole("PORTAL_VAULT_EXPIRED_A_DAY", default=500)
# How many of the oldest days the nightly comparison looks at again, besides the last ones.
VAULT_DAYS_COMPARED = env.whole("PORTAL_VAULT_DAYS_COMPARED", default=30)
