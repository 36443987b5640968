"""What the room does when Django starts: it listens, and declares the timeline's sentences."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LINES = {
    "case_silence": (
        _("Le délai de réponse est passé le %(silence_on)s : ce silence vaut refus."),
        _(
            "L’examen de votre dossier continue quand même. Vous pouvez demander les "
            "motifs de ce refus (CRPA, art. L. 232-4) ou le contester devant le "
            "tribunal administratif dans les deux mois."
        ),
    ),
    "observations_invited": _(
        "La préfecture envisage de retirer votre titre. Vous pouvez répondre "
        "jusqu’au %(due_on)s, avant toute décision."
    ),
    "observations_received": _("Votre réponse est arrivée à la préfecture."),
    "retraction_dropped": _("Votre titre reste accordé : il n’est pas retiré."),
}
"""Sentences of the timeline that no move of the machine says."""

LETTERS = {
    "decision": _("Décision sur votre demande"),
    "board_summons": _("Convocation devant la commission du titre de séjour"),
    "observations_invited": _("Vous pouvez présenter vos observations"),
    "retraction": _("Retrait d’une décision"),
}
MAILS = {
    "board_summons": _("La préfecture vous convoque devant une commission"),
    "observations_invited": _("La préfecture vous invite à répondre"),
    "retraction_dropped": _("Votre titre reste accordé"),
    "decision_revoked": _("Une décision a été retirée"),
}


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Instruction"

    def ready(self):
        from portal.correspondence import api as correspondence
        from workflows import receivers  # noqa: F401
        from workflows.machine import moves

        said_by_moves = {
            f"case_{name}": plan.custom["line"]
            for name, _source, _target, plan in moves()
            if plan.custom["line"]
        }
        correspondence.declare_lines(said_by_moves | LINES)
        correspondence.declare_letters(LETTERS)
        correspondence.declare_mails(MAILS)
