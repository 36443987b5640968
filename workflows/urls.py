"""The desk's addresses, behind /agent/ in the `desk` namespace; the person's, in their space."""

from portal.accounts.enums import POST_ROLES, Role
from portal.core.policy import Policy, route
from workflows.services.batch_kinds import KINDS
from workflows.views import (
    acts,
    alarms,
    appeals,
    applicant,
    batch,
    case,
    completion,
    correction,
    decision,
    differences,
    law,
    observations,
    queue,
    reasons,
    retraction,
    statements,
    supervision,
    team,
)

_AT_DESK = frozenset(role.value for role in POST_ROLES if role != Role.COUNTER_AGENT)


def _policy(*roles, object="case", relation="prefecture"):
    return Policy(
        "agent",
        frozenset(role.value for role in roles) or _AT_DESK,
        relation=relation,
        object=object,
    )


_LISTS = _policy(object=None)
_REVIEW = _policy(Role.REVIEWER)
_OFFICES = _policy(Role.REVIEWER, Role.SUPERVISOR)
_SIGN = _policy(Role.SIGNATORY)
_SUPERVISE = _policy(Role.SUPERVISOR)
_TEAM = _policy(Role.SUPERVISOR, object=None)
# Whoever may repeat one of the acts for many cases.
_MANY = frozenset().union(*(kind.roles for kind in KINDS.values()))
_BATCHES = Policy("agent", _MANY, relation="prefecture")
_BATCH = Policy("agent", _MANY, relation="prefecture", object="batch")


def _act(path, view, name, policy):
    return route(f"dossiers/<uuid:case_id>/{path}", view.as_view(), name=name, policy=policy)


def _appeal(path, view, name, role):
    policy = _policy(role, object="appeal")
    return route(f"recours/<uuid:appeal_id>/{path}", view.as_view(), name=name, policy=policy)


_OWN = Policy("applicant", frozenset({Role.APPLICANT.value}), "own", "dossier")

applicant_urlpatterns = [
    route(
        "dossiers/<uuid:dossier_id>/motifs/",
        applicant.AskReasons.as_view(),
        name="ask_reasons",
        policy=_OWN,
    ),
    route(
        "dossiers/<uuid:dossier_id>/recours/",
        applicant.FileAppeal.as_view(),
        name="appeal",
        policy=_OWN,
    ),
    route(
        "dossiers/<uuid:dossier_id>/observations/",
        observations.Observations.as_view(),
        name="observations",
        policy=_OWN,
    ),
]

urlpatterns = [
    route("", queue.Queue.as_view(), name="queue", policy=_LISTS),
    route(
        "suivant/",
        queue.TakeNext.as_view(),
        name="take_next",
        policy=_policy(Role.REVIEWER, object=None),
    ),
    route("equipe/", team.Team.as_view(), name="team", policy=_TEAM),
    route(
        "equipe/absence/",
        team.RecordAbsence.as_view(),
        name="record_absence",
        policy=_TEAM,
    ),
    route(
        "equipe/absences/<int:absence_id>/fin/",
        team.EndAbsence.as_view(),
        name="end_absence",
        policy=_policy(Role.SUPERVISOR, object="absence"),
    ),
    route(
        "signatures/",
        queue.Signatures.as_view(),
        name="signatures",
        policy=_policy(Role.SIGNATORY, object=None),
    ),
    route(
        "delegations/",
        queue.Delegations.as_view(),
        name="delegations",
        policy=_policy(Role.SUPERVISOR, object=None),
    ),
    route("droit/", law.Law.as_view(), name="law", policy=_LISTS),
    route("recherche/", queue.Search.as_view(), name="search", policy=_LISTS),
    route("pilotage/", queue.Supervision.as_view(), name="supervision", policy=_LISTS),
    route(
        "pilotage/echeances/<uuid:alarm_id>/vue/",
        alarms.SeeAlarm.as_view(),
        name="see_alarm",
        policy=_policy(Role.SUPERVISOR, object="alarm"),
    ),
    route(
        "pieces/<uuid:file_id>/",
        case.EvidenceFile.as_view(),
        name="file",
        policy=_policy(object="evidence"),
    ),
    route(
        "pieces/<uuid:file_id>/pages/<int:number>/<int:width>/",
        case.EvidencePage.as_view(),
        name="page",
        policy=_policy(object="evidence"),
    ),
    route(
        "pieces/<uuid:file_id>/copie/",
        case.EvidenceCopy.as_view(),
        name="copy",
        policy=_policy(object="evidence"),
    ),
    route("signalements/", statements.Statements.as_view(), name="statements", policy=_LISTS),
    route("lots/", batch.Batches.as_view(), name="batches", policy=_BATCHES),
    route("lots/choisir/", batch.ChooseCases.as_view(), name="batch_choose", policy=_BATCHES),
    route("lots/preparer/", batch.PrepareBatch.as_view(), name="batch_prepare", policy=_BATCHES),
    route("lots/<uuid:batch_id>/", batch.BatchPage.as_view(), name="batch", policy=_BATCH),
    _act("", case.CasePage, "case", _policy()),
    _act("versions/", differences.Versions, "versions", _policy()),
    _act("versions/lues/", differences.MarkRead, "mark_read", _policy()),
    _act(
        "signalements/<uuid:statement_id>/",
        statements.SettleStatement,
        "settle_statement",
        _REVIEW,
    ),
    _act("complet/", acts.Acknowledge, "acknowledge", _REVIEW),
    _act("complement/", completion.AskCompletion, "ask_completion", _REVIEW),
    _act("complement/reponses/", completion.ReviewItems, "review_items", _REVIEW),
    _act("attendu/redemander/", completion.AskSupply, "ask_supply", _REVIEW),
    _act("attendu/recu/", completion.ConfirmSupply, "confirm_supply", _REVIEW),
    _act("corriger/", correction.Correct, "correct", _REVIEW),
    _act("corriger/repondre/", correction.SettleContests, "settle_contests", _REVIEW),
    _act("avis/", acts.AskOpinion, "ask_opinion", _REVIEW),
    _act("avis/recu/", acts.ReceiveOpinion, "receive_opinion", _REVIEW),
    _act("proposer/", decision.Propose, "propose", _REVIEW),
    _act("signer/", decision.Sign, "sign", _SIGN),
    _act("motifs/", reasons.WriteReasons, "write_reasons", _REVIEW),
    _act("motifs/signer/", reasons.SignReasons, "sign_reasons", _SIGN),
    _act("recours/", appeals.RecordContentious, "record_appeal", _SUPERVISE),
    _appeal("rejeter/", appeals.WriteRejection, "write_rejection", Role.REVIEWER),
    _appeal("signer/", appeals.SignRejection, "sign_rejection", Role.SIGNATORY),
    _appeal("accepter/", appeals.AcceptAppeal, "accept_appeal", Role.SUPERVISOR),
    _appeal("reponse-recue/", appeals.RecordAnswer, "record_answer", Role.SUPERVISOR),
    _act("transmettre/", supervision.Reroute, "reroute", _OFFICES),
    _act("confier/", team.GiveAway, "give_away", _SUPERVISE),
    _act("rouvrir/", supervision.Reopen, "reopen", _SUPERVISE),
    _act("retrait/", retraction.ProposeRetraction, "propose_retraction", _SUPERVISE),
    _act("retrait/signer/", retraction.Retract, "retract", _SIGN),
    _act(
        "orienter/",
        supervision.Route,
        "route",
        _policy(Role.SUPERVISOR, relation="national"),
    ),
]
