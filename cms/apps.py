"""The editors' room: guidance pages in three languages, published by two people."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Pages d'information")
    default_auto_field = "django.db.models.BigAutoField"
