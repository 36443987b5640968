"""What the worker does for the accounts: sessions that ended are forgotten."""

from importlib import import_module

from django.conf import settings

from portal.core.jobs import job


@job("accounts.forget_sessions", system=True, cron="27 2 * * *")
def forget_sessions(**_later_arguments):
    """Delete sessions past their end, with the forms that they kept for a return."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
