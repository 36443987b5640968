"""Connects what must follow every migration: the clock, then the grants."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self):
        from portal.core import checks, clock, grants  # noqa: F401

        post_migrate.connect(clock.install_after_migration, dispatch_uid="core.clock")
        post_migrate.connect(grants.sync_after_migration, dispatch_uid="core.grants")
