"""Linking the two requests of a couple: one asks, the other accepts, either ends it alone."""

import hashlib
import hmac
import secrets
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dossiers.models import Dossier, DossierLink
from dossiers.models.linking import LASTS
from dossiers.queries.linking import Offer, lasting_link, offer_of_code
from dossiers.services import telling
from dossiers.services.drafting import lock_own
from dossiers.services.parting import BEGUN, ENDED, note, tell_later
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal

LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ"
SIGNS = LETTERS + "23456789"
"""Letters and digits that are not read, or said, one for another."""
GROUPS, IN_A_GROUP = 3, 4
"""Twelve of thirty signs are 58 bits: nobody finds one by trying, ten times an hour."""

WORTHLESS = _(
    "Ce code ne correspond à aucune demande. Vérifiez-le avec la personne qui vous l’a donné : un "
    "code sert une fois, pendant sept jours, et pas à la personne qui l’a demandé."
)
ALREADY = _(
    "Votre demande est déjà traitée avec une autre. Arrêtez d’abord de les traiter ensemble."
)
CLOSED = _("Cette demande est terminée : elle ne peut plus être traitée avec une autre.")
SENTENCES = {
    "ten_codes_without_a_result_an_hour": _(
        "Dix codes n’ont rien donné en une heure. Attendez une heure pour essayer encore."
    ),
    "a_person_asks_for_ten_codes_a_day_at_most": _(
        "Vous avez déjà demandé dix codes aujourd’hui. Recommencez demain."
    ),
    "a_dossier_has_one_live_link": ALREADY,
    "a_link_joins_two_live_dossiers": CLOSED,
    # Two accounts of one person are no couple, and the code of one is worth nothing to the other.
    "a_link_joins_two_different_people": WORTHLESS,
}


@transaction.atomic
def ask(*, dossier_id: UUID, person, name: str, at: datetime) -> str:
    """Make the code that the person gives to the other; it is kept as a keyed digest alone.

    A code asked for before is worth nothing any more. Nobody is written to. Raises DomainRefusal
    when the dossier is ended or linked, Dossier.DoesNotExist for somebody else's.
    """
    dossier = lock_own(dossier_id, person)
    asked = DossierLink.objects.lasting().filter(first_dossier=dossier, accepted_at=None).first()
    if asked is not None:
        _end(asked, dossier, at)
    code = _new_code()
    with refusing(SENTENCES):
        link = DossierLink.objects.create(
            first_dossier=dossier,
            first_person_id=dossier.applicant_id,
            first_name=name,
            first_procedure=dossier.procedure_code,
            code_digest=digest_of(code),
            lapses_at=at + LASTS,
        )
    note("couple.asked", link.pk, dossier)
    return code


def offered(*, dossier_id: UUID, person, code: str) -> Offer:
    """What the person would accept by this code. Raises DomainRefusal, the same for any bad one.

    No transaction of its own: a try that gave nothing is counted although it is refused.
    """
    dossier = Dossier.objects.of_applicant(person).get(pk=dossier_id)
    refuse_unless_free(dossier)
    with refusing(SENTENCES):
        found = offer_of_code(digest_of(code), dossier.pk)
    if found is None:
        journal.record(
            "couple.code_refused",
            subject_type="dossier",
            subject_id=dossier.pk,
            dossier_id=dossier.pk,
            prefecture=dossier.prefecture_code or "",
        )
        raise DomainRefusal(WORTHLESS)
    return found


def accept(*, dossier_id: UUID, person, code: str, name: str) -> DossierLink:
    """Join the two dossiers. The same code twice from the same dossier joins them once.

    The other person is told by a job. Raises DomainRefusal: a bad code and one that somebody
    used meanwhile are answered alike.
    """
    mine = lasting_link(dossier_id)
    if mine is not None and mine.accepted_at and mine.code_digest == digest_of(code):
        return mine
    offer = offered(dossier_id=dossier_id, person=person, code=code)
    with transaction.atomic():
        if not _joined(offer.link_id, digest_of(code), dossier_id, name):
            raise DomainRefusal(WORTHLESS)
        link = DossierLink.objects.get(pk=offer.link_id)
        dossier = Dossier.objects.of_applicant(person).get(pk=dossier_id)
        telling.add_line(dossier, BEGUN)
        note("couple.accepted", link.pk, dossier)
        tell_later(BEGUN, link.pk, dossier)
    return link


@transaction.atomic
def end(*, dossier_id: UUID, person, at: datetime) -> None:
    """End the link, or take the code back, at once and without a reason. Twice ends once.

    The other person is told that it has ended, and not why. Raises Dossier.DoesNotExist.
    """
    dossier = lock_own(dossier_id, person)
    found = DossierLink.objects.of_dossier(dossier.pk).lasting().select_for_update(of=("self",))
    link = found.first()
    if link is None:
        return
    _end(link, dossier, at)
    if link.accepted_at is not None:
        telling.add_line(dossier, ENDED)
        tell_later(ENDED, link.pk, dossier)


def refuse_unless_free(dossier: Dossier) -> None:
    """Raise DomainRefusal when this dossier is ended, or treated with another already."""
    if dossier.sealed_at is not None or dossier.withdrawn_at is not None:
        raise DomainRefusal(CLOSED)
    link = lasting_link(dossier.pk)
    if link is not None and link.accepted_at is not None:
        raise DomainRefusal(ALREADY)


def digest_of(code: str) -> str:
    """What is kept of a code, however it was typed: only this installation can compute it."""
    secret = settings.PERSON_KEY
    secret = secret.encode() if isinstance(secret, str) else secret
    typed = "".join(one for one in code.upper() if one in SIGNS)
    return hmac.new(secret, f"couple|{typed}".encode(), hashlib.sha256).hexdigest()


def _new_code() -> str:
    """A letter first: in a sentence written from right to left, the groups keep their order."""
    signs = [secrets.choice(LETTERS)]
    signs += [secrets.choice(SIGNS) for _sign in range(GROUPS * IN_A_GROUP - 1)]
    starts = range(0, len(signs), IN_A_GROUP)
    return "-".join("".join(signs[start : start + IN_A_GROUP]) for start in starts)


def _joined(link_id, digest, dossier_id, name) -> bool:
    """The row is not the second person's before they accept: the database writes it for them."""
    with refusing(SENTENCES), connection.cursor() as cursor:
        cursor.execute(
            "select dossiers_accept_link(%s, %s, %s, %s)", [link_id, digest, dossier_id, name]
        )
        return cursor.fetchone()[0]


def _end(link, dossier, at) -> None:
    link.ended_at, link.ended_by = at, link.side_of(dossier.pk)
    link.save(update_fields=["ended_at", "ended_by"])
    note("couple.ended", link.pk, dossier, by=str(link.ended_by))
