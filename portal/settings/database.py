"""PostgreSQL, in the role of this process: web, worker, issuer, editing, or owner to migrate.

The role is chosen by the environment and never changed at run time; the application is
never the owner of its tables, so that row-level security and grants hold.
"""

from portal.settings.env import env
from portal.settings.paths import VAR

ROLES = ["web", "worker", "issuer", "editing", "owner", "tester"]
ROLE = env.choice("PORTAL_ROLE", ROLES, default="web")


def _address():
    host = env.text("PORTAL_DB_HOST")
    name = env.text("PORTAL_DB_NAME", default="portal")
    if host:
        password = env.text("PORTAL_DB_PASSWORD", required=True)
        return host, env.whole("PORTAL_DB_PORT", default=5432), name, password
    from portal.local import postgres  # noqa: PLC0415 -- only where no server is given

    cluster = postgres.ensure_running(VAR / "postgres")
    return cluster.host, cluster.port, name, cluster.password(f"portal_{ROLE}")


_HOST, _PORT, _NAME, _PASSWORD = _address()
_OPTIONS = {
    "owner": "-c portal.migrating=on -c lock_timeout=10s",
    "tester": "-c role=portal_web -c lock_timeout=10s",
}.get(ROLE, "-c lock_timeout=5s -c statement_timeout=60s")

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": _HOST,
        "PORT": _PORT,
        "NAME": _NAME,
        "USER": f"portal_{ROLE}",
        "PASSWORD": _PASSWORD,
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env.whole("PORTAL_DB_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": _OPTIONS,
            "sslmode": env.text("PORTAL_DB_SSLMODE", default="prefer"),
        },
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
