"""What the room does when Django starts: it listens, and declares the timeline's sentences."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Instruction"

    def ready(self):
        from django.utils.translation import gettext_lazy as _

        from portal.correspondence import api as correspondence
        from workflows import receivers  # noqa: F401
        from workflows.machine import moves

        correspondence.declare_lines(
            {
                f"case_{name}": plan.custom["line"]
                for name, _source, _target, plan in moves()
                if plan.custom["line"]
            }
        )
        correspondence.declare_letters({"decision": _("Décision sur votre demande")})
