"""Who a person is to the portal: the kind of account, the roles it gives."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What an account is for. It never changes, and each door admits some kinds only."""

    APPLICANT = "applicant", _("Usager")
    AGENT = "agent", _("Agent de préfecture")
    EDITOR = "editor", _("Rédacteur")
    AUDITOR = "auditor", _("Auditeur")
    ADMINISTRATOR = "administrator", _("Administrateur")


class Role(models.TextChoices):
    """What a person may be asked to do today. Rules and routes name these values."""

    ANONYMOUS = "anonymous", _("Visiteur")
    APPLICANT = "applicant", _("Usager")
    REVIEWER = "reviewer", _("Agent instructeur")
    SIGNATORY = "signatory", _("Signataire")
    COUNTER_AGENT = "counter_agent", _("Agent de guichet")
    SUPERVISOR = "supervisor", _("Responsable")
    EDITOR = "editor", _("Rédacteur")
    AUDITOR = "auditor", _("Auditeur")
    ADMINISTRATOR = "administrator", _("Administrateur")


class OrganisationKind(models.TextChoices):
    """What an organisation that helps people is."""

    LAW_FIRM = "law_firm", _("Cabinet d’avocats")
    ASSOCIATION = "association", _("Association")


class ContactKind(models.TextChoices):
    """By what two people may be close: an agent and the person of a dossier."""

    EMAIL = "email", _("adresse e-mail")
    PHONE = "phone", _("téléphone")
    ADDRESS = "address", _("adresse postale")


POST_ROLES = (Role.REVIEWER, Role.SIGNATORY, Role.COUNTER_AGENT, Role.SUPERVISOR)
"""The roles that an agent holds through a post in a prefecture, from a day to a day."""
