"""Every state of a case and every move between them. READ THIS FILE FIRST.

A move is one method, in the order of life; its body only sets `facts` of the case. Its conditions
are facts (`guards`), its permission is a person (`rules`), and `custom` holds the desk's words
(`label`), the line of the person's timeline (`line`), the event it always announces (`announces`),
whether it clears the person for one visit (`clears`), the power that a signature needs (`under`).
"""

from django.utils.translation import gettext_lazy as _
from django_fsm import GET_STATE, FSMField, transition

from workflows import deadlines, enums, events, guards, rules
from workflows.enums import CaseState, Purpose
from workflows.facts import CaseFacts

S = CaseState
SAME = None  # the target of a move that leaves the case where it is


def move(source, target, *, who, label, line="", given=(), **custom):
    """A row of the table. No `line` means that `dossiers` wrote what the person should read."""
    custom |= {"label": label, "line": line}
    return transition("state", source, target, None, list(given), who, custom)


def _where_it_was(case, **_facts):
    return case.back_to


_FORWARD = {
    "who": rules.may_reroute,
    "label": _("Transmettre à une autre préfecture"),
    "line": enums.FORWARDED,
}
_TRANSFER = {
    "who": rules.the_portal_alone,
    "label": _("Transférer le titre accordé"),
    "line": enums.TRANSFERRED,
}
_VISIT_TOO = _TRANSFER | {"announces": events.visit_moved, "clears": True}


