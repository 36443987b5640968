"""The tables of the review."""

from workflows.models.alarm import Alarm, AlarmDigest, ClockRun
from workflows.models.appeal import Appeal
from workflows.models.assignment import Assignment
from workflows.models.batch import Batch, BatchKind, BatchRow, RowState
from workflows.models.card import CardDispatch, CardOrder
from workflows.models.case import Case
from workflows.models.check import CheckResult
from workflows.models.clock import ClockPause
from workflows.models.decision import Decision, Proposal
from workflows.models.delegation import SigningDelegation
from workflows.models.item_review import ItemReview
from workflows.models.opinion import Opinion
from workflows.models.reading import CaseReading
from workflows.models.reasons import ReasonsRequest
from workflows.models.retraction import ObservationInvitation, Retraction
from workflows.models.step import Step
from workflows.models.supply import AwaitedSupply

__all__ = [
    "Alarm",
    "AlarmDigest",
    "Appeal",
    "Assignment",
    "AwaitedSupply",
    "Batch",
    "BatchKind",
    "BatchRow",
    "CardDispatch",
    "CardOrder",
    "Case",
    "CaseReading",
    "CheckResult",
    "ClockPause",
    "ClockRun",
    "Decision",
    "ItemReview",
    "ObservationInvitation",
    "Opinion",
    "Proposal",
    "ReasonsRequest",
    "Retraction",
    "RowState",
    "SigningDelegation",
    "Step",
]
