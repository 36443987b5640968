"""What the person is told of each act: one line of the timeline, one mail without personal data."""

from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from portal.accounts.enums import Role
from portal.core import door
from portal.correspondence import api as correspondence

LINES = {
    "dossier_filed": _("Vous avez déposé votre demande. Elle porte le numéro %(number)s."),
    "dossier_filed_at_counter": (
        _("Un agent de guichet a déposé votre demande avec vous. Son numéro est %(number)s."),
        _("Vous avez relu la demande et signé. L’agent qui l’a tapée ne participe pas à l’examen."),
    ),
    "dossier_reopened_beside": (
        _("Votre demande est rouverte, et votre demande plus récente continue aussi."),
        _("Vous pouvez garder les deux, ou retirer celle que vous ne voulez plus."),
    ),
    "filed_by_mandatary": (
        _("Votre mandataire a déposé votre demande. Elle porte le numéro %(number)s."),
        _("Vous pouvez la lire, la suivre et retirer le mandat à tout moment."),
    ),
    "sent_by_mandatary": _("Votre mandataire a envoyé le complément demandé."),
    "help_opened": (
        _("Un agent de guichet remplit votre demande avec vous."),
        _("Si vous n’êtes pas au guichet, mettez fin à cette aide depuis votre demande."),
    ),
    "help_ended": _("L’aide de l’agent de guichet est terminée. Votre brouillon est gardé."),
    "dossier_completion_asked": _(
        "La préfecture vous demande un complément, à envoyer au plus tard le %(due_on)s."
    ),
    "dossier_supply_asked": (
        _("La préfecture vous demande d’envoyer quelque chose avant le %(due_on)s."),
        _("L’examen de votre dossier continue pendant ce temps (CRPA, art. L. 114-5-1)."),
    ),
    "dossier_completion_extended": _(
        "Vous avez demandé plus de temps : vous pouvez répondre jusqu’au %(extended_on)s."
    ),
    "dossier_completion_reminder": _(
        "Rappel : la préfecture attend votre complément au plus tard le %(due_on)s."
    ),
    "dossier_corrected": (
        _("La préfecture a corrigé une erreur d’écriture dans votre dossier."),
        _("Vous pouvez lire ce qui a changé, et dire si ce n’est pas exact."),
    ),
    "dossier_correction_contested": _(
        "Vous avez écrit qu’une correction n’est pas exacte. La préfecture doit vous répondre."
    ),
    "dossier_contest_settled": _("La préfecture a répondu à propos de la correction."),
    "dossier_completion_supplied": _("Vous avez envoyé le complément demandé."),
    "dossier_completion_expired": _("Le délai pour envoyer le complément demandé est passé."),
    "dossier_completion_cancelled": _("La préfecture n’attend plus le complément demandé."),
    "dossier_text_followed": (
        _("La démarche a changé : vos réponses sont reprises dans la nouvelle (%(kept)s gardées)."),
        _("Votre brouillon dit ce qui reste à remplir."),
    ),
    "dossier_withdrawn": _("Vous avez abandonné votre demande."),
    "couple_linked": (
        _("Votre demande est traitée avec celle de la personne avec qui vous vivez."),
        _("Chaque demande garde ses réponses, ses documents et sa décision."),
    ),
    "couple_ended": (
        _("Votre demande n’est plus traitée avec une autre."),
        _("Elle continue seule. Rien de ce que vous avez envoyé ne change."),
    ),
    "dossier_address_changed": (
        _("Vous avez déclaré une nouvelle adresse."),
        _("Elle est jointe à votre dossier. Vos autres réponses et vos pièces n’ont pas changé."),
    ),
    "dossier_amended": (
        _("Vous avez modifié votre demande."),
        _("La préfecture voit ce qui a changé. Votre date de dépôt reste la même."),
    ),
    "dossier_statement_card_not_given": (
        _("Vous avez signalé que votre carte précédente ne vous a jamais été remise."),
        _("La préfecture doit la chercher et vous répondre. Votre demande continue."),
    ),
    "dossier_statement_civil_status": (
        _("Vous avez signalé une erreur dans votre état civil."),
        _("La préfecture doit vérifier et vous répondre. Votre demande continue."),
    ),
    "dossier_statement_settled": _("La préfecture a répondu à ce que vous avez signalé."),
    "incident_certified": (
        _("Le portail a eu une panne : nous l’attestons (incident n° %(number)s)."),
        _("Le délai pour déposer cette démarche est gelé jusqu’au %(until_on)s."),
    ),
    "file_infected": (
        _("Un de vos fichiers contient un virus. Nous l’avons mis à l’écart."),
        _("Vérifiez votre appareil, puis envoyez le document sous un autre fichier."),
    ),
    "file_cleared": (
        _("Un fichier mis à l’écart a été analysé à nouveau : il ne contient pas de virus."),
        _("Il est de nouveau avec vos pièces. Si vous l’aviez remplacé, vous n’avez rien à faire."),
    ),
    "file_unreadable": (
        _("Un de vos fichiers ne peut pas être lu."),
        _("Numérisez le document à nouveau, ou imprimez-le en PDF, puis envoyez-le."),
    ),
}
# What changes of words when somebody else acts for the person.
BY_MANDATE = {
    "dossier_filed": "filed_by_mandatary",
    "dossier_completion_supplied": "sent_by_mandatary",
    "completion_received": "sent_by_mandatary",
}
MAILS = {
    "filed_by_mandatary": _("Votre mandataire a déposé votre demande"),
    "sent_by_mandatary": _("Votre mandataire a envoyé votre complément"),
    "mandate_offered": _("Une personne vous propose de l’aider dans ses démarches de séjour"),
    "mandate_accepted": _("Votre mandat a été accepté"),
    "mandate_given_back": _("Votre mandataire a refusé ou rendu votre mandat"),
    "couple_linked": _("Deux demandes sont maintenant traitées ensemble"),
    "couple_ended": _("Deux demandes ne sont plus traitées ensemble"),
    "file_infected": _("Un de vos fichiers doit être remplacé"),
    "file_cleared": _("Un de vos fichiers peut de nouveau servir"),
    "file_unreadable": _("Un de vos fichiers doit être remplacé"),
    "address_changed": _("Votre nouvelle adresse est enregistrée"),
    "dossier_amended": _("Votre demande est modifiée"),
    "completion_reminder": _("La préfecture attend toujours votre complément"),
    "help_opened": _("Un agent de guichet remplit votre demande avec vous"),
    "account_at_counter": _("Un compte a été créé pour vous au guichet"),
    "draft_ends_in_15_days": _("Votre brouillon sera supprimé dans 15 jours"),
    "draft_ends_in_3_days": _("Votre brouillon sera supprimé dans 3 jours"),
    "export_ready": _("La copie de votre dossier est prête"),
    "dossier_corrected": _("Une erreur d’écriture a été corrigée dans votre dossier"),
}

