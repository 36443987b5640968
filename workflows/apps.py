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
                ),
                "case_silence_undone": (
                    _("Le refus annoncé le %(was_on)s n’a pas eu lieu."),
                    _(
                        "Un complément vous avait été demandé, et ce temps ne compte pas : le "
                        "délai de réponse va jusqu’au %(silence_on)s. Le courrier qui annonçait "
                        "ce refus ne vaut plus. Vous n’avez rien à faire."
                    ),
                ),
            }
        )
        correspondence.declare_lines(
            {
                "case_reasons_asked": (
                    _("Vous avez demandé les raisons du refus né du silence."),
                    _("La préfecture doit vous les écrire avant le %(due_on)s."),
                ),
                "case_appeal_filed": (
                    _("Vous contestez le refus de votre demande."),
                    _(
                        "Votre recours est reçu. Sans réponse le %(due_on)s, la loi le considère "
                        "comme rejeté."
                    ),
                ),
                "case_appeal_rejected": (
                    _("Votre recours est rejeté."),
                    _("Le courrier dit pourquoi, et jusqu’à quand saisir le tribunal."),
                ),
                "case_appeal_accepted": _("Votre recours est accepté : la décision est retirée."),
                "case_reasons_given": (
                    _("La préfecture vous écrit les raisons du refus né du silence."),
                    _(
                        "Le courrier les donne. Vous avez de nouveau deux mois pour contester, à "
                        "partir d’aujourd’hui. L’examen de votre dossier continue."
                    ),
                ),
            }
        )
        correspondence.declare_mails(
            {
                "alarms_one": _("%(number)s dossier arrive à échéance"),
                "alarms": _("%(number)s dossiers arrivent à échéance"),
            }
        )
        correspondence.declare_letters(
            {
                "decision": _("Décision sur votre demande"),
                "silence": _("Refus né du silence de la préfecture"),
                "reasons": _("Motifs du refus né du silence"),
                "appeal_receipt": _("Accusé de réception de votre recours"),
                "appeal": _("Réponse à votre recours"),
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
                "board_summons": _("Convocation devant la commission du titre de séjour"),
            }
        )
        correspondence.declare_mails(
            {"board_summons": _("La préfecture vous convoque devant une commission")}
        )
