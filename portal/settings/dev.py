"""A developer's machine: embedded servers, errors shown, movable clock."""

from portal.settings.local import ensure_keys

ensure_keys()

from portal.settings.base import *  # noqa: E402 -- keys must be there first

DEBUG = True
MOVABLE_CLOCK = True
SHOW_GALLERY = True
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
