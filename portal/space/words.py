"""What a person reads about a dossier at a glance: state, what to do, by when, what covers them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from appointments.api import AppointmentView, OfferView
from dossiers.api import DossierLine, procedure
from portal.core import clock
from portal.correspondence.api import Line
from workflows.api import CaseState, CaseView, NextActor

WHO_IS_NEXT = {
    NextActor.APPLICANT: gettext_lazy("Vous"),
    NextActor.OFFICE: gettext_lazy("La préfecture"),
    NextActor.PARTNER: gettext_lazy("Un service consulté par la préfecture"),
    NextActor.MAKER: gettext_lazy("L’atelier qui fabrique la carte"),
    NextActor.COUNTER: gettext_lazy("Le guichet"),
    NextActor.NOBODY: gettext_lazy("Personne, cette demande est terminée"),
}
WAITS_FOR_A_VISIT = {CaseState.BIOMETRICS_DUE, CaseState.CARD_READY}
ENDED_WITHOUT_ANSWER = {CaseState.WITHDRAWN, CaseState.ARCHIVED}
BAD_NEWS = {CaseState.REFUSED, CaseState.CLOSED}
GOOD_NEWS = {
    CaseState.GRANTED,
    CaseState.BIOMETRICS_DUE,
    CaseState.IN_PRODUCTION,
    CaseState.CARD_READY,
    CaseState.HANDED_OVER,
    CaseState.RECORDED,
}


@dataclass(frozen=True)
class Action:
    """The one thing that the person may do now."""

    words: str
    href: str


@dataclass(frozen=True)
class Card:
    """A dossier in the list, answering without a click: what state, what to do, when, what next."""

    href: str
    title: str
    number: str
    badge: str
    tone: str
    sentence: str
    todo: str
    due: str
    cover: str
    who_is_next: str
    documents: str
    action: Action | None
    news: Line | None
    resume_at: str = ""
    ends_on: date | None = None


def in_full(day: date) -> str:
    """A day with its name and month, as people say it."""
    return date_format(day, _("l j F Y"))


def card(
    line: DossierLine,
    *,
    language: str,
    case: CaseView | None,
    visit: AppointmentView | None,
    offer: OfferView | None,
    news: Line | None,
) -> Card:
    """One dossier of the list, in words."""
    action = next_action(
        line.id,
        line.filed_at,
        case,
        visit,
        line.completion_due_on,
        offer=offer,
        holds=line.completion_holds,
    )
    return Card(
        href=reverse("dossiers:tasks" if line.is_draft else "space:dossier", args=[line.id]),
        title=" – ".join(filter(None, (line.title.get(language), line.about))),
        number=line.number or "",
        badge=badge(case),
        tone=tone(case),
        sentence=state_sentence(case),
        todo=action.words if action else "",
        due=due_words(case, visit, line.completion_due_on, offer),
        cover=cover(line.procedure_code, case),
        who_is_next=who_is_next(case),
        documents=reverse("space:documents", args=[line.id]),
        action=action,
        news=news,
        resume_at=line.resume_at,
        ends_on=line.ends_on,
    )


def badge(case: CaseView | None) -> str:
    """The state in two words; the sentence says the rest."""
    if case is None:
        return _("Brouillon")
    if case.next_actor == NextActor.APPLICANT:
        return _("Nous vous attendons")
    return case.state_label[:1].upper() + case.state_label[1:]


def tone(case: CaseView | None) -> str:
    """Colour only helps: the badge's words say the same."""
    if case is None:
        return "neutral"
    if case.state == CaseState.COMPLETION_REQUESTED:
        return "warning"
    if case.state in BAD_NEWS:
        return "danger"
    return "success" if case.state in GOOD_NEWS else "info"


def callout_tone(case: CaseView | None) -> str:
    """A refusal is said plainly, without the colour of an alarm."""
    return {"danger": "quiet", "neutral": "info"}.get(tone(case), tone(case))


def may_be_contested(case: CaseView | None) -> bool:
    """Whether something refused, or has refused, this person: a decision or a silence."""
    return bool(case) and (case.silence_has_run_out or case.state in BAD_NEWS)


def awaits_answer(case: CaseView | None) -> bool:
    """Whether the silence of the administration still counts (CESEDA R.432-1)."""
    return bool(case) and not case.outcome and case.state not in ENDED_WITHOUT_ANSWER


def state_sentence(case: CaseView | None) -> str:
    """Where the dossier stands."""
    if case is None:
        return _("Votre demande n’est pas encore déposée. Vos réponses sont gardées.")
    return case.sentence


def who_is_next(case: CaseView | None) -> str:
    """Whose turn it is, by office and never by name."""
    return str(WHO_IS_NEXT[NextActor(case.next_actor) if case else NextActor.APPLICANT])


def next_action(
    dossier_id, filed_at, case, visit, completion_due_on, *, offer=None, holds=True
) -> Action | None:
    """What the person must do now, and where; None when nothing is awaited from them.

    `holds` is false when the review goes on without what is asked.
    """
    if filed_at is None:
        return Action(
            _("Terminer et déposer votre demande"), reverse("dossiers:tasks", args=[dossier_id])
        )
    if offer:
        href = reverse("appointments:offer", args=[dossier_id, offer.id])
        return Action(_("Répondre : une place proche vous est proposée"), href)
    if completion_due_on:
        words = _("Envoyer le complément demandé") if holds else _("Envoyer ce qui est demandé")
        return Action(words, reverse("dossiers:completion", args=[dossier_id]))
    if case and case.state in WAITS_FOR_A_VISIT and visit and visit.is_live:
        return Action(
            _("Venir à votre rendez-vous"), reverse("appointments:show", args=[dossier_id])
        )
    return None


def due_words(case, visit, completion_due_on, offer=None) -> str:
    """The day that matters to the person, in full; empty when there is none."""
    if offer:
        return _moment(offer.expires_at)
    if completion_due_on:
        return in_full(completion_due_on)
    if case and case.state in WAITS_FOR_A_VISIT and visit and visit.is_live:
        return _moment(visit.starts_at)
    return ""


def _moment(moment: datetime) -> str:
    there = moment.astimezone(clock.PARIS)
    words = {"day": in_full(there.date()), "time": date_format(there, "H:i")}
    return _("%(day)s à %(time)s") % words


def cover(procedure_code: str, case: CaseView | None) -> str:
    """What allows the person to stay meanwhile; empty for the title they already hold.

    Filing a first request gives no right to stay by itself (CESEDA R.431-12): saying
    otherwise would put someone in danger.
    """
    if case and case.state in GOOD_NEWS and case.title_ends_on:
        ends_on = in_full(case.title_ends_on)
        if case.supply_awaited:
            return _(
                "Votre titre est accordé, mais ne prend effet que lorsque la préfecture reçoit ce "
                "qu’elle vous demande."
            )
        if case.state == CaseState.HANDED_OVER:
            return _("Votre carte, jusqu’au %(day)s.") % {"day": ends_on}
        if case.state == CaseState.RECORDED:
            return _("Votre droit au séjour, jusqu’au %(day)s.") % {"day": ends_on}
        return _("Votre titre est accordé jusqu’au %(day)s.") % {"day": ends_on}
    if procedure(procedure_code).family == "first":
        return _("Votre visa ou votre titre actuel. Le dépôt seul ne donne pas de droit au séjour.")
    return ""
