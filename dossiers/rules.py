"""What an applicant may do with a dossier on a given day, and the sentence when it is no."""

from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from portal.core.errors import DomainRefusal

Request = TypeVar("Request")


class DossierClosed(DomainRefusal):
    """The dossier can no longer be changed by its applicant; nothing was saved."""


def is_own(dossier, person):
    """A dossier is seen and changed by the account that started it, and by no other applicant."""
    return dossier.applicant_id == person.pk


def may_edit(dossier):
    """A draft may be changed in any order until it is filed."""
    return dossier.filed_at is None and dossier.withdrawn_at is None


def may_withdraw(dossier):
    """A filed request may be given up until it is decided; a draft is thrown away instead."""
    return bool(dossier.filed_at) and dossier.withdrawn_at is None and dossier.sealed_at is None


def may_change_address(dossier):
    """A filed request follows its person, even once decided, until they give it up."""
    return dossier.filed_at is not None and dossier.withdrawn_at is None


def may_answer(dossier, request):
    """Items asked again may be changed while the request is open (CRPA L.114-5).

    A decision ends what held the review; what a grant waits for may still come (L.114-5-1).
    """
    return (
        request is not None
        and request.closed_at is None
        and dossier.withdrawn_at is None
        and (dossier.sealed_at is None or not request.holds_review)
    )


def may_amend(dossier):
    """A filed request may be changed until it is decided or given up."""
    return dossier.filed_at is not None and may_withdraw(dossier)


def refuse_unless_draft(dossier):
    """Raise DossierClosed, with the reason in words, when the dossier is no draft any more."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est abandonnée : elle ne peut plus être modifiée."))
    if dossier.filed_at is not None:
        raise DossierClosed(
            _("Votre demande est déjà déposée : vos réponses ne peuvent plus être modifiées ici.")
        )


def refuse_unless_asked(dossier, request: Request | None) -> Request:
    """The request that is open. Raise DossierClosed when nothing is asked of the applicant."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est abandonnée : elle ne peut plus être modifiée."))
    if dossier.sealed_at is not None and not may_answer(dossier, request):
        raise DossierClosed(
            _("Votre demande a reçu une décision : le dossier ne peut plus être modifié.")
        )
    if request is None or not may_answer(dossier, request):
        raise DossierClosed(_("La préfecture ne vous demande aucun complément aujourd’hui."))
    return request


def refuse_unless_withdrawable(dossier):
    """Raise DossierClosed when giving the request up has no meaning any more."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est déjà abandonnée."))
    if dossier.sealed_at is not None:
        raise DossierClosed(
            _("Votre demande a reçu une décision : elle ne peut plus être abandonnée.")
        )
    if dossier.filed_at is None:
        raise DossierClosed(_("Cette demande n’est pas déposée : supprimez le brouillon."))


def refuse_unless_address_may_change(dossier):
    """Raise DossierClosed when no request follows the person any more, or none does yet."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est abandonnée : elle ne peut plus être modifiée."))
    if not may_change_address(dossier):
        raise DossierClosed(_("Cette demande n’est pas déposée : changez l’adresse du brouillon."))


def refuse_unless_amendable(dossier):
    """Raise DossierClosed, with what to do instead, when a filed request changes no more."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est abandonnée : elle ne peut plus être modifiée."))
    if dossier.sealed_at is not None:
        raise DossierClosed(
            _(
                "Votre demande a reçu une décision : elle ne peut plus être modifiée. Rien n’a été "
                "envoyé. Une nouvelle adresse peut encore être déclarée depuis votre dossier."
            )
        )
    if dossier.filed_at is None:
        raise DossierClosed(
            _("Cette demande n’est pas encore déposée : changez-la dans votre brouillon.")
        )


def refuse_unless_followed(dossier):
    """Raise DossierClosed when no office has this request, or none has it any more."""
    if dossier.withdrawn_at is not None:
        raise DossierClosed(_("Cette demande est abandonnée : elle ne peut plus être modifiée."))
    if dossier.filed_at is None:
        raise DossierClosed(_("Cette demande n’est pas encore déposée. Déposez-la d’abord."))
