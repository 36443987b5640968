"""Our conventions as system checks: they fail at start-up, not in front of a person."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import models

OURS = ("portal.", "dossiers", "workflows", "appointments", "cms")


@register(Tags.models)
def no_cascade_between_our_records(app_configs, **_):
    """A person's record never disappears because another one did."""
    errors = []
    for model in apps.get_models():
        if not model.__module__.startswith(OURS) or model._meta.app_label == "cms":
            continue
        for field in model._meta.local_fields:
            relation = field.remote_field
            if relation and relation.on_delete is models.CASCADE and not relation.parent_link:
                label = f"{model._meta.label}.{field.name}"
                errors.append(Error(f"{label} is CASCADE: use PROTECT.", id="portal.E001"))
    return errors


@register(Tags.security, deploy=True)
def production_clock_cannot_move(app_configs, **_):
    """Production refuses to start on a database whose clock can be moved."""
    from portal.core import clock  # noqa: PLC0415 -- needs a database, only here

    if settings.MOVABLE_CLOCK or clock.is_movable():
        return [Error("This database's clock can be moved.", id="portal.E002")]
    return []


@register(Tags.database)
def process_is_not_owner(app_configs, databases=None, **_):
    """The application never runs as a role that escapes row-level security."""
    if not databases or settings.ROLE == "owner":
        return []
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper or rolbypassrls or pg_has_role(current_user, 'portal_owner', 'member')"
            " from pg_roles where rolname = current_user"
        )
        if cursor.fetchone()[0]:
            return [Error("This process may escape row-level security.", id="portal.E003")]
    return []
