"""The tables of the review."""

from workflows.models.card import CardOrder
from workflows.models.case import Case
from workflows.models.check import CheckResult
from workflows.models.clock import ClockPause
from workflows.models.decision import Decision, Proposal
from workflows.models.delegation import SigningDelegation
from workflows.models.opinion import Opinion
from workflows.models.retraction import ObservationInvitation, Retraction
from workflows.models.step import Step

__all__ = [
    "CardOrder",
    "Case",
    "CheckResult",
    "ClockPause",
    "Decision",
    "ObservationInvitation",
    "Opinion",
    "Proposal",
    "Retraction",
    "SigningDelegation",
    "Step",
]
