"""The tests: like the demonstration, in a cloned database, with cheap passwords."""

from portal.settings.local import ensure_keys

ensure_keys()

import os  # noqa: E402

os.environ.setdefault("PORTAL_ROLE", "tester")

from portal.settings.base import *  # noqa: E402 -- keys and role must be there first
from portal.settings.env import env  # noqa: E402

MOVABLE_CLOCK = True
SHOW_GALLERY = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CONN_MAX_AGE = 0
DATABASES["default"]["CONN_MAX_AGE"] = 0
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# No folder of collected files is needed: static files are found where they are written.
WHITENOISE_AUTOREFRESH = True
env.refuse_problems()
