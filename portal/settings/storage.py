"""Where bytes live. Evidence and letters never share a bucket with public files."""

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
}
_BUCKETS = {
    "evidence": env.text("PORTAL_EVIDENCE_BUCKET", default="portal-evidence"),
    "letters": env.text("PORTAL_LETTERS_BUCKET", default="portal-letters"),
    "default": env.text("PORTAL_MEDIA_BUCKET", default="portal-media"),
}


def _storage(alias):
    if S3_ENDPOINT:
        return {
            "BACKEND": "portal.core.storage.ObjectStorage",
            "OPTIONS": _S3_OPTIONS | {"bucket_name": _BUCKETS[alias]},
        }
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
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
