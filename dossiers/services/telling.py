"""What the person is told of each act: one line of the timeline, one mail without personal data."""

from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier
from portal.accounts.enums import Role
from portal.correspondence import api as correspondence

LINES = {
    "dossier_filed": _("Vous avez déposé votre demande. Elle porte le numéro %(number)s."),
    "dossier_filed_at_counter": (
        _("Un agent de guichet a déposé votre demande avec vous. Son numéro est %(number)s."),
        _("Vous avez relu la demande et signé. L’agent qui l’a tapée ne participe pas à l’examen."),
    ),
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
    "dossier_address_changed": (
        _("Vous avez déclaré une nouvelle adresse."),
        _("Elle est jointe à votre dossier. Vos autres réponses et vos pièces n’ont pas changé."),
    ),
    "incident_certified": (
        _("Le portail a eu une panne : nous l’attestons (incident n° %(number)s)."),
        _("Le délai pour déposer cette démarche est gelé jusqu’au %(until_on)s."),
    ),
    "file_infected": (
        _("Un de vos fichiers contient un virus. Nous l’avons mis à l’écart."),
        _("Vérifiez votre appareil, puis envoyez le document sous un autre fichier."),
    ),
    "file_unreadable": (
        _("Un de vos fichiers ne peut pas être lu."),
        _("Numérisez le document à nouveau, ou imprimez-le en PDF, puis envoyez-le."),
    ),
}
MAILS = {
    "file_infected": _("Un de vos fichiers doit être remplacé"),
    "file_unreadable": _("Un de vos fichiers doit être remplacé"),
    "address_changed": _("Votre nouvelle adresse est enregistrée"),
    "completion_reminder": _("La préfecture attend toujours votre complément"),
    "help_opened": _("Un agent de guichet remplit votre demande avec vous"),
    "account_at_counter": _("Un compte a été créé pour vous au guichet"),
    "export_ready": _("La copie de votre dossier est prête"),
    "draft_ends_soon": _("Votre brouillon sera bientôt supprimé"),
    "dossier_corrected": _("Une erreur d’écriture a été corrigée dans votre dossier"),
}

LETTERS = {
    "filing_receipt": _("Attestation de dépôt de votre demande"),
    "incident_certificate": _("Attestation d’incident"),
}


def add_line(dossier, kind, *, by_role=Role.APPLICANT, params=None, letter=None, office=""):
    """Write one line of the dossier's timeline."""
    return correspondence.add_line(
        kind,
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
    return correspondence.tell(dossier.applicant, template_code, dossier_id=dossier.pk)


def tell_of_refused_file(file):
    """One line and one mail for a received file that nobody will be shown."""
    dossier = Dossier.objects.filter(pk=file.subject_id).first()
    if dossier is not None:
        code = f"file_{file.scan_state}"
        add_line(dossier, code, by_role="")
        mail(dossier, code)
