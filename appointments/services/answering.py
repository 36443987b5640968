"""A person says yes or no to the near place that is offered to them, and to them alone."""

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from appointments.enums import OfferAnswer, OfferState
from appointments.models import ShortNoticeOffer
from appointments.services import notices, offering
from portal.accounts.api import Role
from portal.core import journal
from portal.core.constraints import refusing
from portal.core.errors import DomainRefusal
from workflows import api as workflows

LATE = _(
    "L’heure limite est passée : cette place va à une autre personne. Vous gardez votre rang, et "
    "cela ne compte pas contre vous."
)
OVER = _("Cette place n’est plus disponible. Vous gardez votre rang.")
BUSY = _("Des rendez-vous sont donnés en ce moment même. Réessayez dans une minute.")
ALREADY_ACCEPTED = _(
    "Vous avez déjà accepté cette place. Si vous ne pouvez plus venir, attendez votre convocation, "
    "puis dites-le sur la page de votre rendez-vous."
)
ALREADY_DECLINED = _(
    "Vous avez déjà refusé cette place : elle va à une autre personne. Vous gardez votre rang."
)
_REFUSALS = {
    "an_offer_is_answered_in_time": LATE,
    "an_offer_that_is_over_is_not_accepted": OVER,
}
_ENDED = {
    OfferState.ACCEPTED: ALREADY_ACCEPTED,
    OfferState.USED: ALREADY_ACCEPTED,
    OfferState.DECLINED: ALREADY_DECLINED,
    OfferState.EXPIRED: LATE,
    OfferState.WITHDRAWN: OVER,
}
_ANSWERED = {
    OfferAnswer.ACCEPT: (OfferState.ACCEPTED, OfferState.USED),
    OfferAnswer.DECLINE: (OfferState.DECLINED,),
}


@transaction.atomic
def answer(offer: ShortNoticeOffer, said: OfferAnswer) -> None:
    """Keep the answer of the person who acts; a run asked for at once gives or offers the seat.

    Saying the same twice says it once. Raises DomainRefusal, with what became of the offer, when
    it is too late for this answer.
    """
    state = _ANSWERED[said][0]
    # before the offer, as whatever may end it does: a move in another tab, a decision taken back
    workflows.hold_case(offer.dossier_id)
    try:
        with refusing(_REFUSALS), transaction.atomic():
            still_open = ShortNoticeOffer.objects.filter(pk=offer.pk, state=OfferState.OPEN)
            is_answered = bool(still_open.update(state=state))
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise DomainRefusal(BUSY) from error
        raise
    offer.refresh_from_db()
    if not is_answered:
        if offer.state in _ANSWERED[said]:
            return
        raise DomainRefusal(_ENDED[OfferState(offer.state)])
    notices.tell_of_offer(offer, f"offer_{state}", by_mail=False, by_role=Role.APPLICANT.value)
    journal.record(
        f"offer.{said}",
        subject_type="offer",
        subject_id=offer.pk,
        dossier_id=offer.dossier_id,
        prefecture=offer.prefecture_code,
    )
    offering.run_at_once(offer.prefecture_code)
