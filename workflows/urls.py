"""The desk's addresses; `portal.urls` puts them behind /agent/ in the `desk` namespace."""

from portal.accounts.enums import POST_ROLES, Role
from portal.core.policy import Policy, route
from workflows.services.batch_kinds import KINDS
from workflows.views import acts, batch, case, decision, queue, supervision

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
# Whoever may repeat one of the acts for many cases.
_MANY = frozenset().union(*(kind.roles for kind in KINDS.values()))
_BATCHES = Policy("agent", _MANY, relation="prefecture")
_BATCH = Policy("agent", _MANY, relation="prefecture", object="batch")


def _act(path, view, name, policy):
    return route(f"dossiers/<uuid:case_id>/{path}", view.as_view(), name=name, policy=policy)


urlpatterns = [
    route("", queue.Queue.as_view(), name="queue", policy=_LISTS),
    route(
        "signatures/",
        queue.Signatures.as_view(),
        name="signatures",
        policy=_policy(Role.SIGNATORY, object=None),
    ),
    route("recherche/", queue.Search.as_view(), name="search", policy=_LISTS),
    route("pilotage/", queue.Supervision.as_view(), name="supervision", policy=_LISTS),
    route(
        "pieces/<uuid:file_id>/",
        case.EvidenceFile.as_view(),
        name="file",
        policy=_policy(object="evidence"),
    ),
    route(
        "pieces/<uuid:file_id>/apercu/",
        case.EvidencePreview.as_view(),
        name="preview",
        policy=_policy(object="evidence"),
    ),
    route("lots/", batch.Batches.as_view(), name="batches", policy=_BATCHES),
    route("lots/choisir/", batch.ChooseCases.as_view(), name="batch_choose", policy=_BATCHES),
    route("lots/preparer/", batch.PrepareBatch.as_view(), name="batch_prepare", policy=_BATCHES),
    route("lots/<uuid:batch_id>/", batch.BatchPage.as_view(), name="batch", policy=_BATCH),
    _act("", case.CasePage, "case", _policy()),
    _act("complet/", acts.Acknowledge, "acknowledge", _REVIEW),
    _act("complement/", acts.AskCompletion, "ask_completion", _REVIEW),
    _act("avis/", acts.AskOpinion, "ask_opinion", _REVIEW),
    _act("avis/recu/", acts.ReceiveOpinion, "receive_opinion", _REVIEW),
    _act("proposer/", decision.Propose, "propose", _REVIEW),
    _act("signer/", decision.Sign, "sign", _SIGN),
    _act("transmettre/", supervision.Reroute, "reroute", _OFFICES),
    _act("rouvrir/", supervision.Reopen, "reopen", _SUPERVISE),
    _act(
        "orienter/",
        supervision.Route,
        "route",
        _policy(Role.SUPERVISOR, relation="national"),
    ),
]
