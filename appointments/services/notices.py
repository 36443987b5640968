"""What is said of a visit: the letter, the timeline, the mail; and what the person must bring."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from appointments.enums import Purpose
from appointments.models import Appointment, Clearance, ShortNoticeOffer
from appointments.services import passes
from dossiers import api as dossiers
from portal.accounts.api import User
from portal.core import clock
from portal.correspondence import api as correspondence
from portal.correspondence.api import Letter
from portal.territory import api as territory

LETTER = "appointment_notice"
MAJORITY_YEARS = 18
# Asked of everybody, by sentences of their own.
ALWAYS_ASKED = {"passport", "current-title"}
# At the collection of the card only these are asked for again.
AT_COLLECTION = {"loss-statement", "theft-report"}

LINES = {
    "appointment_issued": _("Rendez-vous le %(starts_at)s, %(place)s."),
    "appointment_confirmed": _("Vous avez confirmé votre venue."),
    "appointment_cancelled": _(
        "Vous avez rendu votre rendez-vous. Vous gardez votre rang : un autre vous sera donné."
    ),
    "appointment_given_back_at_counter": _(
        "À votre demande, le guichet a noté que vous viendrez un autre jour. Vous gardez votre "
        "rang : un autre rendez-vous vous sera donné."
    ),
    "appointment_missed": _("Vous n’êtes pas venu au rendez-vous du %(starts_at)s."),
    "appointment_unreached": _(
        "Le rendez-vous du %(starts_at)s est passé sans que notre message vous soit arrivé. Cela "
        "ne compte pas comme une absence : un autre vous sera donné, au même rang."
    ),
    "appointment_revoked": _(
        "La préfecture a dû retirer le rendez-vous du %(starts_at)s. Vous gardez votre rang."
    ),
    "appointment_moved": (
        _("Vous avez déménagé : votre rendez-vous du %(starts_at)s, %(place)s, est annulé."),
        _(
            "Un autre vous sera donné par : %(office)s. Vous gardez votre rang. Votre ancienne "
            "convocation ne vaut plus : ne vous déplacez pas avec elle."
        ),
    ),
    "visit_moved": (
        _("Vous avez déménagé : la visite commencée à %(place)s s’arrête."),
        _("Un rendez-vous vous sera donné par : %(office)s. Vous gardez votre rang."),
    ),
    "appointment_honoured": _("Votre arrivée au guichet est notée."),
    "appointment_readmitted": _("Un autre rendez-vous vous sera donné au prochain passage."),
    "visit_unidentified": _(
        "Le guichet n’a pas pu vérifier votre identité. Aucun de vos droits ne s’arrête : un "
        "responsable va prendre contact avec vous."
    ),
    "visit_incomplete": _(
        "Votre visite n’a pas pu aller jusqu’au bout. Un autre rendez-vous vous sera donné au "
        "prochain passage."
    ),
    "visit_left": _(
        "Vous êtes parti avant votre tour. Un autre rendez-vous vous sera donné au prochain "
        "passage."
    ),
    "visit_urgent": _(
        "La préfecture dit que votre visite ne peut pas attendre : vous serez servi avant les "
        "autres au prochain passage."
    ),
    "appointment_reminded": _("Rappel : vous êtes attendu le %(starts_at)s, %(place)s."),
    "appointment_reminded_last": _(
        "Dernier rappel : vous êtes attendu le %(starts_at)s, %(place)s."
    ),
    "preference_said": _("Vous avez dit vos préférences pour le rendez-vous."),
    "offer_made": _(
        "Une place proche vous est proposée. Répondez avant le %(until_at)s, sur la page de votre "
        "rendez-vous."
    ),
    "offer_accepted": _(
        "Vous avez accepté la place qui vous était proposée. Votre convocation arrive."
    ),
    "offer_declined": _(
        "Vous avez refusé la place qui vous était proposée. Vous gardez votre rang."
    ),
    "offer_expired": _(
        "Vous n’avez pas répondu à temps à la place proposée : elle va à une autre personne. Vous "
        "gardez votre rang."
    ),
    "offer_revoked": _(
        "La place proposée est retirée : aucune visite n’est plus nécessaire pour l’instant."
    ),
    "offer_closed": _(
        "La place proposée est retirée : le guichet ne pourra pas vous recevoir à ce moment. Vous "
        "gardez votre rang."
    ),
    "offer_given": _(
        "Un rendez-vous vous a été donné avant votre réponse : la place proposée est retirée."
    ),
    "offer_unwilling": _(
        "Vous ne souhaitez plus de place proche : celle qui vous était proposée est retirée. Vous "
        "gardez votre rang."
    ),
    "offer_elsewhere": _(
        "La place proposée est retirée : vous êtes attendu ailleurs à ce moment. Vous gardez votre "
        "rang."
    ),
    "offer_late": _(
        "Nous n’avons pas pu vous donner à temps la place que vous aviez acceptée. Vous gardez "
        "votre rang."
    ),
}
"""Sentences of the timeline, one for each thing that happens to an appointment."""

MAILS = {
    "appointment_issued": _("Vous avez un rendez-vous"),
    "appointment_cancelled": _("Vous avez rendu votre rendez-vous"),
    "appointment_given_back_at_counter": _("Vous viendrez un autre jour"),
    "appointment_missed": _("Votre rendez-vous n’a pas eu lieu"),
    "appointment_unreached": _("Un autre rendez-vous vous sera donné"),
    "appointment_revoked": _("La préfecture doit changer votre rendez-vous"),
    "appointment_moved": _("Votre rendez-vous est annulé : votre dossier vous suit"),
    "visit_moved": _("Votre visite s’arrête : votre dossier vous suit"),
    "appointment_honoured": _("Votre arrivée au guichet est notée"),
    "appointment_readmitted": _("Un autre rendez-vous vous sera donné"),
    "visit_unidentified": _("La préfecture va prendre contact avec vous"),
    "visit_incomplete": _("Votre visite n’est pas terminée"),
    "visit_left": _("Votre visite n’a pas eu lieu"),
    "visit_urgent": _("Votre visite ne peut pas attendre"),
    "appointment_reminded": _("Votre rendez-vous approche"),
    "appointment_reminded_last": _("Votre rendez-vous est tout proche"),
    "offer_made": _("Répondez vite : une place proche vous est proposée"),
    "offer_closed": _("La place qui vous était proposée est retirée"),
    "offer_elsewhere": _("La place qui vous était proposée est retirée"),
    "offer_late": _("La place que vous aviez acceptée n’a pas pu vous être donnée"),
    # to agents
    "urgency_asked": _("Une visite urgente attend votre réponse"),
    "notices_undelivered": _("Des convocations ne sont pas arrivées"),
}
"""Subjects of the mails, which name no person and no dossier."""


def facts_of_the_dossier(dossier_id: UUID, purpose: str, today: date) -> dict:
    """What a clearance keeps of a dossier, so that the issuing run reads none."""
    papers: dict[str, dict[str, str]] = {}
    views = {code: dossiers.dossier_summary(dossier_id, code) for code, _name in settings.LANGUAGES}
    for language, view in views.items():
        for box in view.evidence:
            if _is_asked(box.rule_code, purpose):
                papers.setdefault(box.rule_code, {})[language] = box.label
    view = views["fr"]
    return {
        "asked_by": view.asker.names[:200] if view.asker else "",
        "deadline_on": view.title_ends_on,
        "is_vulnerable": is_minor(view.identity.birth_date, today),
        "bring": list(papers.values()),
    }


def _is_asked(rule_code: str, purpose: str) -> bool:
    if purpose == Purpose.COLLECTION:
        return rule_code in AT_COLLECTION
    return rule_code not in ALWAYS_ASKED


def is_minor(birth_date: date | None, today: date) -> bool:
    """Whether this person is not eighteen yet on that day."""
    if birth_date is None:
        return False
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday < MAJORITY_YEARS


def letter_of(appointment: Appointment, clearance: Clearance, office: str) -> Letter:
    """The notice of an appointment about to be given, not written yet; a job makes its PDF."""
    site = appointment.site
    context = {
        "office": office,
        "recipient_name": clearance.asked_by or clearance.holder_name,
        "about": clearance.holder_name if clearance.asked_by else "",
        "dossier_number": clearance.dossier_number,
        "purpose": appointment.purpose,
        "starts_at": appointment.starts_at.astimezone(clock.PARIS).isoformat(),
        "site_id": site.pk,
        "site_name": site.name,
        "site_address": site.address,
        "site_access": site.access,
        "counter_name": appointment.counter.name,
        "bring": papers_in(clearance, clearance.language),
        "code": appointment.code,
        "pass": pass_of(appointment),
        "check_address": settings.BASE_URL.partition("://")[2] + reverse("visits:check"),
    }
    return Letter(
        pk=appointment.letter_id,
        dossier_id=appointment.dossier_id,
        applicant_id=appointment.applicant_id,
        prefecture_code=appointment.prefecture_code,
        context=context,
        language=clearance.language,
    )


def write_letters(
    given: Iterable[tuple[Appointment, Clearance]], *, prefecture_code: str, at: datetime
) -> None:
    """Write the notices of a run."""
    office = territory.prefecture(prefecture_code).name
    correspondence.issue_letters(
        LETTER, [letter_of(one, clearance, office) for one, clearance in given], at=at
    )


def papers_in(clearance: Clearance, language: str) -> list[str]:
    """The papers to bring, in a language; French where a text is missing."""
    return [text.get(language) or text["fr"] for text in clearance.bring]


def pass_of(appointment: Appointment) -> str:
    """The signed text of this appointment's QR."""
    return passes.seal(
        scan_id=appointment.scan_id,
        site_id=appointment.site_id,
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
    )


