"""The settings of a web process over a benchmark's database: files where the benchmark says."""

import os

from portal.settings import paths

paths.VAR = paths.VAR.__class__(os.environ["PORTAL_TEST_VAR"])

from portal.settings.test import *  # noqa: E402, F403 -- the folder of the machine's state comes first

for _alias, _storage in STORAGES.items():  # noqa: F405 -- of the settings
    if "location" in _storage.get("OPTIONS", {}):
        _storage["OPTIONS"]["location"] = os.environ["UPLOADS_FILES"]
DATABASES["default"]["CONN_MAX_AGE"] = 60  # noqa: F405 -- as in production
