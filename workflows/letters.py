"""What the review writes to people: lines of the timeline, subjects of mails, titles of letters."""

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
    "case_silence_undone": (
        _("Le refus annoncé le %(was_on)s n’a pas eu lieu."),
        _(
            "Un complément vous avait été demandé, et ce temps ne compte pas : le "
            "délai de réponse va jusqu’au %(silence_on)s. Le courrier qui annonçait "
            "ce refus ne vaut plus. Vous n’avez rien à faire."
        ),
    ),
    "case_reasons_asked": (
        _("Vous avez demandé les raisons du refus né du silence."),
        _("La préfecture doit vous les écrire avant le %(due_on)s."),
    ),
    "case_reasons_given": (
        _("La préfecture vous écrit les raisons du refus né du silence."),
        _(
            "Le courrier les donne. Vous avez de nouveau deux mois pour contester, à "
            "partir d’aujourd’hui. L’examen de votre dossier continue."
        ),
    ),
    "case_appeal_filed": (
        _("Vous contestez le refus de votre demande."),
        _("Votre recours est reçu. Sans réponse le %(due_on)s, la loi le considère comme rejeté."),
    ),
    "case_appeal_rejected": (
        _("Votre recours est rejeté."),
        _("Le courrier dit pourquoi, et jusqu’à quand saisir le tribunal."),
    ),
    "case_appeal_accepted": _("Votre recours est accepté : la décision est retirée."),
    "case_appeal_annulled": (
        _("Le refus que vous avez contesté est annulé (n° %(number)s)."),
        _("La préfecture examine de nouveau votre demande. Vous n’avez rien à déposer."),
    ),
    "case_appeal_dismissed": (
        _("Le recours que vous avez fait est rejeté (n° %(number)s)."),
        _("Qui a décidé vous l’écrit, et vous dit comment contester."),
    ),
    "case_appeal_struck_out": _("Votre recours est terminé sans jugement (n° %(number)s)."),
    "case_stays_where_decided": _(
        "Une décision est déjà prise : votre dossier reste à la même préfecture."
    ),
    "card_sent_on": (
        _("Votre carte est envoyée à : %(office)s."),
        _("Elle était à : %(former)s. Vous n’avez pas à l’y chercher."),
    ),
    "card_arrived": _("Votre carte est arrivée à : %(office)s."),
    "observations_invited": _(
        "La préfecture envisage de retirer votre titre. Vous pouvez répondre "
        "jusqu’au %(due_on)s, avant toute décision."
    ),
    "observations_received": _("Votre réponse est arrivée à la préfecture."),
    "retraction_dropped": _("Votre titre reste accordé : il n’est pas retiré."),
}
"""Sentences of the timeline that no move of the machine says."""

MAILS = {
    "supply_confirmed": _("Votre décision favorable prend effet"),
    "alarms": _("Des dossiers arrivent à échéance"),
    "board_summons": _("La préfecture vous convoque devant une commission"),
    "observations_invited": _("La préfecture vous invite à répondre"),
    "retraction_dropped": _("Votre titre reste accordé"),
    "decision_revoked": _("Une décision a été retirée"),
}

TITLES = {
    "decision": _("Décision sur votre demande"),
    "silence": _("Refus né du silence de la préfecture"),
    "reasons": _("Motifs du refus né du silence"),
    "appeal_receipt": _("Accusé de réception de votre recours"),
    "appeal": _("Réponse à votre recours"),
    "board_summons": _("Convocation devant la commission du titre de séjour"),
    "observations_invited": _("Vous pouvez présenter vos observations"),
    "retraction": _("Retrait d’une décision"),
}
