"""What the room does when Django starts: it listens, and declares the timeline's sentences."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Instruction"

    def ready(self):
        from portal.correspondence import api as correspondence
        from workflows import letters, receivers  # noqa: F401 -- it listens once imported
        from workflows.table import moves

        correspondence.declare_lines(
            {
                f"case_{name}": plan.custom["line"]
                for name, _source, _target, plan in moves()
                if plan.custom["line"]
            }
        )
        correspondence.declare_lines(letters.LINES)
        correspondence.declare_mails(letters.MAILS)
        correspondence.declare_letters(letters.TITLES)
