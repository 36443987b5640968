"""The tables of the review."""

from workflows.models.batch import Batch, BatchKind, BatchRow, RowState
from workflows.models.card import CardOrder
from workflows.models.case import Case
from workflows.models.clock import ClockPause
from workflows.models.decision import Decision, Proposal
from workflows.models.opinion import Opinion
from workflows.models.step import Step

__all__ = [
    "Batch",
    "BatchKind",
    "BatchRow",
    "CardOrder",
    "Case",
    "ClockPause",
    "Decision",
    "Opinion",
    "Proposal",
    "RowState",
    "Step",
]
