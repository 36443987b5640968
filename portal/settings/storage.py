"""Where bytes live. Evidence and letters never share a bucket with public files.

The wrapped keys of the dossiers have a store of their own, which may be another service: a copy
of one of the two opens nothing.
"""

from portal.settings.database import ROLE
from portal.settings.env import env
from portal.settings.paths import ASSETS_DIR, ROOT, VAR

S3_ENDPOINT = env.text("PORTAL_S3_ENDPOINT")
_S3_OPTIONS = {
    "endpoint_url": S3_ENDPOINT,
    "access_key": env.text("PORTAL_S3_KEY"),
    "secret_key": env.text("PORTAL_S3_SECRET"),
    "region_name": env.text("PORTAL_S3_REGION", default="fr-local-1"),
    "file_overwrite": False,
    "default_acl": None,
    "addressing_style": "path",
    "signature_version": "s3v4",
    # seconds that one object may take, however the store trickles
    "patience": env.whole("PORTAL_STORE_SECONDS", default=120),
    # behind a page somebody waits; jobs try again
    "hurried": ROLE == "web",
}
_KEYS_S3_OPTIONS = _S3_OPTIONS | {
    "endpoint_url": env.text("PORTAL_KEYS_S3_ENDPOINT", default=S3_ENDPOINT),
    "access_key": env.text("PORTAL_KEYS_S3_KEY", default=_S3_OPTIONS["access_key"]),
    "secret_key": env.text("PORTAL_KEYS_S3_SECRET", default=_S3_OPTIONS["secret_key"]),
}
_BUCKETS = {
    "evidence": env.text("PORTAL_EVIDENCE_BUCKET", default="portal-evidence"),
    "letters": env.text("PORTAL_LETTERS_BUCKET", default="portal-letters"),
    "keys": env.text("PORTAL_KEYS_BUCKET", default="portal-keys"),
    "default": env.text("PORTAL_MEDIA_BUCKET", default="portal-media"),
}


def _storage(alias):
    if S3_ENDPOINT:
        return {
            "BACKEND": "portal.core.storage.ObjectStorage",
            "OPTIONS": (_KEYS_S3_OPTIONS if alias == "keys" else _S3_OPTIONS)
            | {"bucket_name": _BUCKETS[alias]},
        }
    return {
        "BACKEND": "portal.core.storage.DiskStorage",
        "OPTIONS": {"location": str(VAR / "files" / alias)},
    }


STORAGES = {alias: _storage(alias) for alias in _BUCKETS} | {
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
EVIDENCE_MAX_BYTES = env.whole("PORTAL_EVIDENCE_MAX_BYTES", default=10 * 1024 * 1024)
# Of the threads of one web process, how many may receive pieces of files; the others are for pages.
UPLOADS_AT_ONCE = env.whole("PORTAL_UPLOADS_AT_ONCE", default=2)
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 5

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "portal" / "static", ASSETS_DIR]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "portal.core.staticfinders.AppsWithoutDsfrFinder",
]