WHAT_IS_LOST = _(
    "Personne n’y a travaillé depuis longtemps : vos réponses et vos pièces seront supprimées ce "
    "jour-là, et ne pourront pas être retrouvées. Pour les garder, ouvrez ce brouillon et "
    "enregistrez une page."
)
"""What the mails about the end of a draft add to their subject."""

LETTERS = {
    "filing_receipt": _("Attestation de dépôt de votre demande"),
    "incident_certificate": _("Attestation d’incident"),
}


def add_line(dossier, kind, *, by_role=Role.APPLICANT, params=None, letter=None, office=""):
    """Write one line of the dossier's timeline."""
    return correspondence.add_line(
        _in_words_of(kind),
        dossier_id=dossier.pk,
        applicant_id=dossier.applicant_id,
        prefecture_code=dossier.prefecture_code,
        by_role=str(by_role),
        params=params or {},
        letter=letter,
        office=office,
    )


def mail(dossier, template_code):
    """Tell the applicant by mail to come and read."""
    code = _in_words_of(template_code)
    return correspondence.tell(dossier.applicant, code, dossier_id=dossier.pk)


def _in_words_of(code):
    """The person reads who acted: a mandatary's filing is never told as their own."""
    act = door.current()
    return BY_MANDATE.get(code, code) if act and act.behalf else code


def tell_of_refused_file(file):
    """One line and one mail for a received file that nobody will be shown."""
    _tell_of_file(file, f"file_{file.scan_state}")


def tell_of_cleared_file(file):
    """One line and one mail for a file that may be shown after all."""
    _tell_of_file(file, "file_cleared")


def _tell_of_file(file, code):
    dossier = Dossier.objects.filter(pk=file.subject_id).first()
    if dossier is not None:
        add_line(dossier, code, by_role="")
        mail(dossier, code)
