"""The room of stored files."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    name = "portal.vault"
    label = "vault"
    verbose_name = _("Coffre à documents")
    default_auto_field = "django.db.models.BigAutoField"