def withdraw_letter(appointment: Appointment) -> None:
    """The notice of an appointment that will not take place can no longer be downloaded."""
    if appointment.letter_id:
        correspondence.revoke_letter(appointment.letter_id)


def tell_of_many(
    told: Sequence[Appointment], kind: str, *, by_role: str = "system", with_letter: bool = False
) -> None:
    """The same line and the same mail for many appointments, by a few statements."""
    correspondence.add_lines(
        kind,
        [
            correspondence.TimelineLine(
                dossier_id=one.dossier_id,
                applicant_id=one.applicant_id,
                prefecture_code=one.prefecture_code,
                params=_said_of(one),
                letter_id=one.letter_id if with_letter else None,
            )
            for one in told
        ],
        by_role=by_role,
    )
    people = User.objects.in_bulk({one.applicant_id for one in told})
    correspondence.tell_many([(people[one.applicant_id], one.dossier_id) for one in told], kind)


def _said_of(appointment: Appointment) -> dict:
    return {
        "starts_at": appointment.starts_at.astimezone(clock.PARIS).isoformat(),
        "place": appointment.site.name,
    }


def tell_about(
    appointment: Appointment, kind: str, *, by_role: str = "system", **more: str
) -> None:
    """One line of the person's timeline, and a mail that says no more than "read it".

    `more` fills what the sentence says besides the moment and the place.
    """
    correspondence.add_line(
        kind,
        dossier_id=appointment.dossier_id,
        applicant_id=appointment.applicant_id,
        prefecture_code=appointment.prefecture_code,
        by_role=by_role,
        params=_said_of(appointment) | more,
        letter=appointment.letter if kind == "appointment_issued" else None,
    )
    correspondence.tell(appointment.applicant, kind, dossier_id=appointment.dossier_id)


def tell_of_offer(
    offer: ShortNoticeOffer, kind: str, *, by_mail: bool, by_role: str = "system"
) -> None:
    """One line of the person's timeline, which says neither where nor when, and perhaps a mail."""
    correspondence.add_line(
        kind,
        dossier_id=offer.dossier_id,
        applicant_id=offer.applicant_id,
        prefecture_code=offer.prefecture_code,
        by_role=by_role,
        params={"until_at": offer.expires_at.astimezone(clock.PARIS).isoformat()},
    )
    if by_mail:
        correspondence.tell(offer.applicant, kind, dossier_id=offer.dossier_id)