class CaseMachine(CaseFacts):
    """The life of a case, from filing to the archive."""

    state = FSMField(_("état"), choices=S.choices, default=S.FILED, protected=True)

    class Meta:
        abstract = True

    @move(
        S.FILED,
        S.RECEIVED,
        who=rules.may_route,
        label=_("Orienter vers la préfecture compétente"),
        line=_("Votre dossier est confié à : %(office)s."),
    )
    def route(self, *, actor, at, route):
        """The competent office and service receive the case (CESEDA R.431-20)."""
        self._go_to(route)

    @move(
        [S.RECEIVED, S.UNDER_REVIEW],
        S.COMPLETION_REQUESTED,
        who=rules.may_review,
        given=[guards.no_open_completion_request],
        label=_("Demander un complément"),
    )
    def ask_completion(self, *, actor, at, request_id):
        """List everything missing, once, with a deadline; the clock pauses (CRPA L.114-5)."""
        self.back_to = self.state
        self.completion_request_id = request_id

    @move(
        S.COMPLETION_REQUESTED,
        GET_STATE(_where_it_was, states=[S.RECEIVED, S.UNDER_REVIEW]),
        who=rules.may_supply,
        given=[guards.a_completion_request_is_open],
        label=_("Recevoir le complément"),
    )
    def receive_completion(self, *, actor, at, submission_number):
        """The papers came, or their deadline passed: the review goes on where it was."""
        self.completion_request_id = None
        self.submission_number = submission_number

    @move(
        [S.RECEIVED, S.UNDER_REVIEW, S.GRANTED],
        SAME,
        who=rules.may_review,
        label=_("Demander sans arrêter l’examen"),
    )
    def ask_supply(self, *, actor, at):
        """Nothing essential is asked: the review goes on, no clock pauses (CRPA L.114-5-1)."""

    @move(
        [*enums.IN_HAND, S.GRANTED],
        SAME,
        who=rules.may_send,
        label=_("Recevoir ce qui a été demandé"),
    )
    def receive_supply(self, *, actor, at, submission_number):
        """What was asked without stopping the review came; a proposal must take it in."""
        self.submission_number = submission_number

    @move(
        list(enums.BEFORE_DECISION), SAME, who=rules.may_send, label=_("Recevoir une modification")
    )
    def receive_amendment(self, *, actor, at, submission_number):
        """The person changed their request; what was shown or proposed before is out of date."""
        self.submission_number = submission_number

    @move(
        S.RECEIVED,
        S.UNDER_REVIEW,
        who=rules.may_review,
        given=[guards.no_open_completion_request],
        label=_("Déclarer le dossier complet"),
        line=_("Votre dossier est complet. La préfecture l’examine."),
    )
    def acknowledge(self, *, actor, at):
        """Completeness is a fact with a date; the first one stays."""
        self.complete_at = self.complete_at or at

    @move(
        S.UNDER_REVIEW,
        S.OPINION_REQUESTED,
        who=rules.may_review,
        given=[guards.no_awaited_opinion],
        label=_("Demander un avis"),
        line=_("La préfecture consulte : %(partner)s."),
    )
    def ask_opinion(self, *, actor, at, opinion_id):
        """A partner service is consulted; the legal clock runs on."""
        self.opinion_id = opinion_id

    @move(
        S.OPINION_REQUESTED,
        S.UNDER_REVIEW,
        who=rules.may_review,
        given=[guards.an_opinion_is_awaited],
        label=_("Enregistrer l’avis reçu"),
        line=_("La préfecture a reçu l’avis qu’elle attendait."),
    )
    def receive_opinion(self, *, actor, at):
        """The opinion, or its absence, is on file."""
        self.opinion_id = None

    @move(
        [S.UNDER_REVIEW, S.RECEIVED],
        S.DECISION_PROPOSED,
        who=rules.may_review,
        given=[guards.no_open_completion_request, guards.no_awaited_opinion],
        label=_("Proposer une décision"),
        line=_("Une décision est proposée. Une seconde personne doit la relire."),
    )
    def propose(self, *, actor, at, outcome):
        """First of two people. From an incomplete dossier only a closure may be proposed."""
        self.back_to = self.state
        self.proposed_by, self.proposed_outcome = actor, outcome
        self.proposed_submission = self.submission_number

    @move(
        S.DECISION_PROPOSED,
        GET_STATE(_where_it_was, states=[S.UNDER_REVIEW, S.RECEIVED]),
        who=rules.may_sign,
        label=_("Renvoyer à l’instruction"),
        line=_("La proposition est revenue à l’instruction."),
    )
    def send_back(self, *, actor, at):
        """The second person does not sign; the reviewer looks again."""
        self._forget_proposal()

    @move(
        S.DECISION_PROPOSED,
        S.GRANTED,
        who=rules.may_sign,
        given=[guards.a_grant_is_proposed, guards.nothing_new_since_the_proposal],
        under=guards.a_delegation_covers_the_signature,
        label=_("Signer la décision favorable"),
        line=_("Décision favorable : votre demande est acceptée."),
        announces=events.decision_served,
    )
    def grant(self, *, actor, at, title_starts_on, title_ends_on, supply_awaited=False, card=True):
        """A second person signs; what follows begins, or waits for a supply (CRPA L.114-5-1)."""
        self._decide(actor, at)
        self.makes_card, self.supply_awaited = card, supply_awaited
        self.title_starts_on, self.title_ends_on = title_starts_on, title_ends_on

    @move(
        S.DECISION_PROPOSED,
        S.REFUSED,
        who=rules.may_sign,
        given=guards.OF_A_REFUSAL,
        under=guards.a_delegation_covers_the_signature,
        label=_("Signer le refus"),
        line=_("Votre demande est refusée. La lettre dit pourquoi et comment contester."),
        announces=events.decision_served,
    )
    def refuse(self, *, actor, at):
        """A reasoned refusal, in law and in fact (CRPA L.211-2, L.211-5)."""
        self._decide(actor, at)
        self.ended_at = at

    @move(
        S.DECISION_PROPOSED,
        S.CLOSED,
        who=rules.may_sign,
        given=[guards.a_closure_is_proposed, guards.nothing_new_since_the_proposal],
        under=guards.a_delegation_covers_the_signature,
        label=_("Signer le classement sans suite"),
        line=_("Votre dossier est classé sans suite. La lettre dit pourquoi."),
        announces=events.decision_served,
    )
    def close(self, *, actor, at):
        """A reasoned closure; it can be contested like a refusal."""
        self._decide(actor, at)
        self.ended_at = at

    @move(
        S.GRANTED,
        SAME,
        who=rules.may_review,
        given=[guards.a_supply_is_awaited],
        label=_("Constater la réception"),
        line=_("La préfecture a reçu ce qu’elle attendait : la décision favorable prend effet."),
    )
    def confirm_supply(self, *, actor, at):
        """All that the grant waited for is received: it takes effect (CRPA L.114-5-1)."""
        self.supply_awaited = False

    @move(
        S.GRANTED,
        S.RECORDED,
        who=rules.the_portal_alone,
        given=[guards.no_card_is_made, guards.no_supply_is_awaited],
        label=_("Enregistrer la décision"),
        line=enums.RECORDED,
        announces=events.case_closed,
    )
    def record(self, *, actor, at):
        """No card is made: the decision is recorded, its letter proves it, nobody has to come."""
        self.ended_at = at

    @move(
        S.GRANTED,
        S.IN_PRODUCTION,
        who=rules.the_portal_alone,
        given=[guards.a_card_is_made, guards.prints_are_usable, guards.no_supply_is_awaited],
        label=_("Lancer la fabrication"),
        line=_("Votre carte est en fabrication."),
    )
    def start_production(self, *, actor, at):
        """Usable prints are on record: the card is ordered at once."""
        self.card_ordered_at = at

    @move(
        S.GRANTED,
        S.BIOMETRICS_DUE,
        who=rules.the_portal_alone,
        given=[guards.a_card_is_made, guards.prints_must_be_taken, guards.no_supply_is_awaited],
        label=_("Demander la prise d’empreintes"),
        line=_("Vous devez venir une fois pour la prise d’empreintes."),
        announces=events.visit_due,
        purpose=Purpose.BIOMETRICS,
        clears=True,
    )
    def require_biometrics(self, *, actor, at):
        """The person must come once for the ten prints (CESEDA R.431-9)."""

    @move(
        S.BIOMETRICS_DUE,
        S.IN_PRODUCTION,
        who=rules.may_receive_at_the_counter,
        label=_("Enregistrer la prise d’empreintes"),
        line=_("Vos empreintes sont prises. Votre carte est en fabrication."),
    )
    def take_biometrics(self, *, actor, at):
        """Prints are taken at the counter: the card is ordered."""
        self.prints_on_record, self.card_ordered_at = True, at

    @move(
        S.IN_PRODUCTION,
        S.CARD_READY,
        who=rules.the_portal_alone,
        given=[guards.the_card_is_ordered],
        label=_("Enregistrer la carte fabriquée"),
        line=_("Votre carte est prête."),
        announces=events.visit_due,
        purpose=Purpose.COLLECTION,
        clears=True,
    )
    def mark_card_ready(self, *, actor, at, card_number):
        """The card's maker delivered: the person may come for it."""
        self.card_number = card_number

    @move([S.GRANTED, S.IN_PRODUCTION], SAME, **_TRANSFER)
    def transfer(self, *, actor, at, route):
        """Granted, the person moved: the office of their home goes on (CESEDA R.431-20)."""
        self._go_to(route)

    @move(S.BIOMETRICS_DUE, SAME, purpose=Purpose.BIOMETRICS, **_VISIT_TOO)
    @move(S.CARD_READY, SAME, purpose=Purpose.COLLECTION, **_VISIT_TOO)
    def transfer_visit(self, *, actor, at, route):
        """The same with the visit that is due: its right is born again there, at its rank."""
        self._go_to(route)

    @move(
        S.CARD_READY,
        S.HANDED_OVER,
        who=rules.may_receive_at_the_counter,
        given=[guards.the_card_is_here],
        label=_("Remettre la carte"),
        line=_("Votre carte vous a été remise."),
        announces=events.case_closed,
    )
    def hand_over(self, *, actor, at):
        """The card is given to the person, at check-in."""
        self.ended_at = at

    @move(
        list(enums.BEFORE_DECISION),
        S.WITHDRAWN,
        who=rules.may_withdraw,
        label=_("Retirer la demande"),
        announces=events.case_closed,
    )
    def withdraw(self, *, actor, at):
        """The applicant gives up the request, at any time before the decision."""
        self._forget_proposal()
        self.completion_request_id = self.opinion_id = None
        self.ended_at = at

    @move(list(enums.IN_HAND), S.RECEIVED, **_FORWARD)
    @move(S.COMPLETION_REQUESTED, S.COMPLETION_REQUESTED, **_FORWARD)
    def reroute(self, *, actor, at, route):
        """To the competent office; the clock runs on (CRPA L.114-2, L.114-3).

        While papers are awaited they are still awaited, and will reach the new office.
        """
        self._forget_proposal()
        self.opinion_id, self.back_to = None, S.RECEIVED
        self._go_to(route)

    @move(
        [S.CLOSED, S.REFUSED],
        S.UNDER_REVIEW,
        who=rules.may_reopen,
        given=[guards.the_decision_may_still_be_withdrawn],
        label=_("Rouvrir le dossier"),
        line=_("La décision est retirée : votre dossier est de nouveau examiné."),
        announces=events.decision_revoked,
    )
    def reopen(self, *, actor, at):
        """The decision is withdrawn within twelve months, our own rule; the filing date stays."""
        self._undo_decision(at)
        self.complete_at = self.complete_at or at

    @move(
        list(enums.RETRACTABLE),
        S.UNDER_REVIEW,
        who=rules.may_sign,
        given=guards.OF_A_RETRACTION,
        under=guards.another_person_with_power_signs_the_retraction,
        label=_("Retirer le titre accordé"),
        line=_("La décision favorable est retirée. La lettre dit pourquoi et comment contester."),
        announces=events.decision_revoked,
    )
    def retract(self, *, actor, at):
        """An unlawful grant is withdrawn within four months, after observations (CRPA L.242-1)."""
        self._undo_decision(at)
        self.title_starts_on = self.title_ends_on = self.card_ordered_at = None
        self.card_number, self.supply_awaited = "", False

    @move(
        [S.HANDED_OVER, S.RECORDED, S.REFUSED, S.CLOSED, S.WITHDRAWN],
        S.ARCHIVED,
        who=rules.the_portal_alone,
        label=_("Archiver"),
        line=_("Votre dossier est archivé."),
    )
    def archive(self, *, actor, at):
        """Retention is over."""

    def _go_to(self, route):
        self.prefecture_code, self.service_id = route.office, route.service
        self.routing_rule = route.rule

    def _decide(self, actor, at):
        self.decided_by, self.decided_at, self.outcome = actor, at, self.proposed_outcome

    def _forget_proposal(self):
        self.proposed_by = self.proposed_submission = None
        self.proposed_outcome = ""

    def _undo_decision(self, at):
        """The request is before the office anew: silence counts from today, none has run out."""
        self._forget_proposal()
        self.decided_by = self.decided_at = self.ended_at = self.silence_letter_id = None
        self.outcome, self.implicit_refusal_flagged_on = "", None
        self.clock_restarted_on = deadlines.legal_day(at)
