"""Appointments: the visit that follows a completed review."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AppointmentsConfig(AppConfig):
    name = "appointments"
    verbose_name = _("Rendez-vous")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from appointments import receivers  # noqa: F401 -- connected once the apps are loaded
        from appointments.services import notices
        from portal.correspondence import api as correspondence

        correspondence.declare_lines(notices.LINES)
        correspondence.declare_mails(notices.MAILS)
        correspondence.declare_letters({notices.LETTER: _("Convocation à un rendez-vous")})
