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
        correspondence.declare_lines(
            {
                "case_silence": (
                    _("Le délai de réponse est passé le %(silence_on)s : ce silence vaut refus."),
                    _(
                        "L’examen de votre dossier continue quand même. Vous pouvez demander les "
                        "motifs de ce refus (CRPA, art. L. 232-4) ou le contester devant le "
                        "tribunal administratif dans les deux mois."
                    ),
                )
            }
        )
        correspondence.declare_lines(
            {
                "case_stays_where_decided": _(
                    "Une décision est déjà prise : votre dossier reste à la même préfecture."
                )
            }
        )
        correspondence.declare_letters(
            {
                "decision": _("Décision sur votre demande"),
                "board_summons": _("Convocation devant la commission du titre de séjour"),
            }
        )
        correspondence.declare_mails(
            {"board_summons": _("La préfecture vous convoque devant une commission")}
        )
